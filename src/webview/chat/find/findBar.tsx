import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { isComposing } from '../../shared/composing';
import { formatExact } from '../../shared/format';
import { IconButton } from '../../shared/iconButton';
import { strings } from '../../shared/strings';
import { useEvents } from '../../shared/useEvent';
import type { Panel } from '../panel';
import type { Screen } from '../window/bringIntoView';
import { MAX_HITS } from './findSearch';
import type { FindSearch } from './findSearch';
import type { FindState } from './findState';
import { Finder } from './finder';

interface FindProps {
  readonly panel: Panel;
  readonly state: FindState;
  readonly screen: Screen;
  /** Inside of the scroller: what is looked through. */
  readonly content: HTMLElement;
}

/** The find bar, while it is open: views in the side bar have none of VS Code's. */
export function Find(props: FindProps): JSX.Element | null {
  useEvents(props.state.onChange);
  return props.state.isOpen ? <OpenFind {...props} /> : null;
}

function OpenFind({ panel, state, screen, content }: FindProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [finder, setFinder] = useState<Finder>();
  useLayoutEffect(() => {
    const made = new Finder(panel, screen, content, state);
    setFinder(made);
    return () => made.dispose();
  }, [panel, state, screen, content]);
  useLayoutEffect(() => {
    const focus = (): void => {
      if (document.activeElement === input.current) return;
      input.current?.focus();
      input.current?.select();
    };
    focus();
    const asked = state.onAsk(focus);
    return () => asked.dispose();
  }, [state]);
  const { query } = state;
  useLayoutEffect(() => {
    if (finder && finder.search.query !== query) finder.start();
  }, [finder, query]);
  const close = (): void => {
    finder?.selectCurrent();
    const from = state.close();
    if (from) from.focus({ preventScroll: true });
    else panel.store.focusComposer();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event) || !onFindKey(event, state, close)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="find" role="search" aria-label={strings.find} onKeyDown={onKeyDown}>
      <span class="find-field">
        <input
          ref={input}
          class="text-field"
          type="text"
          maxLength={1_000}
          value={query.text}
          placeholder={strings.find}
          aria-label={strings.findLabel}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => state.set({ text: event.currentTarget.value })}
        />
        <IconButton
          icon="case-sensitive"
          label={strings.findCase}
          isPressed={query.isCaseSensitive}
          className="toggle"
          onClick={() => state.set({ isCaseSensitive: !query.isCaseSensitive })}
        />
        <IconButton
          icon="whole-word"
          label={strings.findWord}
          isPressed={query.isWholeWord}
          className="toggle"
          onClick={() => state.set({ isWholeWord: !query.isWholeWord })}
        />
      </span>
      <span class="find-bar-end">
        {finder && <Count finder={finder} search={finder.search} />}
        <IconButton icon="arrow-up" label={strings.findPrevious} onClick={() => state.step(-1)} />
        <IconButton icon="arrow-down" label={strings.findNext} onClick={() => state.step(1)} />
        <IconButton icon="close" label={strings.findClose} onClick={close} />
      </span>
    </div>
  );
}

/** Returns whether the key means something. */
function onFindKey(event: KeyboardEvent, state: FindState, close: () => void): boolean {
  const { query } = state;
  const isInField = event.target instanceof HTMLInputElement;
  if (event.key === 'Escape') close();
  else if (event.key === 'Enter' && isInField) state.step(event.shiftKey ? -1 : 1);
  else if (event.altKey && event.code === 'KeyC') {
    state.set({ isCaseSensitive: !query.isCaseSensitive });
  } else if (event.altKey && event.code === 'KeyW') state.set({ isWholeWord: !query.isWholeWord });
  else return false;
  return true;
}

/** "3 of 17", told once it is known. */
function Count(props: { readonly finder: Finder; readonly search: FindSearch }): JSX.Element {
  const { finder, search } = props;
  useEvents(search.onChange);
  const { isRunning, count } = search;
  const isNone = search.pattern !== undefined && !isRunning && count === 0;
  const said = useRef({ about: '', text: '' });
  const about = JSON.stringify([search.query, search.current]);
  // Not again where only the count grows with an answer that is being written.
  if (!isRunning && said.current.about !== about) {
    const text = [countText(search), finder.currentLine].filter((part) => part !== '').join(': ');
    said.current = { about, text };
  }
  return (
    <span class={`find-count ${isRunning ? 'running' : ''} ${isNone ? 'none' : ''}`}>
      <span aria-hidden="true">{isRunning ? strings.findRunning : countText(search)}</span>
      <span class="visually-hidden" role="status">
        {said.current.text}
      </span>
    </span>
  );
}

function countText({ pattern, count, position }: FindSearch): string {
  if (!pattern) return '';
  if (count === 0) return strings.findNone;
  const all = formatExact(count) + (count >= MAX_HITS ? '+' : '');
  return position === 0 ? strings.findCount(all) : strings.findOf(formatExact(position), all);
}
