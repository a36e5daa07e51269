/** The window is a minute long; what is older leaves it in steps of five seconds. */
const BUCKET_MS = 5_000;
const BUCKETS = 12;

/** What was seen in the window. A call is counted when it ended; `slow` ones are successes. */
export interface WindowCounts {
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
}

type Counts = { -readonly [Name in keyof WindowCounts]: WindowCounts[Name] };

export type CallResult = 'ok' | 'slow' | 'failed';

/**
 * Outcomes of the last minute in constant memory and, a step aside, constant time: running totals over a ring of buckets.
 * Follows the monotonic clock that the caller reads; a leap of it empties the window, one backwards is as if no time had passed.
 */
export class BreakerWindow {
  readonly #buckets: Counts[] = Array.from({ length: BUCKETS }, none);
  readonly #total: Counts = none();
  /** The stretch of time that the newest bucket holds. */
  #stretch = Number.NEGATIVE_INFINITY;

  record(now: number, result: CallResult): void {
    this.#moveTo(now);
    const bucket = this.#bucketOf(this.#stretch);
    add(bucket, result);
    add(this.#total, result);
  }

  /** Valid until the next call of this object. */
  counts(now: number): WindowCounts {
    this.#moveTo(now);
    return this.#total;
  }

  clear(): void {
    for (const bucket of this.#buckets) empty(bucket);
    empty(this.#total);
  }

  #moveTo(now: number): void {
    const stretch = Math.floor(now / BUCKET_MS);
    if (stretch <= this.#stretch) return;
    if (stretch - this.#stretch >= BUCKETS) this.clear();
    else for (let at = this.#stretch + 1; at <= stretch; at++) this.#drop(this.#bucketOf(at));
    this.#stretch = stretch;
  }

  #drop(bucket: Counts): void {
    this.#total.calls -= bucket.calls;
    this.#total.failures -= bucket.failures;
    this.#total.slow -= bucket.slow;
    empty(bucket);
  }

  #bucketOf(stretch: number): Counts {
    // A remainder is negative where the stretch is, which a clock of arbitrary origin may give.
    const bucket = this.#buckets[((stretch % BUCKETS) + BUCKETS) % BUCKETS];
    if (!bucket) throw new RangeError(`no bucket for stretch ${stretch}`);
    return bucket;
  }
}

function none(): Counts {
  return { calls: 0, failures: 0, slow: 0 };
}

function empty(counts: Counts): void {
  counts.calls = 0;
  counts.failures = 0;
  counts.slow = 0;
}

function add(counts: Counts, result: CallResult): void {
  counts.calls++;
  if (result === 'failed') counts.failures++;
  else if (result === 'slow') counts.slow++;
}
