import type { DisposableLike } from './disposable';

/** Time as the engine sees it; tests bring one that they turn by hand. */
export interface Clock {
  /** Monotonic milliseconds with fractions; the origin is arbitrary. */
  now(): number;
  /** Milliseconds since 1970, for what is shown or stored. May jump. */
  wallNow(): number;
  /** Calls back once after `delayMs`, unless disposed before. */
  setTimeout(callback: () => void, delayMs: number): DisposableLike;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  setTimeout: (callback, delayMs) => {
    const handle = setTimeout(callback, delayMs);
    return { dispose: () => clearTimeout(handle) };
  },
};
