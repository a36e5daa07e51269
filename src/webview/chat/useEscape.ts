import { useEffect, useRef } from 'preact/hooks';
import { isComposing } from '../shared/composing';
import type { FindState } from './find/findState';
import type { Panel } from './panel';

/**
 * Escape where nothing nearer takes it, as menus, suggestions and fields do: closes the find bar, stops the answer under way, goes
 * to the composer; one of them at a time, in this order. `isOff`: something else is over the conversation.
 */
export function useEscape({ store, post }: Panel, find: FindState, isOff: boolean): void {
  const off = useRef(isOff);
  off.current = isOff;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { key, defaultPrevented } = event;
      if (key !== 'Escape' || defaultPrevented || isComposing(event) || off.current) return;
      const isWriting = document.activeElement?.closest('.composer');
      if (isWriting && !find.isOpen) return;
      event.preventDefault();
      if (find.isOpen) find.close();
      else if (store.session?.busy === true) post({ type: 'stop' });
      else store.focusComposer();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [store, post, find]);
}
