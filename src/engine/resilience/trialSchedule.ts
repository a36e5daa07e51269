/** Between two trials, at least and at most. */
const LEAST_MS = 3_000;
const MOST_MS = 30_000;
/** Share of the outage so far after which the next trial is due: its end is noticed within a tenth of its length. */
const OUTAGE_SHARE = 0.1;
/** To either side, so that windows that lost the endpoint together do not come back together. */
const JITTER = 0.1;

/** When an open breaker lets one request through to see whether the endpoint is back. Times are the clock's, in ms. */
export class TrialSchedule {
  readonly #outageStartedAt: number;
  readonly #random: () => number;
  #state: { readonly name: 'out' } | { readonly name: 'due'; readonly at: number };

  /** One number of `random` (0 <= x < 1) is used here and at each end. */
  constructor(outageStartedAt: number, now: number, random: () => number) {
    this.#outageStartedAt = outageStartedAt;
    this.#random = random;
    this.#state = this.#dueAfter(this.#intervalMs(now), now);
  }

  get isOut(): boolean {
    return this.#state.name === 'out';
  }

  /** Infinite while one is under way. */
  get dueAt(): number {
    return this.#state.name === 'due' ? this.#state.at : Number.POSITIVE_INFINITY;
  }

  isDue(now: number): boolean {
    return now >= this.dueAt;
  }

  start(): void {
    this.#state = { name: 'out' };
  }

  /** `told` whether it was an answer to the question; one that was not is soon repeated. */
  end(now: number, told: boolean): void {
    this.#state = this.#dueAfter(told ? this.#intervalMs(now) : LEAST_MS, now);
  }

  #intervalMs(now: number): number {
    const wanted = (now - this.#outageStartedAt) * OUTAGE_SHARE;
    return Math.min(MOST_MS, Math.max(LEAST_MS, wanted));
  }

  #dueAfter(intervalMs: number, now: number): { readonly name: 'due'; readonly at: number } {
    return { name: 'due', at: now + intervalMs * (1 - JITTER + 2 * JITTER * this.#random()) };
  }
}
