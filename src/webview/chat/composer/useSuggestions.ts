import { useEffect, useRef, useState } from 'preact/hooks';
import type { SessionView } from '../../../protocol/chat';
import type { Completion } from '../../../protocol/context';
import { strings } from '../../shared/strings';
import type { Panel } from '../panel';
import { matchingCommands } from './commandSuggestions';
import type { CommandMatch } from './commandSuggestions';
import type { Draft } from './draft';
import { triggerAt, withoutTrigger } from './trigger';
import type { Continued, Trigger } from './trigger';

export type Suggestion =
  | { readonly kind: 'context'; readonly completion: Completion }
  | { readonly kind: 'command'; readonly match: CommandMatch };

/** The popup above the composer. */
export interface Suggestions {
  readonly isOpen: boolean;
  /** Those of an older query stay until the answer is there. */
  readonly items: readonly Suggestion[];
  readonly isLoading: boolean;
  /** Index of the item that Enter chooses. */
  readonly active: number;
  readonly choose: (index: number) => void;
  readonly point: (index: number) => void;
  readonly close: () => void;
  /** After typing; `text` as it is now. */
  readonly typed: (text: string, caret: number) => void;
  /** After the caret has moved. */
  readonly moved: (caret: number) => void;
  /** Types an `@` at the caret. */
  readonly ask: () => void;
  /** True for a key that it took. */
  readonly onKey: (event: KeyboardEvent) => boolean;
}

interface Answer {
  readonly requestId: number;
  readonly items: readonly Completion[];
}

const NO_ANSWER: Answer = { requestId: 0, items: [] };

/** What `@` and `/` offer while they are typed. */
export function useSuggestions(panel: Panel, session: SessionView, draft: Draft): Suggestions {
  const [trigger, setTrigger] = useState<Trigger>();
  const [active, setActive] = useState(0);
  const [answer, setAnswer] = useState(NO_ANSWER);
  /** Number of the last question to the host. */
  const asked = useRef(0);
  const continued = useRef<Continued>(undefined);
  /** Enter came before the answer: its first item is chosen. */
  const chooseFirst = useRef(false);

  const items: readonly Suggestion[] = itemsFor(trigger, session, answer);
  const isLoading = trigger?.kind === 'context' && answer.requestId !== asked.current;
  // A slash that begins no command is text.
  const isOpen = trigger !== undefined && (trigger.kind === 'context' || items.length > 0);

  const close = (): void => {
    setTrigger(undefined);
    continued.current = undefined;
    chooseFirst.current = false;
  };
  const follow = (next: Trigger | undefined): void => {
    if (!next) return close();
    setTrigger(next);
    setActive(0);
    chooseFirst.current = false;
    if (next.kind !== 'context' || (trigger?.kind === 'context' && trigger.query === next.query))
      return;
    if (trigger?.kind !== 'context') setAnswer(NO_ANSWER);
    panel.post({ type: 'complete', requestId: ++asked.current, query: next.query });
  };
  const chooseItem = (item: Suggestion | undefined): void => {
    if (!trigger || !item) return;
    const { text } = draft;
    const after = text.slice(trigger.to);
    if (item.kind === 'command') {
      const named = `/${item.match.command.name} `;
      close();
      draft.change(named + after.trimStart(), named.length);
    } else if (item.completion.continues !== undefined) {
      const query = item.completion.continues;
      const caret = trigger.from + 1 + query.length;
      continued.current = { from: trigger.from, query };
      draft.change(`${text.slice(0, trigger.from)}@${query}${after}`, caret);
      follow({ kind: 'context', from: trigger.from, to: caret, query });
    } else {
      close();
      panel.post({ type: 'attach', source: item.completion.source });
      draft.change(withoutTrigger(text, trigger), trigger.from);
    }
    draft.input.current?.focus();
  };

  const onAnswer = useRef<(next: Answer) => void>(undefined);
  onAnswer.current = (next) => {
    if (next.requestId !== asked.current || trigger?.kind !== 'context') return;
    setAnswer(next);
    setActive(0);
    const [first] = next.items;
    if (chooseFirst.current && first) chooseItem({ kind: 'context', completion: first });
    else panel.store.announce(strings.suggestionCount(next.items.length));
  };
  useEffect(() => {
    const hearing = panel.store.onCompletions((next) => onAnswer.current?.(next));
    return () => hearing.dispose();
  }, [panel]);

  const step = (by: number): void => {
    if (items.length > 0) setActive((active + by + items.length) % items.length);
  };
  const enter = (): boolean => {
    if (isLoading) chooseFirst.current = true;
    else chooseItem(items[active]);
    return isLoading || items.length > 0;
  };
  const onKey = ({ key, shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean => {
    if (!isOpen || shiftKey || altKey || ctrlKey || metaKey) return false;
    if (key === 'Enter' || key === 'Tab') return enter();
    if (key === 'Escape') close();
    else if (key === 'ArrowDown') step(1);
    else if (key === 'ArrowUp') step(-1);
    else return false;
    return true;
  };
  const ask = (): void => {
    const input = draft.input.current;
    if (!input) return;
    const { selectionStart, selectionEnd } = input;
    const before = draft.text.slice(0, selectionStart);
    const typed = `${before}${/(?:^|\s)$/.test(before) ? '' : ' '}@`;
    const text = typed + draft.text.slice(selectionEnd);
    draft.change(text, typed.length);
    follow(triggerAt(text, typed.length));
    input.focus();
  };
  return {
    isOpen,
    items,
    isLoading,
    active: Math.min(active, items.length - 1),
    choose: (index) => chooseItem(items[index]),
    point: setActive,
    close,
    typed: (text, caret) => follow(triggerAt(text, caret, continued.current)),
    moved: (caret) => {
      // Only typing opens it; going away from the word closes it.
      if (trigger && caret !== trigger.to) close();
    },
    ask,
    onKey,
  };
}

function itemsFor(
  trigger: Trigger | undefined,
  session: SessionView,
  answer: Answer,
): readonly Suggestion[] {
  if (trigger?.kind === 'command') {
    return matchingCommands(session.commands, trigger.query).map((match) => ({
      kind: 'command',
      match,
    }));
  }
  if (!trigger) return [];
  return answer.items.map((completion) => ({ kind: 'context', completion }));
}
