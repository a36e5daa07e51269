import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SessionView } from '../../../protocol/chat';
import type { Panel } from '../panel';

/** Delay between the last key and telling the host the draft, ms. */
const DRAFT_MS = 400;

export interface Draft {
  readonly text: string;
  /** `caret`: where it goes; absent where the page has moved it already. */
  readonly change: (text: string, caret?: number) => void;
  /** Tells the host now what it was not told yet. */
  readonly flush: () => void;
  readonly input: { readonly current: HTMLTextAreaElement | null };
}

/**
 * What is being typed: kept here for a reload of the webview, and by the host for a reload of the window. It stays when another
 * conversation is shown: it may be meant for that one, and nothing typed is lost.
 */
export function useDraft(panel: Panel, session: SessionView): Draft {
  const input = useRef<HTMLTextAreaElement>(null);
  // VS Code may have kept an older one of the page.
  const [text, setText] = useState(() => session.draft || panel.saved.draft);
  const latest = useRef(text);
  const caret = useRef<number>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const flush = (): void => {
    if (timer.current === undefined) return;
    clearTimeout(timer.current);
    timer.current = undefined;
    panel.post({ type: 'draft', text: latest.current });
  };
  const change = (next: string, place?: number): void => {
    caret.current = place;
    latest.current = next;
    setText(next);
    panel.saved.setDraft(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(flush, DRAFT_MS);
    if (next === '') flush();
  };
  useLayoutEffect(() => {
    const take = (): void => {
      const asked = panel.store.takeForComposer();
      if (!asked) return;
      const inserted = asked.filter((part) => part !== '');
      if (inserted.length > 0) {
        const next = afterWhatIsThere(latest.current, inserted.join('\n'));
        change(next, next.length);
      }
      input.current?.focus();
    };
    take();
    const taking = panel.store.onComposer(take);
    // A panel that is hidden may never be shown again.
    document.addEventListener('visibilitychange', flush);
    addEventListener('pagehide', flush);
    return () => {
      taking.dispose();
      document.removeEventListener('visibilitychange', flush);
      removeEventListener('pagehide', flush);
      flush();
    };
  }, [panel]);
  useLayoutEffect(() => {
    if (!input.current) return;
    fitHeight(input.current);
    if (caret.current === undefined) return;
    input.current.setSelectionRange(caret.current, caret.current);
    caret.current = undefined;
  });
  return { text, change, flush, input };
}

function afterWhatIsThere(there: string, inserted: string): string {
  return there === '' || there.endsWith('\n') ? there + inserted : `${there}\n${inserted}`;
}

/** Where style sheets can't make a text area as high as its text. */
function fitHeight(input: HTMLTextAreaElement): void {
  if (CSS.supports('field-sizing', 'content')) return;
  input.style.height = 'auto';
  input.style.height = `${String(input.scrollHeight)}px`;
}
