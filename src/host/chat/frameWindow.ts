/**
 * Shortest time between two frames, ms. Not one for each of a 60 Hz screen's: nobody sees the difference in text, and the page's work goes
 * with the number of frames.
 */
export const MIN_FRAME_INTERVAL_MS = 24;
/** Over a long link frames go out about this far apart, ms; still well under the 50 ms that text may lag behind. */
const LONG_LINK_INTERVAL_MS = 33;
const MIN_WINDOW = 2;
const MAX_WINDOW = 12;

/**
 * How many frames may be unacknowledged. It follows the *shortest* round trip measured since the webview appeared: that is
 * the link. What a round trip takes beyond it is a queue (a busy page or line), and more frames under way would only
 * lengthen it, so it earns none.
 */
export class FrameWindow {
  readonly #sentAt = new Map<number, number>();
  #shortestMs = Infinity;

  /** Frames under way that are allowed at once. */
  get limit(): number {
    if (!Number.isFinite(this.#shortestMs)) return MIN_WINDOW;
    const frames = Math.ceil(this.#shortestMs / LONG_LINK_INTERVAL_MS) + 1;
    return Math.min(MAX_WINDOW, Math.max(MIN_WINDOW, frames));
  }

  get isOpen(): boolean {
    return this.#sentAt.size < this.limit;
  }

  /** Nothing is under way. */
  get isIdle(): boolean {
    return this.#sentAt.size === 0;
  }

  sent(seq: number, now: number): void {
    this.#sentAt.set(seq, now);
  }

  /** Frame `seq` and all before it are painted. A number that was never sent counts for nothing. */
  acknowledged(seq: number, now: number): void {
    const sentAt = this.#sentAt.get(seq);
    if (sentAt === undefined) return;
    this.#shortestMs = Math.min(this.#shortestMs, now - sentAt);
    for (const earlier of this.#sentAt.keys()) {
      if (earlier <= seq) this.#sentAt.delete(earlier);
    }
  }
}
