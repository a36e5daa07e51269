import { AbortError, abortReason, LinkedAbort, sleep } from '../../base/abort';
import type { Clock } from '../../base/clock';
import type { EngineError } from '../errors';
import type { CircuitBreaker } from '../resilience/circuitBreaker';
import { faultClass } from '../resilience/faultClass';
import { formatDuration } from '../resilience/phrases';
import type { ReplyEvent } from '../types';

const LEAST_PAUSE_MS = 3_000;
const MOST_PAUSE_MS = 30_000;
/** A recovery is noticed within this share of the outage's length. */
const PAUSE_SHARE = 0.1;
const JITTER = 0.1;

export interface PatienceOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** 0: nothing is waited for. */
  readonly limitMs: number;
  readonly emit: (event: ReplyEvent) => void;
  readonly waited: (ms: number) => void;
}

/** How long one turn waits for endpoints or the network to recover, in all. Every wait is told and can be stopped. */
export class Patience {
  readonly #options: PatienceOptions;
  #endsAt: number | undefined;
  #startedAt = 0;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  get isPatient(): boolean {
    return this.#options.limitMs > 0;
  }

  get isOver(): boolean {
    return this.#endsAt !== undefined && this.#options.clock.now() >= this.#endsAt;
  }

  /** The error of a turn that has waited in vain. */
  over(error: EngineError): EngineError {
    const waited = formatDuration(this.#options.limitMs);
    return error.with({ message: `${error.message} Waited ${waited} for it to recover.` });
  }

  /** Something was answered: the next trouble is another one. */
  renew(): void {
    this.#endsAt = undefined;
  }

  /** @throws EngineError: `error`, when the patience is at its end */
  check(error: EngineError): void {
    this.#remainingMs(error);
  }

  /**
   * Waits until one of the breakers lets a request through, or is disposed.
   * @throws EngineError: `error`, when the patience is at its end; the signal's reason
   */
  async untilOneAdmits(
    breakers: readonly CircuitBreaker[],
    endpointId: string,
    signal: AbortSignal,
    error: EngineError,
  ): Promise<void> {
    const { clock, emit, waited } = this.#options;
    const remainingMs = this.#remainingMs(error);
    const waitMs = Math.min(...breakers.map(({ nextAttemptMs }) => nextAttemptMs));
    emit({ type: 'waiting', reason: 'breaker', endpointId, waitMs: Math.max(0, waitMs) });
    const limit = new LinkedAbort(signal);
    limit.abortAfter(remainingMs, clock);
    const startedAt = clock.now();
    try {
      await Promise.race(breakers.map((breaker) => breaker.wait(limit.signal)));
    } catch (failure) {
      if (signal.aborted) throw abortReason(signal);
      if (limit.signal.aborted) this.#remainingMs(error);
      // A breaker that is gone with its endpoint, or a timer a moment early: whoever waited looks again.
      if (!(failure instanceof AbortError)) throw failure;
    } finally {
      limit.dispose();
      // The other breakers' waits end, too.
      limit.abort();
      waited(clock.now() - startedAt);
    }
  }

  /**
   * Waits a while: a tenth of the trouble so far, at least 3 s.
   * @throws EngineError: `error`, when the patience is at its end; the signal's reason
   */
  async pause(error: EngineError, endpointId: string, signal: AbortSignal): Promise<void> {
    const { clock, random, emit, waited } = this.#options;
    const remainingMs = this.#remainingMs(error);
    const soFarMs = clock.now() - this.#startedAt;
    const wanted = Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, soFarMs * PAUSE_SHARE));
    const jittered = wanted * (1 - JITTER + 2 * JITTER * random());
    const waitMs = Math.min(jittered, remainingMs);
    const reason = faultClass(error) === 'offline' ? 'offline' : 'breaker';
    emit({ type: 'waiting', reason, endpointId, waitMs });
    const startedAt = clock.now();
    try {
      await sleep(waitMs, signal, clock);
    } finally {
      waited(clock.now() - startedAt);
    }
  }

  #remainingMs(error: EngineError): number {
    const { clock, limitMs } = this.#options;
    const now = clock.now();
    if (this.#endsAt === undefined) {
      this.#startedAt = now;
      this.#endsAt = now + limitMs;
    }
    if (now < this.#endsAt) return this.#endsAt - now;
    throw this.over(error);
  }
}
