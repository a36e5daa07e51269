import type { DisposableLike } from '../../../base/disposable';
import { toDisposable } from '../../../base/disposable';
import type { SavedState } from '../savedState';
import type { TranscriptWindow } from './transcriptWindow';

/** While the reader scrolls the place is remembered this often, ms. */
const REMEMBER_MS = 300;

/** Remembers where the reader is, over hiding and reloading. A panel without a size says nothing about that. */
export function rememberPlace(
  scroller: HTMLElement,
  window: TranscriptWindow,
  saved: SavedState,
): DisposableLike {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let moved = false;
  const remember = (): void => {
    if (timer !== undefined) {
      moved = true;
      return;
    }
    moved = false;
    if (scroller.clientHeight > 0 && window.isPlaced) saved.setPlace(window.place);
    timer = setTimeout(() => {
      timer = undefined;
      if (moved) remember();
    }, REMEMBER_MS);
  };
  scroller.addEventListener('scroll', remember, { passive: true });
  return toDisposable(() => {
    clearTimeout(timer);
    scroller.removeEventListener('scroll', remember);
  });
}
