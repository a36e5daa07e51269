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

/** All that waits for the next frame shares one request for it, and one timer for as long as there are frames. */
export class BrowserFrames implements FrameSource {
  readonly #waiting = new Set<() => void>();
  #frame: number | undefined;
  #askedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  beforePaint(run: () => void): DisposableLike {
    // Each time another one: the same function may wait twice.
    const once = (): void => run();
    this.#waiting.add(once);
    this.#ask();
    return toDisposable(() => this.#waiting.delete(once));
  }

  afterPaint(run: () => void): DisposableLike {
    // A task queued inside an animation frame runs once that frame is painted.
    const timer = setTimeout(run, 0);
    return toDisposable(() => clearTimeout(timer));
  }

  now(): number {
    return performance.now();
  }

  #ask(): void {
    if (this.#frame !== undefined) return;
    this.#frame = requestAnimationFrame(this.#begin);
    this.#askedAt = this.now();
    if (document.hidden) clearTimeout(this.#timer);
    else if (this.#timer !== undefined) return;
    this.#timer = setTimeout(this.#check, document.hidden ? 0 : HIDDEN_DELAY_MS);
  }

  /** No frame may be coming. */
  readonly #check = (): void => {
    this.#timer = undefined;
    if (this.#frame === undefined) return;
    const leftMs = document.hidden ? 0 : this.#askedAt + HIDDEN_DELAY_MS - this.now();
    if (leftMs > 0) this.#timer = setTimeout(this.#check, leftMs);
    else this.#begin();
  };

  readonly #begin = (): void => {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    const due = [...this.#waiting];
    for (const run of due) {
      if (!this.#waiting.delete(run)) continue;
      try {
        run();
      } catch (error) {
        reportError(error);
      }
    }
  };
}
