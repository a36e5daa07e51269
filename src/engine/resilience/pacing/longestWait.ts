import type { LimitName } from '../../types';
import type { PacingWait } from './pacingTypes';

/** Of several waits the longest, and what it is for. */
export class LongestWait {
  #limit: LimitName = 'requests';
  #waitMs = 0;

  add(limit: LimitName, waitMs: number): void {
    if (waitMs <= this.#waitMs) return;
    this.#limit = limit;
    this.#waitMs = waitMs;
  }

  /** `undefined` when there is none. */
  get result(): PacingWait | undefined {
    return this.#waitMs > 0 ? { limit: this.#limit, waitMs: this.#waitMs } : undefined;
  }
}
