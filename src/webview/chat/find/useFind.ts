import { useEffect, useRef, useState } from 'preact/hooks';
import type { Panel } from '../panel';
import { FindState } from './findState';

/**
 * What is looked for, for as long as the panel is there, and the keys for it: Ctrl+F (Cmd+F), F3 and Shift+F3, on a Mac Cmd+G,
 * too. `isOff`: something else is over the conversation.
 */
export function useFind({ store }: Panel, isOff: boolean): FindState {
  const [state] = useState(() => new FindState());
  const off = useRef(isOff);
  off.current = isOff;
  useEffect(() => {
    const open = (): void => {
      if (!off.current && store.turns.length > 0) state.open(selectedText());
    };
    const onKey = (event: KeyboardEvent): void => {
      if (off.current || event.defaultPrevented || event.altKey) return;
      const isCommand = event.ctrlKey !== event.metaKey;
      const key = event.key.toLowerCase();
      if (isCommand && !event.shiftKey && key === 'f') open();
      else if (key === 'f3' && !isCommand) state.step(event.shiftKey ? -1 : 1);
      else if (key === 'g' && event.metaKey) state.step(event.shiftKey ? -1 : 1);
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    // The editor's own command comes a moment after the key: what was typed since stays.
    const asked = store.onShowFind(() => {
      if (!state.isOpen) open();
      else state.ask();
    });
    return () => {
      document.removeEventListener('keydown', onKey);
      asked.dispose();
    };
  }, [store, state]);
  return state;
}

/** What is selected in the conversation. */
function selectedText(): string {
  const selection = document.getSelection();
  const node = selection?.anchorNode;
  const element = node instanceof Element ? node : node?.parentElement;
  return element?.closest('.turns') ? String(selection) : '';
}
