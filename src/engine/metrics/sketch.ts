import type { Percentiles } from './snapshot';

/** What a percentile may be off by, of itself. */
export const SKETCH_ACCURACY = 0.005;

const GAMMA = (1 + SKETCH_ACCURACY) / (1 - SKETCH_ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);
/** In the middle of a bin, by relative error. */
const MIDDLE = 2 / (1 + GAMMA);
const LOWEST = 0.01;
const HIGHEST = 1e9;

/**
 * Counts of positive numbers in bins that grow by 1 % each, in constant memory (at most 2,533 bins, and only those that are met):
 * percentiles are within 0.5 % of the exact ones, whatever the distribution, and sketches can be added up. Numbers outside of
 * 0.01 to 1e9 count as the nearer end. The idea is that of DDSketch (Masson, Rim, Lee: VLDB 2019).
 */
export class Sketch {
  readonly #bins = new Map<number, number>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The bin of a number: worked out once where it goes into several sketches. */
  static binOf(value: number): number {
    // Not a number counts as the lowest.
    const held = value > LOWEST ? Math.min(HIGHEST, value) : LOWEST;
    return Math.ceil(Math.log(held) / LOG_GAMMA);
  }

  add(bin: number): void {
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + 1);
    this.#count++;
  }

  merge(other: Sketch): void {
    for (const [bin, count] of other.#bins) {
      this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + count);
    }
    this.#count += other.#count;
  }

  /** Zeros when nothing was added. */
  percentiles(): Percentiles {
    const [p50 = 0, p95 = 0, p99 = 0] = this.#quantiles([0.5, 0.95, 0.99]);
    return { count: this.#count, p50, p95, p99 };
  }

  median(): number | undefined {
    return this.#quantiles([0.5])[0];
  }

  /** By nearest rank, for shares in rising order. Empty when nothing was added. */
  #quantiles(shares: readonly number[]): number[] {
    if (this.#count === 0) return [];
    const bins = [...this.#bins].sort(([a], [b]) => a - b);
    const found: number[] = [];
    let at = 0;
    let [bin, seen] = bins[0] ?? [0, 0];
    for (const share of shares) {
      const rank = Math.max(1, Math.ceil(share * this.#count));
      while (seen < rank) {
        const next = bins[++at];
        if (!next) break;
        bin = next[0];
        seen += next[1];
      }
      found.push(GAMMA ** bin * MIDDLE);
    }
    return found;
  }
}
