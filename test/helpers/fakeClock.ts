import type { Clock } from '../../src/base/clock';
import type { DisposableLike } from '../../src/base/disposable';

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that moves only when told to. Timers run in the order of their due times. */
export class FakeClock implements Clock {
  #now = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();
  #wallAhead = 0;
  /** Milliseconds since 1970 at the clock's 0. */
  readonly wallStart: number;

  constructor(wallStart = Date.UTC(2026, 0, 1)) {
    this.wallStart = wallStart;
  }

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return this.wallStart + this.#now + this.#wallAhead;
  }

  /** The wall clock runs ahead of the monotonic one: the machine slept, or its time was set. */
  jumpWall(ms: number): void {
    this.#wallAhead += ms;
  }

  setTimeout(callback: () => void, delayMs: number): DisposableLike {
    const timer: Timer = { due: this.#now + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.add(timer);
    return { dispose: () => void this.#timers.delete(timer) };
  }

  /** Timers that wait. A suite that ends with some has leaked them. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves on by `ms`, running what falls due on the way and letting promises settle after each timer. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const next = this.#nextDue(end);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = next.due;
      next.callback();
      await settle();
    }
    this.#now = end;
    await settle();
  }

  #nextDue(end: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due > end) continue;
      if (!next || timer.due < next.due || (timer.due === next.due && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }
}

/** Lets everything that is ready to run do so: a turn of the event loop, no time on the clock. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}
