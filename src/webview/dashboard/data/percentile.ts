/**
 * The exact percentile by nearest rank, as the engine's figures have it. `sorted` rises; `undefined` where it is empty.
 * `share`: 0-1.
 */
export function percentileOf(sorted: Float32Array, share: number): number | undefined {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1];
}

/** Numbers that are taken in one after the other, then sorted where they are: nothing is made anew for each bucket. */
export class Sorter {
  readonly #numbers: Float32Array;
  #count = 0;

  /** `capacity`: the most there may be at once. */
  constructor(capacity: number) {
    this.#numbers = new Float32Array(capacity);
  }

  /** NaN is not taken. */
  add(value: number): void {
    if (!Number.isNaN(value)) this.#numbers[this.#count++] = value;
  }

  /** All since the last call, rising; only until the next `add`. */
  take(): Float32Array {
    const taken = this.#numbers.subarray(0, this.#count).sort();
    this.#count = 0;
    return taken;
  }
}
