import { createHistogram } from 'node:perf_hooks';
import type { RecordableHistogram } from 'node:perf_hooks';
import type { Percentiles } from './snapshot';

const LOWEST = 1;
/** One hour in ms. Longer values count as this. */
const HIGHEST = 3_600_000;

/**
 * Counts of whole numbers from 1 to 3,600,000 in constant memory (17 KB): the percentiles it tells are within 1 % of the
 * exact ones. Smaller values count as 1, larger ones as the highest.
 */
export class Histogram {
  readonly #counts: RecordableHistogram = createHistogram({
    lowest: LOWEST,
    highest: HIGHEST,
    // The default of 3 takes 87 KB and tells nothing more about milliseconds.
    figures: 2,
  });

  record(value: number): void {
    this.#counts.record(Math.min(HIGHEST, Math.max(LOWEST, Math.round(value))));
  }

  /** Zeros when nothing was recorded. */
  percentiles(): Percentiles {
    const count = this.#counts.count;
    if (count === 0) return { count: 0, p50: 0, p95: 0, p99: 0 };
    return {
      count,
      p50: this.#counts.percentile(50),
      p95: this.#counts.percentile(95),
      p99: this.#counts.percentile(99),
    };
  }

  median(): number | undefined {
    return this.#counts.count === 0 ? undefined : this.#counts.percentile(50);
  }

  reset(): void {
    this.#counts.reset();
  }
}
