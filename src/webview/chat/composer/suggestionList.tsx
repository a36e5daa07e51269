import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../../shared/iconButton';
import { strings } from '../../shared/strings';
import type { Suggestion, Suggestions } from './useSuggestions';

export const SUGGESTION_LIST_ID = 'suggestions';

export function suggestionId(index: number): string {
  return `suggestion-${String(index)}`;
}

/** The popup. The focus stays in the text: it names the active option. */
export function SuggestionList({
  suggestions,
}: {
  readonly suggestions: Suggestions;
}): JSX.Element {
  const { items, isLoading, active, choose, point } = suggestions;
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active, items]);
  return (
    <div
      class="suggestions"
      // A click must not take the focus from the text.
      onMouseDown={(event) => event.preventDefault()}
    >
      <div ref={list} id={SUGGESTION_LIST_ID} role="listbox" aria-label={strings.suggestions}>
        {items.map((item, index) => (
          <div
            key={keyOf(item)}
            id={suggestionId(index)}
            class="suggestion"
            role="option"
            aria-selected={index === active}
            onMouseMove={() => {
              if (index !== active) point(index);
            }}
            onClick={() => choose(index)}
          >
            {item.kind === 'command' ? <CommandItem item={item} /> : <ContextItem item={item} />}
          </div>
        ))}
      </div>
      {items.length === 0 && (
        <p class="suggestions-note">
          {isLoading ? <Icon name="loading" spins /> : <Icon name="circle-slash" />}
          {isLoading ? strings.suggestionsLoading : strings.noSuggestions}
        </p>
      )}
    </div>
  );
}

function keyOf(item: Suggestion): string {
  return item.kind === 'command' ? item.match.command.name : item.completion.source;
}

function ContextItem({
  item: { completion },
}: {
  readonly item: Extract<Suggestion, { kind: 'context' }>;
}): JSX.Element {
  const { icon, label, detail, matches, continues } = completion;
  return (
    <>
      <Icon name={icon} />
      <span class="suggestion-label" title={label}>
        <Matched text={label} matches={matches} />
      </span>
      {detail !== '' && (
        <span class="suggestion-detail" title={detail}>
          {detail}
        </span>
      )}
      {continues !== undefined && <Icon name="chevron-right" />}
    </>
  );
}

function CommandItem({
  item: { match },
}: {
  readonly item: Extract<Suggestion, { kind: 'command' }>;
}): JSX.Element {
  const { name, description, argumentHint, source } = match.command;
  return (
    <>
      <span class="suggestion-label command-name">
        /<Matched text={name} matches={match.matches} />
        {argumentHint !== '' && <span class="command-hint"> {argumentHint}</span>}
      </span>
      <span class="suggestion-detail" title={description}>
        {description}
      </span>
      {source !== 'builtin' && <span class="badge">{strings.commandSource[source]}</span>}
    </>
  );
}

/** The text with its matching characters emphasised, runs of them together. */
function Matched({
  text,
  matches,
}: {
  readonly text: string;
  readonly matches: readonly number[];
}): JSX.Element {
  const hits = new Set(matches);
  const runs: { text: string; isHit: boolean }[] = [];
  // By UTF-16 unit, as the matches count; a pair that is cut is put together again by being in one run.
  for (let index = 0; index < text.length; index++) {
    const isHit = hits.has(index);
    const last = runs.at(-1);
    if (last?.isHit === isHit) last.text += text.charAt(index);
    else runs.push({ text: text.charAt(index), isHit });
  }
  return <>{runs.map((run, index) => (run.isHit ? <b key={index}>{run.text}</b> : run.text))}</>;
}
