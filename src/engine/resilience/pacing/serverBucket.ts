import type { HeaderBucket } from './rateLimitHeaders';

const MINUTE_MS = 60_000;
const TOLERANCE = 1e-9;
/** Time constant of the foreign rate: surprises of about so long count. */
const FOREIGN_MS = 20_000;
/** Of the refill at most: some of it is always taken to be ours. */
const MAX_FOREIGN = 0.9;
/** Without an answer for so long, nothing is known of foreign traffic any more. */
const FOREIGN_STALE_MS = 60_000;
/** The margin forgets a surprise in about this time. */
const MARGIN_MS = 60_000;
/** Margin over the surprise that it is for, and the most of the bucket that it takes. */
const MARGIN_FACTOR = 1.5;
const MAX_MARGIN = 0.1;

/**
 * Of what an observation can't contain yet because it is still to be produced, the part that is put aside: the bucket refills while
 * that is produced, so putting all of it aside would leave that much unused all the time.
 */
export const PUT_ASIDE = 0.5;

/** Own requests at the moment of an observation, in the bucket's unit. */
export interface InFlight {
  /** Reserved, but by our best guess not charged by the server yet. */
  readonly undrawn: number;
  /** Taken to be charged, but possibly not yet: sent (or queued) and not answered. */
  readonly uncertain: number;
}

/**
 * One bucket of the server, as far as its answers tell. Unknown until the first one, and then holds nothing back.
 *
 * Each answer's `remaining` is taken as the truth of that moment. Two levels follow from it: `model`, where all of ours is charged when
 * it is reserved, predicts the next `remaining`; `available`, which also puts aside what that `remaining` may not have contained yet,
 * decides what goes out. Being too low costs a part of the bucket once, as the rate of refilling stays; being too high costs a 429.
 *
 * Where an answer says less than predicted, someone else uses the key: an estimated rate is taken off the refill (the integral part
 * of an alpha-beta filter: errors of the prediction that even out leave it where it is), and a margin the size of the surprise is kept,
 * since others come in lumps, too. Amounts are requests or tokens, times `Clock.now()` readings in ms, rates per ms.
 */
export class ServerBucket {
  #capacity = 0;
  #available = 0;
  #model = 0;
  #foreignRate = 0;
  #ownRate = 0;
  #margin = 0;
  #at = 0;
  #knownSince = 0;
  #observedAt = Number.NEGATIVE_INFINITY;

  /** Per minute; 0 while unknown. */
  get capacity(): number {
    return this.#capacity;
  }

  get observedAt(): number {
    return this.#observedAt;
  }

  /** May be below 0. */
  level(now: number): number {
    this.#refill(now);
    return this.#available;
  }

  /** Until it is full again, ms. */
  fullInMs(now: number): number {
    this.#refill(now);
    return this.#capacity === 0 ? 0 : this.#gainMs(this.#capacity - this.#available, now);
  }

  /** Until `need` fits, once `ahead` has been taken, ms. What is larger than the whole bucket fits when that is full. */
  waitMs(need: number, now: number, ahead = 0): number {
    if (this.#capacity === 0) return 0;
    this.#refill(now);
    const missing = Math.min(need + this.#margin, this.#capacity) + ahead - this.#available;
    return missing <= this.#capacity * TOLERANCE ? 0 : this.#gainMs(missing, now);
  }

  /** Below 0: gives back. `fromAvailable` where that differs, because less had been put aside than the model reckons with. */
  take(amount: number, now: number, fromAvailable = amount): void {
    if (this.#capacity === 0) return;
    this.#refill(now);
    this.#available = Math.min(this.#capacity, this.#available - fromAvailable);
    this.#model = Math.min(this.#capacity, this.#model - amount);
  }

  /** Use by other windows between `since` and now, of which an observation in between contains its part already. */
  takeElsewhere(amount: number, since: number, now: number): void {
    const unseen = (now - Math.max(since, this.#observedAt)) / (now - since);
    if (unseen > 0) this.take(amount * Math.min(1, unseen), now);
  }

  /** An answer's word. `used`: what of ours was charged since the last one. */
  observe(seen: HeaderBucket, own: InFlight, used: number, now: number): void {
    this.#refill(now);
    const known = this.#capacity === seen.limit;
    const sinceMs = known ? now - this.#observedAt : 0;
    if (known) this.#learn(seen, seen.remaining - (this.#model + own.undrawn), sinceMs);
    else this.#knownSince = now;
    this.#ownRate += (used - this.#ownRate * sinceMs) / Math.max(FOREIGN_MS, sinceMs);
    this.#capacity = seen.limit;
    this.#model = Math.min(seen.limit, seen.remaining - own.undrawn);
    const aside = own.undrawn * PUT_ASIDE + own.uncertain + seen.slack;
    this.#available = Math.min(seen.limit, seen.remaining - aside);
    this.#observedAt = now;
    this.#at = now;
  }

  /** A request of this size was let through here, at `sentAt`, and refused there. */
  refused(need: number, sentAt: number): void {
    if (this.#capacity === 0 || sentAt < this.#knownSince) return;
    this.#margin = Math.min(this.#capacity * MAX_MARGIN, this.#margin * 2 + need / 2);
  }

  /** Share of the recent use that was not ours, 0-1. */
  foreignShare(now: number): number {
    if (now - this.#observedAt > FOREIGN_STALE_MS) return 0;
    const all = this.#foreignRate + this.#ownRate;
    return all > 0 ? this.#foreignRate / all : 0;
  }

  /** `surprise` below 0: less was there than predicted. */
  #learn(seen: HeaderBucket, surprise: number, sinceMs: number): void {
    const rate = this.#capacity / MINUTE_MS;
    this.#margin *= Math.max(0, 1 - sinceMs / MARGIN_MS);
    if (seen.remaining >= seen.limit) {
      // A full bucket hides what was used while it ran over.
      this.#foreignRate *= Math.max(0, 1 - sinceMs / FOREIGN_MS);
      return;
    }
    const next = this.#foreignRate - surprise / Math.max(FOREIGN_MS, sinceMs);
    this.#foreignRate = Math.min(rate * MAX_FOREIGN, Math.max(0, next));
    const wanted = Math.min(-surprise * MARGIN_FACTOR, this.#capacity * MAX_MARGIN);
    this.#margin = Math.max(this.#margin, wanted);
  }

  #rate(now: number): number {
    return this.#capacity / MINUTE_MS - this.#foreign(now);
  }

  /** What others are thought to take. The guess fades while no answer confirms it: one bad moment is no reason to stand still. */
  #foreign(now: number): number {
    const age = now - this.#observedAt;
    return age > FOREIGN_STALE_MS ? 0 : this.#foreignRate * Math.exp(-age / FOREIGN_MS);
  }

  /** Until so much has come in, ms: an upper bound, as the foreign part fades meanwhile. */
  #gainMs(amount: number, now: number): number {
    const foreign = this.#foreign(now);
    const rate = this.#capacity / MINUTE_MS;
    return Math.min(amount / (rate - foreign), (amount + foreign * FOREIGN_MS) / rate);
  }

  #refill(now: number): void {
    if (now <= this.#at || this.#capacity === 0) return;
    const gained = (now - this.#at) * this.#rate(now);
    this.#available = Math.min(this.#capacity, this.#available + gained);
    this.#model = Math.min(this.#capacity, this.#model + gained);
    this.#at = now;
  }
}
