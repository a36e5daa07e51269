import type { Clock } from '../../base/clock';
import type { Pricing } from '../metrics/pricing';
import { newProgress } from '../models/baseModel';
import type { AttemptProgress } from '../models/baseModel';
import type { Timing, TurnTotals, Usage } from '../types';
import { addUsage, NO_USAGE } from './usage';

/** What a turn waited for, in the words of `Timing`. */
type WaitKind = 'queueMs' | 'backoffMs' | 'pacingMs' | 'recoveryMs';

/** What a turn took: all its requests, hedges and continuations included, added up. */
export class TurnLedger {
  readonly #clock: Clock;
  readonly #pricing: Pricing;
  #startedAt: number;
  readonly #waits: Record<WaitKind, number> = {
    queueMs: 0,
    backoffMs: 0,
    pacingMs: 0,
    recoveryMs: 0,
  };
  /** The attempt that `Timing` tells of. */
  #timed: AttemptProgress = newProgress();
  #usage: Usage = NO_USAGE;
  /** `undefined` as soon as one request's price is not known. */
  #costUSD: number | undefined = 0;
  #requestId: string | undefined;
  #attempts = 0;
  #answeredAt: string | undefined;

  constructor(clock: Clock, pricing: Pricing) {
    this.#clock = clock;
    this.#pricing = pricing;
    this.#startedAt = clock.now();
  }

  get requestId(): string | undefined {
    return this.#requestId;
  }

  /** The endpoint that answered last, a hedge's where that was faster. */
  get answeredAt(): string | undefined {
    return this.#answeredAt;
  }

  /** The turn begins now: what was waited for on purpose says nothing about how fast it was. */
  beginAgain(): void {
    this.#startedAt = this.#clock.now();
  }

  waited(kind: WaitKind, ms: number): void {
    this.#waits[kind] += ms;
  }

  /** A request goes out. @returns its number, from 1 */
  attemptStarted(): number {
    return ++this.#attempts;
  }

  /** `Timing` tells of this request, unless an earlier one gave the first token already. */
  times(progress: AttemptProgress): void {
    if (this.#timed.firstTokenAt === undefined) this.#timed = progress;
  }

  /** Nothing of the attempts so far has been shown: the first token is still to come. */
  restart(): void {
    this.#timed = newProgress();
  }

  answered(endpointId: string): void {
    this.#answeredAt = endpointId;
  }

  /** Adds what a request took, well ended or not. @returns its price, US$ */
  charge(
    progress: AttemptProgress,
    model: string,
    answeredBy: string | undefined,
  ): number | undefined {
    this.#requestId = progress.requestId ?? this.#requestId;
    this.#usage = addUsage(this.#usage, progress.usage);
    const cost =
      this.#pricing.costUSD(model, progress.usage) ??
      (answeredBy === undefined ? undefined : this.#pricing.costUSD(answeredBy, progress.usage));
    this.#costUSD =
      this.#costUSD === undefined || cost === undefined ? undefined : this.#costUSD + cost;
    return cost;
  }

  totals(): TurnTotals {
    return {
      usage: this.#usage,
      timing: this.#timing(),
      costUSD: this.#costUSD,
      requestId: this.#requestId,
      attempts: this.#attempts,
    };
  }

  #timing(): Timing {
    const { connectMs, firstByteAt, firstTokenAt } = this.#timed;
    return {
      ...this.#waits,
      connectMs,
      firstByteMs: this.#sinceStart(firstByteAt),
      firstTokenMs: this.#sinceStart(firstTokenAt),
      totalMs: this.#clock.now() - this.#startedAt,
    };
  }

  #sinceStart(moment: number | undefined): number | undefined {
    return moment === undefined ? undefined : moment - this.#startedAt;
  }
}
