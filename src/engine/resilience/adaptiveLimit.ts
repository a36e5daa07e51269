import { assertNever } from '../../base/assertNever';

/**
 * What became of a request, told once for each attempt. `firstTokenMs` is the time to first token, `undefined` where none came; what a
 * long prompt adds to it should be taken out, since times of all requests are compared.
 */
export type LimitFeedback =
  | { readonly kind: 'ok'; readonly firstTokenMs: number | undefined }
  /** 529, or its event in the middle of a stream. */
  | { readonly kind: 'overloaded' }
  /** 429 for the rate. */
  | { readonly kind: 'throttled' };

const OVERLOADED_FACTOR = 0.7;
const THROTTLED_FACTOR = 0.8;
/** Most that one look at the first-token times takes away. */
const SLOW_FACTOR = 0.7;
/** Milliseconds between two decreases at least, and at most where first tokens take longer than that. */
const MIN_WINDOW_MS = 1_000;
const MAX_WINDOW_MS = 10_000;
/** Recent first tokens may take so many times as long as usual. */
const TOLERANCE = 2;
/** About the last 10 and the last 50 first tokens count. */
const RECENT_WEIGHT = 0.2;
const USUAL_WEIGHT = 0.02;
/** A first token counts as so many times the usual at most: a single late one says nothing. */
const OUTLIER = 4;
/** First tokens before they are judged by. */
const WARM_UP = 10;
/** Slow first tokens alone never take the limit below this share of the setting: another model or longer prompts slow them, too. */
const SLOW_FLOOR = 0.25;

/**
 * The number of requests at once that an endpoint takes, found by trying: additive increase, multiplicative decrease.
 *
 * - Starts at the setting, which is also the most.
 * - Down x0.7 at 529, x0.8 at 429; once for all failures of one window (the recent first-token time, 1-10 s), because the requests
 *   that were on the wire at the first one say nothing about the smaller number.
 * - Down by (tolerance x usual / recent) while first tokens take more than twice as long as usual, and only while at least half of the
 *   limit is in use: else it is not our load that slows them.
 * - Up by 1 for each success below the number that the last decrease after a success left (what failed in a row was an outage,
 *   and the number was fine before it), by 1 for each `limit` successes above it.
 *
 * Sources: RFC 5681 (slow start, congestion avoidance); Netflix concurrency-limits, AIMDLimit and Gradient2Limit, here with time to
 * first token in place of round trip time, as whole replies take as long as they are.
 */
export class AdaptiveLimit {
  #max: number;
  /** With its fraction. */
  #exact: number;
  /** Up to here it grows fast. */
  #threshold: number;
  /** Whether a success came after the last decrease. */
  #recovering = true;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #recentMs: number | undefined;
  #usualMs = 0;
  #samples = 0;

  /** `max` requests at once, from 1. */
  constructor(max: number) {
    this.#max = max;
    this.#exact = max;
    this.#threshold = max;
  }

  /** Requests at once now: a whole number from 1 to the setting. */
  get limit(): number {
    // Ten tenths are a little less than one.
    return Math.max(1, Math.floor(this.#exact + 1e-9));
  }

  /** The setting is another one. A limit that nothing has lowered goes along with it. */
  setMax(max: number): void {
    if (this.#exact >= this.#max) this.#exact = max;
    if (this.#threshold >= this.#max) this.#threshold = max;
    this.#max = max;
    this.#exact = Math.min(this.#exact, max);
  }

  /** `now` in monotonic milliseconds; `running`: requests on the wire, this one included. */
  feedback(event: LimitFeedback, now: number, running: number): void {
    switch (event.kind) {
      case 'overloaded':
        this.#decrease(OVERLOADED_FACTOR, 1, now);
        return;
      case 'throttled':
        this.#decrease(THROTTLED_FACTOR, 1, now);
        return;
      case 'ok':
        this.#succeeded(event.firstTokenMs, now, running);
        return;
      default:
        assertNever(event);
    }
  }

  #succeeded(firstTokenMs: number | undefined, now: number, running: number): void {
    if (firstTokenMs !== undefined) this.#learn(firstTokenMs);
    const gradient = this.#gradient();
    if (gradient < 1 && running * 2 >= this.limit) {
      this.#decrease(Math.max(SLOW_FACTOR, gradient), this.#max * SLOW_FLOOR, now);
      return;
    }
    this.#recovering = true;
    const step = this.#exact < this.#threshold ? 1 : 1 / this.limit;
    this.#exact = Math.min(this.#max, this.#exact + step);
  }

  #learn(firstTokenMs: number): void {
    this.#samples++;
    if (this.#recentMs === undefined) {
      this.#recentMs = firstTokenMs;
      this.#usualMs = firstTokenMs;
      return;
    }
    const sample = Math.min(firstTokenMs, OUTLIER * this.#usualMs);
    this.#recentMs += RECENT_WEIGHT * (sample - this.#recentMs);
    // At first a plain mean, so that the very first one does not stand for all.
    const weight = Math.max(USUAL_WEIGHT, 1 / this.#samples);
    this.#usualMs += weight * (sample - this.#usualMs);
  }

  /** Below 1 while first tokens are slow. */
  #gradient(): number {
    if (this.#recentMs === undefined || this.#samples < WARM_UP) return 1;
    return this.#recentMs > TOLERANCE * this.#usualMs
      ? (TOLERANCE * this.#usualMs) / this.#recentMs
      : 1;
  }

  #decrease(factor: number, floor: number, now: number): void {
    if (now < this.#quietUntil) return;
    const windowMs = Math.min(MAX_WINDOW_MS, Math.max(MIN_WINDOW_MS, this.#recentMs ?? 0));
    this.#quietUntil = now + windowMs;
    const lowest = Math.min(this.#exact, Math.max(1, floor));
    this.#exact = Math.max(lowest, this.#exact * factor);
    if (this.#recovering) this.#threshold = this.#exact;
    this.#recovering = false;
  }
}
