import { systemClock } from '../../src/base/clock';
import type { Clock } from '../../src/base/clock';
import type { DisposableLike } from '../../src/base/disposable';

/** The system's clock, many times as fast: what takes seconds by it is over in milliseconds. Counts the timers that wait. */
export class FastClock implements Clock {
  readonly #factor: number;
  readonly #startedAt = systemClock.now();
  readonly #wallStart = systemClock.wallNow();
  #pending = 0;
  #aheadMs = 0;

  constructor(factor: number) {
    this.#factor = factor;
  }

  get pending(): number {
    return this.#pending;
  }

  /** Goes by at once; timers that wait are not nearer for it. */
  jump(ms: number): void {
    this.#aheadMs += ms;
  }

  now(): number {
    return (systemClock.now() - this.#startedAt) * this.#factor + this.#aheadMs;
  }

  wallNow(): number {
    return this.#wallStart + this.now();
  }

  setTimeout(callback: () => void, delayMs: number): DisposableLike {
    let waits = true;
    const over = (): void => {
      if (waits) this.#pending--;
      waits = false;
    };
    this.#pending++;
    const timer = systemClock.setTimeout(() => {
      over();
      callback();
    }, delayMs / this.#factor);
    return {
      dispose: () => {
        over();
        timer.dispose();
      },
    };
  }
}
