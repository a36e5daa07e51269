import type { Clock } from '../../base/clock';

/** How often something happened in the window that ends now, in constant memory. Follows the monotonic clock, so a wall clock that jumps changes nothing. */
export class RollingCount {
  readonly #clock: Clock;
  readonly #bucketMs: number;
  readonly #counts: number[];
  /** Which stretch of time each bucket holds. */
  readonly #stretches: number[];

  /** The window is `buckets * bucketMs` long; what is older leaves it by whole buckets. */
  constructor(clock: Clock, bucketMs: number, buckets: number) {
    this.#clock = clock;
    this.#bucketMs = bucketMs;
    this.#counts = Array.from({ length: buckets }, () => 0);
    this.#stretches = Array.from({ length: buckets }, () => -1);
  }

  add(): void {
    const stretch = this.#now();
    const bucket = stretch % this.#counts.length;
    if (this.#stretches[bucket] !== stretch) {
      this.#stretches[bucket] = stretch;
      this.#counts[bucket] = 0;
    }
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  total(): number {
    const oldest = this.#now() - this.#counts.length;
    let total = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      if ((this.#stretches[bucket] ?? -1) > oldest) total += count;
    }
    return total;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#stretches.fill(-1);
  }

  #now(): number {
    return Math.floor(this.#clock.now() / this.#bucketMs);
  }
}
