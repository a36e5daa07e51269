import { useEffect, useRef, useState } from 'preact/hooks';
import { systemClock } from '../../../base/clock';
import type { Panel } from '../panel';
import { HistorySearch } from './historySearch';

interface HistoryOverlay {
  /** One for as long as the panel is there: answers to a list that was closed are told from those to the one that is open. */
  readonly search: HistorySearch;
  readonly isOpen: boolean;
  readonly open: () => void;
  readonly close: () => void;
}

/** Whether the list is over the chat. Closed, it gives the focus back to where it was, or to the composer. */
export function useHistory({ store, post }: Panel): HistoryOverlay {
  const [search] = useState(() => new HistorySearch(store, post, systemClock));
  const [isOpen, setOpen] = useState(false);
  const from = useRef<Element | null>(null);
  const open = (): void => {
    // Asked for again, it is the list itself that has the focus.
    from.current ??= document.activeElement;
    setOpen(true);
  };
  useEffect(() => () => search.dispose(), [search]);
  useEffect(() => {
    const asked = store.onShowHistory(open);
    return () => asked.dispose();
  }, [store]);
  useEffect(() => {
    if (isOpen || !from.current) return;
    const back = from.current;
    from.current = null;
    if (back instanceof HTMLElement && back.isConnected && back !== document.body) back.focus();
    else store.focusComposer();
  }, [isOpen, store]);
  return { search, isOpen, open, close: () => setOpen(false) };
}
