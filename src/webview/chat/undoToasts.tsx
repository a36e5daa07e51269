import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { systemClock } from '../../base/clock';
import { IconButton } from '../shared/iconButton';
import { strings } from '../shared/strings';
import type { Undoable } from './hostLink';
import type { Panel } from './panel';

/** How long something can be taken back, ms, while nobody is about to. */
const UNDO_MS = 10_000;
/** More than these would hide the chat. */
const MAX_SHOWN = 4;

/** "Chat deleted — Undo": what was just done, newest last. */
export function UndoToasts({ panel }: { readonly panel: Panel }): JSX.Element {
  const [shown, setShown] = useState<readonly Undoable[]>([]);
  useEffect(() => {
    const hearing = panel.store.onUndoable((done) =>
      setShown((before) => [...before.filter(({ id }) => id !== done.id), done].slice(-MAX_SHOWN)),
    );
    return () => hearing.dispose();
  }, [panel]);
  const remove = (id: string): void =>
    setShown((before) => before.filter((toast) => toast.id !== id));
  return (
    <div class="toasts" role="status">
      {shown.map((toast) => (
        <Toast key={toast.id} panel={panel} toast={toast} onGone={() => remove(toast.id)} />
      ))}
    </div>
  );
}

interface ToastProps {
  readonly panel: Panel;
  readonly toast: Undoable;
  readonly onGone: () => void;
}

function Toast({ panel, toast, onGone }: ToastProps): JSX.Element {
  const { id, text } = toast;
  const [isPointedAt, setPointedAt] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const isHeld = isPointedAt || isFocused;
  const gone = useRef(onGone);
  gone.current = onGone;
  /** What is left of its time, ms. */
  const left = useRef(UNDO_MS);
  useEffect(() => {
    if (isHeld) return undefined;
    const from = systemClock.now();
    const timer = systemClock.setTimeout(() => gone.current(), left.current);
    return () => {
      left.current = Math.max(0, left.current - (systemClock.now() - from));
      timer.dispose();
    };
  }, [isHeld]);
  const close = (): void => {
    onGone();
    if (isFocused) panel.store.focusComposer();
  };
  return (
    <div
      class="toast"
      onPointerEnter={() => setPointedAt(true)}
      onPointerLeave={() => setPointedAt(false)}
      onFocusIn={() => setFocused(true)}
      onFocusOut={() => setFocused(false)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
    >
      <span class="toast-text">{text}</span>
      <button
        type="button"
        class="link-button"
        onClick={() => {
          panel.post({ type: 'undo', id });
          close();
        }}
      >
        {strings.undo}
      </button>
      <IconButton icon="close" label={strings.dismiss} onClick={close} />
    </div>
  );
}
