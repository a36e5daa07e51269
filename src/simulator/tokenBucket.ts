import type { Random } from './random';

/** What became of a bucket's contents since the simulator started: requests or tokens. */
export interface BucketUse {
  /** Per minute, and what fits in. */
  readonly limit: number;
  /** In it now; below zero when replies produced more than was left. */
  readonly left: number;
  /** What was in it at the start and what has been refilled since, taken or not. */
  readonly offered: number;
  /** Of that, what found the bucket full. */
  readonly spilled: number;
  /** Taken by the requests that were sent here. */
  readonly used: number;
  /** Taken by foreign traffic. */
  readonly foreign: number;
}

interface ForeignTraffic {
  /** Of the refill, 0-1. */
  readonly share: number;
  readonly random: Random;
}

const MINUTE_MS = 60_000;
/** Foreign requests come this far apart. */
const FOREIGN_LEAST_MS = 500;
const FOREIGN_MOST_MS = 3_000;
/** Refills are sums of fractions: a bucket that lacks less than this has enough. */
const TOLERANCE = 1e-6;

/**
 * One rate limit as the API's documentation describes it: a token bucket that refills without a break. It has no timer: what
 * happened since the last look is worked out at the next, foreign requests at their own times among it.
 */
export class TokenBucket {
  #level: number;
  #at: number;
  #offered: number;
  #spilled = 0;
  #used = 0;
  #foreign = 0;
  #foreignAt: number;
  /** What foreigners would have taken by now, less than one: they take whole requests and tokens. */
  #foreignOwed = 0;

  readonly limit: number;
  readonly foreign: ForeignTraffic | undefined;

  /** `fill` 0-1 at the time `now`, in ms. */
  constructor(limit: number, fill: number, now: number, foreign: ForeignTraffic | undefined) {
    this.limit = limit;
    this.foreign = foreign;

    this.#level = limit * fill;
    this.#offered = this.#level;
    this.#at = now;
    this.#foreignAt = foreign ? now + this.#foreignGap(foreign) : Infinity;
  }

  get level(): number {
    return this.#level;
  }

  get use(): BucketUse {
    return {
      limit: this.limit,
      left: this.#level,
      offered: this.#offered,
      spilled: this.#spilled,
      used: this.#used,
      foreign: this.#foreign,
    };
  }

  /** Brings it up to the time `now`. */
  advance(now: number): void {
    if (this.foreign) this.#advanceForeign(this.foreign, now);
    this.#refill(now);
  }

  has(amount: number): boolean {
    return this.#level + TOLERANCE >= amount;
  }

  /** Milliseconds until `amount` is there when nobody else takes any; of more than ever fits in, until it is full. */
  msUntil(amount: number): number {
    const missing = Math.min(amount, this.limit) - this.#level;
    return Math.max(0, (missing / this.limit) * MINUTE_MS);
  }

  /** May leave it below zero: what has been produced is charged whether or not it was there. */
  take(amount: number): void {
    this.#level -= amount;
    this.#used += amount;
  }

  /** Takes what is there of it. */
  takeAtMost(amount: number): void {
    this.take(Math.min(amount, Math.max(0, this.#level)));
  }

  #refill(now: number): void {
    const amount = this.#refilledIn(now - this.#at);
    this.#at = Math.max(this.#at, now);
    this.#offered += amount;
    this.#level += amount;
    if (this.#level <= this.limit) return;
    this.#spilled += this.#level - this.limit;
    this.#level = this.limit;
  }

  #refilledIn(ms: number): number {
    return (Math.max(0, ms) / MINUTE_MS) * this.limit;
  }

  /** Foreign requests up to `now`. They take only what is there: who finds it empty is refused, too, and goes away. */
  #advanceForeign(foreign: ForeignTraffic, now: number): void {
    while (this.#foreignAt <= now) {
      this.#foreignOwed += this.#refilledIn(this.#foreignAt - this.#at) * foreign.share;
      this.#refill(this.#foreignAt);
      const wanted = Math.floor(this.#foreignOwed);
      this.#foreignOwed -= wanted;
      const taken = Math.min(wanted, Math.max(0, Math.floor(this.#level)));
      this.#level -= taken;
      this.#foreign += taken;
      this.#foreignAt += this.#foreignGap(foreign);
    }
    this.#foreignOwed += this.#refilledIn(now - this.#at) * foreign.share;
  }

  #foreignGap({ random }: ForeignTraffic): number {
    return random.integer(FOREIGN_LEAST_MS, FOREIGN_MOST_MS);
  }
}
