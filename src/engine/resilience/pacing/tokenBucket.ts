const MINUTE_MS = 60_000;
/** Part of the capacity that sums of fractions may be off by. */
const TOLERANCE = 1e-9;

/** A limit that the user set: holds a minute's worth, is full at the start and refills all the time. Times are `Clock.now()` readings. */
export class TokenBucket {
  #capacity = 0;
  #level = 0;
  #at = 0;

  /** Per minute; 0: no limit. */
  get capacity(): number {
    return this.#capacity;
  }

  /** May be below 0: the owner of the debt is under way already. */
  level(now: number): number {
    this.#refill(now);
    return this.#level;
  }

  /** Applies at once. What was used of the old limit stays used. */
  setCapacity(capacity: number, now: number): void {
    if (capacity === this.#capacity) return;
    this.#refill(now);
    this.#level += capacity - this.#capacity;
    this.#capacity = capacity;
    this.#at = now;
  }

  /** Until `need` fits, once `ahead` has been taken, ms. What is larger than the whole bucket fits when that is full. */
  waitMs(need: number, now: number, ahead = 0): number {
    if (this.#capacity === 0) return 0;
    this.#refill(now);
    const missing = Math.min(need, this.#capacity) + ahead - this.#level;
    return missing <= this.#capacity * TOLERANCE ? 0 : (missing / this.#capacity) * MINUTE_MS;
  }

  /** Below 0: gives back. */
  take(amount: number, now: number): void {
    if (this.#capacity === 0) return;
    this.#refill(now);
    this.#level = Math.min(this.#capacity, this.#level - amount);
  }

  #refill(now: number): void {
    if (now <= this.#at) return;
    const gained = ((now - this.#at) / MINUTE_MS) * this.#capacity;
    this.#level = Math.min(this.#capacity, this.#level + gained);
    this.#at = now;
  }
}
