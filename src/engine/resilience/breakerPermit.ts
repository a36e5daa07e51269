/**
 * How a request ended, for the breaker. `firstTokenMs` from sending to the first token. `failure` is the endpoint's fault
 * (`countsForBreaker`); whatever tells nothing about the endpoint is `ignored`.
 */
export type BreakerOutcome =
  | { readonly kind: 'success'; readonly firstTokenMs: number | undefined }
  | { readonly kind: 'failure' }
  | { readonly kind: 'ignored' };

/** Leave to send one request. Whoever holds it settles it, however the request ends: while recovering, places are few. */
export interface BreakerPermit {
  /**
   * Gives the place back and tells how it went; only the first call counts. A success is best told with the first token: a
   * long reply would keep the others waiting. What breaks off after that is told by `CircuitBreaker.failed`.
   */
  settle(outcome: BreakerOutcome): void;
}

/** Belongs to one episode of its breaker, which is told of the outcome once. */
export class Permit implements BreakerPermit {
  readonly #episode: number;
  readonly #onSettled: (episode: number, outcome: BreakerOutcome) => void;
  #isSettled = false;

  constructor(episode: number, onSettled: (episode: number, outcome: BreakerOutcome) => void) {
    this.#episode = episode;
    this.#onSettled = onSettled;
  }

  settle(outcome: BreakerOutcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#onSettled(this.#episode, outcome);
  }
}
