import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';

/** Asks until there is an answer: while a page is being put in place a message either way may get lost. */
export class Asking extends Disposable {
  readonly #clock: Clock;
  readonly #firstMs: number;
  readonly #mostMs: number;
  #again: DisposableLike | undefined;

  /** `firstMs`: until it is asked again; doubled each time up to `mostMs`. */
  constructor(clock: Clock, firstMs = 1_000, mostMs = 16_000) {
    super();
    this.#clock = clock;
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
    this._register({ dispose: () => this.answered() });
  }

  /** Whether there is no answer yet. */
  get isWaiting(): boolean {
    return this.#again !== undefined;
  }

  /** Asks now, and again until it is `answered`. What was asked before is not asked again. */
  start(ask: () => void): void {
    this.#ask(ask, this.#firstMs);
  }

  answered(): void {
    this.#again?.dispose();
    this.#again = undefined;
  }

  #ask(ask: () => void, patienceMs: number): void {
    this.#again?.dispose();
    const next = Math.min(2 * patienceMs, this.#mostMs);
    this.#again = this.#clock.setTimeout(() => this.#ask(ask, next), patienceMs);
    ask();
  }
}
