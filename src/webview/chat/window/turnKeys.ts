import { toDisposable } from '../../../base/disposable';
import type { DisposableLike } from '../../../base/disposable';
import type { Panel } from '../panel';
import type { TranscriptWindow } from './transcriptWindow';

/** Alt+Up and Alt+Down go from question to question, with the focus, so that a screen reader reads it. */
export function handleTurnKeys(
  scroller: HTMLElement,
  window: TranscriptWindow,
  panel: Panel,
): DisposableLike {
  const onKey = (event: KeyboardEvent): void => {
    const step = stepOf(event);
    if (step === 0) return;
    event.preventDefault();
    const { turns } = panel.store;
    const focused = document.activeElement?.closest<HTMLElement>('[data-turn]')?.dataset['turn'];
    const at = turns.findIndex((turn) => turn.id === focused);
    // From in the middle of a turn, up means to its own question.
    const isInside = (window.place?.offset ?? 0) > 1;
    const from = at >= 0 ? at : window.topIndex + (step < 0 && isInside ? 1 : 0);
    const next = turns[Math.max(0, Math.min(from + step, turns.length - 1))];
    if (!next) return;
    window.goTo({ turnId: next.id, offset: 0 });
    window.elementOf(next.id)?.focus({ preventScroll: true });
  };
  scroller.addEventListener('keydown', onKey);
  return toDisposable(() => scroller.removeEventListener('keydown', onKey));
}

function stepOf({ key, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): -1 | 0 | 1 {
  if (!altKey || ctrlKey || metaKey || shiftKey) return 0;
  if (key === 'ArrowUp') return -1;
  return key === 'ArrowDown' ? 1 : 0;
}
