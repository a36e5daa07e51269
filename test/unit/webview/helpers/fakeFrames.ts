import type { FrameSource } from '../../../../src/webview/shared/frames';

/** Frames that are painted only when told to. */
export class FakeFrames implements FrameSource {
  readonly #before = new Set<() => void>();
  readonly #after = new Set<() => void>();
  /** Milliseconds that each look at the clock takes: what works "while there is time" stops after a few. */
  tickMs = 0;
  #now = 0;

  now(): number {
    this.#now += this.tickMs;
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  beforePaint(run: () => void): { dispose(): void } {
    this.#before.add(run);
    return { dispose: () => void this.#before.delete(run) };
  }

  afterPaint(run: () => void): { dispose(): void } {
    this.#after.add(run);
    return { dispose: () => void this.#after.delete(run) };
  }

  get pending(): number {
    return this.#before.size + this.#after.size;
  }

  /** One frame: what waits for it, then what waits for its paint. */
  paint(): void {
    for (const set of [this.#before, this.#after]) {
      const due = [...set];
      set.clear();
      for (const run of due) run();
    }
  }

  /** Frames until nothing waits any more. */
  settle(): void {
    for (let frame = 0; this.pending > 0; frame++) {
      if (frame > 10_000) throw new Error('expected the frames to end');
      this.paint();
    }
  }
}
