/**
 * Time constant: a peak has lost two thirds of its lead after so long, whatever the number of samples. Finagle takes 10 s for
 * calls of milliseconds; replies of a model come seconds to minutes apart.
 */
const DECAY_MS = 60_000;

/**
 * A mean of latencies that follows a rise at once and forgets it slowly, so that a slow endpoint is left alone after its first slow
 * answer and comes back with care. The newer sample weighs the more, the longer the one before it is ago.
 * Source: Finagle's `PeakEwma`, also Linkerd's and Envoy's.
 */
export class PeakEwma {
  #value: number | undefined;
  #at = 0;

  /** Milliseconds; `undefined` before the first sample. */
  get value(): number | undefined {
    return this.#value;
  }

  /** `now`: a monotonic reading, ms. */
  observe(sampleMs: number, now: number): void {
    const before = this.#value;
    if (before === undefined || sampleMs >= before) {
      this.#value = sampleMs;
    } else {
      const kept = Math.exp((this.#at - now) / DECAY_MS);
      this.#value = before * kept + sampleMs * (1 - kept);
    }
    this.#at = now;
  }
}
