/** Of each model; 100 are enough for a P95 and few enough to be recent. */
const SAMPLES = 100;
const MIN_SAMPLES = 20;
const PERCENTILE = 0.95;

interface Ring {
  readonly samples: Float64Array;
  /** Samples ever recorded. */
  count: number;
  /** `undefined` when a sample came since it was worked out. */
  p95: number | undefined;
}

/**
 * How long each model's first token may take before it counts as late: the P95 of its last 100 good attempts. So about one request in
 * twenty is hedged. Source: Dean and Barroso, "The Tail at Scale".
 */
export class HedgeDelays {
  readonly #rings = new Map<string, Ring>();

  /** Time to first token of an attempt that went well, ms. */
  record(model: string, firstTokenMs: number): void {
    let ring = this.#rings.get(model);
    if (!ring) {
      ring = { samples: new Float64Array(SAMPLES), count: 0, p95: undefined };
      this.#rings.set(model, ring);
    }
    ring.samples[ring.count % SAMPLES] = firstTokenMs;
    ring.count += 1;
    ring.p95 = undefined;
  }

  /** Milliseconds; `undefined` before 20 samples. */
  delayMs(model: string): number | undefined {
    const ring = this.#rings.get(model);
    if (!ring || ring.count < MIN_SAMPLES) return undefined;
    ring.p95 ??= percentile(ring.samples.slice(0, Math.min(ring.count, SAMPLES)));
    return ring.p95;
  }
}

/** By nearest rank. */
function percentile(samples: Float64Array): number | undefined {
  return samples.toSorted()[Math.ceil(samples.length * PERCENTILE) - 1];
}
