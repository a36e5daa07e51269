import type { Clock } from '../../base/clock';

/** What first attempts earned is worth something for a minute; it ages in steps of five seconds. */
const BUCKET_MS = 5_000;
const BUCKETS = 12;
/** Earned tokens at most: one retry of everything that may be on the wire at once (`concurrency` goes up to 100). */
const MAX_EARNED = 100;
/** The reserve grows by one token a second, up to what ten seconds give. */
const RESERVE_PER_MS = 1 / 1_000;
const MAX_RESERVE = 10;
/** Ten shares of a tenth are one token, whatever they add up to in binary. */
const ROUNDING = 1e-9;

/**
 * How many repeated requests (retries, hedges, fallbacks) an endpoint has to bear: a share of its first attempts, so that an
 * outage is never made worse by everybody asking twice, and a small constant reserve, so that somebody who asks seldom has
 * retries, too. One token a request. Source: Finagle's `RetryBudget` (a share of the requests, a minimum a second, tokens that
 * expire); there the reserve of 10 a second is a server's, here it is a person's.
 */
export class RetryBudget {
  readonly #share: () => number;
  readonly #clock: Clock;
  /** Tokens earned, a ring by time. */
  readonly #buckets: number[] = Array.from({ length: BUCKETS }, () => 0);
  #earned = 0;
  /** The stretch of time that the newest bucket holds. */
  #stretch: number;
  #reserve = MAX_RESERVE;
  #reserveAt: number;

  /** `share` tokens for each first attempt, asked each time. */
  constructor(share: () => number, clock: Clock) {
    this.#share = share;
    this.#clock = clock;
    this.#reserveAt = clock.now();
    this.#stretch = stretchOf(this.#reserveAt);
  }

  /** A first attempt starts. */
  earned(): void {
    this.#age();
    const tokens = Math.min(this.#share(), MAX_EARNED - this.#earned);
    if (!(tokens > 0)) return;
    this.#put(this.#stretch, this.#at(this.#stretch) + tokens);
    this.#earned += tokens;
  }

  /** Takes one token. `false` when there is none: the request must not be repeated now. */
  tryTake(): boolean {
    this.#age();
    if (this.#earned + this.#reserve < 1 - ROUNDING) return false;
    let missing = 1;
    // The oldest first: they are the next to expire.
    for (let at = this.#stretch - BUCKETS + 1; at <= this.#stretch && missing > 0; at++) {
      const tokens = Math.min(missing, this.#at(at));
      this.#put(at, this.#at(at) - tokens);
      missing -= tokens;
    }
    this.#earned = Math.max(0, this.#earned - (1 - missing));
    this.#reserve = Math.max(0, this.#reserve - missing);
    return true;
  }

  /** Requests that may be repeated now: whole tokens, 110 at most. */
  get available(): number {
    this.#age();
    return Math.floor(this.#earned + this.#reserve + ROUNDING);
  }

  #age(): void {
    const now = this.#clock.now();
    if (now > this.#reserveAt) {
      const grown = (now - this.#reserveAt) * RESERVE_PER_MS;
      this.#reserve = Math.min(MAX_RESERVE, this.#reserve + grown);
      this.#reserveAt = now;
    }
    const stretch = stretchOf(now);
    if (stretch <= this.#stretch) return;
    for (let at = Math.max(this.#stretch + 1, stretch - BUCKETS + 1); at <= stretch; at++) {
      this.#earned = Math.max(0, this.#earned - this.#at(at));
      this.#put(at, 0);
    }
    this.#stretch = stretch;
  }

  #at(stretch: number): number {
    return this.#buckets[indexOf(stretch)] ?? 0;
  }

  #put(stretch: number, tokens: number): void {
    this.#buckets[indexOf(stretch)] = tokens;
  }
}

function stretchOf(now: number): number {
  return Math.floor(now / BUCKET_MS);
}

function indexOf(stretch: number): number {
  return ((stretch % BUCKETS) + BUCKETS) % BUCKETS;
}
