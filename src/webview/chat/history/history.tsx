import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { HistoryScope } from '../../../protocol/history';
import { isComposing } from '../../shared/composing';
import { Icon, IconButton } from '../../shared/iconButton';
import { strings } from '../../shared/strings';
import { useEvents } from '../../shared/useEvent';
import type { Panel } from '../panel';
import { HistoryList } from './historyList';
import type { HistorySearch } from './historySearch';

/** The list's times are renewed this often, ms. */
const REFRESH_MS = 60_000;

interface HistoryProps {
  readonly panel: Panel;
  readonly onClose: () => void;
}

/** All conversations, over the whole panel: Escape leads back. */
export function History(props: HistoryProps & { readonly search: HistorySearch }): JSX.Element {
  const { panel, search, onClose } = props;
  const field = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  useEvents(search.onChange);
  useLayoutEffect(() => {
    field.current?.focus();
    search.open();
    return () => search.close();
  }, [search]);
  useClockTicks();
  useEffect(() => {
    // What had the focus may be gone, as after taking a deletion back: then no element here hears the key.
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && event.target === document.body) onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);
  const first = (): HTMLElement | null =>
    box.current?.querySelector<HTMLElement>('.history-open') ?? null;
  // Enter before the answer is there means the first that it will bring, not the first of the list before it.
  const isFirstWanted = useRef(false);
  useEffect(() => {
    if (search.state.kind === 'problem') isFirstWanted.current = false;
    if (!isFirstWanted.current || !search.isUpToDate) return;
    isFirstWanted.current = false;
    first()?.click();
  });
  const onFieldKey = (event: KeyboardEvent): void => {
    if (isComposing(event)) return;
    isFirstWanted.current = false;
    if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
    event.preventDefault();
    if (event.key === 'ArrowDown') first()?.focus();
    else if (search.isUpToDate) first()?.click();
    else {
      isFirstWanted.current = true;
      search.ask();
    }
  };
  return (
    <div
      class="history"
      role="dialog"
      aria-label={strings.history}
      ref={box}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || isComposing(event)) return;
        event.preventDefault();
        onClose();
      }}
    >
      <div class="history-head">
        <IconButton icon="arrow-left" label={strings.backToChat} onClick={onClose} />
        <h2>{strings.history}</h2>
      </div>
      <div class="history-tools">
        <span class="search-field">
          <Icon name="search" />
          <input
            ref={field}
            class="text-field"
            type="search"
            maxLength={1_000}
            value={search.query}
            placeholder={strings.historySearch}
            aria-label={strings.historySearch}
            title={strings.historyKeys}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => search.setQuery(event.currentTarget.value)}
            onKeyDown={onFieldKey}
            onBlur={() => (isFirstWanted.current = false)}
          />
        </span>
        <Scopes value={search.scope} onPick={(scope) => search.setScope(scope)} />
      </div>
      <div class="history-body">
        <Content
          panel={panel}
          search={search}
          onClose={onClose}
          onAbove={() => field.current?.focus()}
        />
      </div>
    </div>
  );
}

const SCOPES = [
  ['workspace', strings.scopeWorkspace],
  ['all', strings.scopeAll],
] as const;

interface ScopesProps {
  readonly value: HistoryScope;
  readonly onPick: (scope: HistoryScope) => void;
}

function Scopes({ value, onPick }: ScopesProps): JSX.Element {
  return (
    <div class="segments" role="group" aria-label={strings.historyScope}>
      {SCOPES.map(([scope, label]) => (
        <button
          key={scope}
          type="button"
          class="segment"
          aria-pressed={scope === value}
          onClick={() => onPick(scope)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

interface ContentProps extends HistoryProps {
  readonly search: HistorySearch;
  readonly onAbove: () => void;
}

function Content({ panel, search, onClose, onAbove }: ContentProps): JSX.Element {
  const { state } = search;
  if (state.kind === 'loading') {
    return (
      <p class="history-message">
        <Icon name="loading" spins />
        <span>{strings.historyLoading}</span>
      </p>
    );
  }
  if (state.kind === 'problem') {
    return (
      <div class="history-message" role="alert">
        <strong>{strings.historyProblem}</strong>
        {state.text !== '' && <span>{state.text}</span>}
        <button type="button" class="button secondary" onClick={() => search.ask()}>
          {strings.historyRetry}
        </button>
      </div>
    );
  }
  return (
    <>
      {state.items.length === 0 ? (
        <Nothing search={search} query={state.query} />
      ) : (
        <HistoryList
          panel={panel}
          items={state.items}
          query={state.query}
          onOpened={onClose}
          onAbove={onAbove}
        />
      )}
      <p class="visually-hidden" aria-live="polite">
        {state.query === '' ? '' : strings.historyFound(String(state.items.length))}
      </p>
    </>
  );
}

interface NothingProps {
  readonly search: HistorySearch;
  readonly query: string;
}

function Nothing({ search, query }: NothingProps): JSX.Element {
  const isAll = search.scope === 'all';
  const nothingYet = isAll ? strings.historyEmpty : strings.historyEmptyScope;
  return (
    <div class="history-message">
      <strong>{query === '' ? nothingYet : strings.historyNothing(query)}</strong>
      {query === '' && <span>{strings.historyEmptyHint}</span>}
      {!isAll && (
        <button type="button" class="button secondary" onClick={() => search.setScope('all')}>
          {strings.historySearchAll}
        </button>
      )}
    </div>
  );
}

function useClockTicks(): void {
  const [, setCount] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setCount((count) => count + 1), REFRESH_MS);
    return () => clearInterval(timer);
  }, []);
}
