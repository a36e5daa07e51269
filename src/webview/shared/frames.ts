import { toDisposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';

/** When to touch the page. Tests bring one that they turn by hand. */
export interface FrameSource {
  /** Calls back once before the next paint, or soon where nothing is painted. */
  beforePaint(run: () => void): DisposableLike;
  /** Calls back once after the paint that follows. */
  afterPaint(run: () => void): DisposableLike;
  /** Monotonic milliseconds. */
  now(): number;
}

/**
 * A hidden webview gets no animation frames (its document may even say it is visible): after this long, ms, work is done
 * without one. Far above a slow display's frame, so that a visible panel never works twice in a frame.
 */
const HIDDEN_DELAY_MS = 250;

export const browserFrames: FrameSource = {
  beforePaint: (run) => {
    const cancel = (): void => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
    const once = (): void => {
      cancel();
      run();
    };
    const frame = requestAnimationFrame(once);
    const timer = setTimeout(once, document.hidden ? 0 : HIDDEN_DELAY_MS);
    return toDisposable(cancel);
  },
  // A task queued inside an animation frame runs once that frame is painted.
  afterPaint: (run) => {
    const timer = setTimeout(run, 0);
    return toDisposable(() => clearTimeout(timer));
  },
  now: () => performance.now(),
};
