import { EngineError } from '../errors';
import { modelFamily } from '../models/family';
import { newProgress } from '../models/baseModel';
import type { AttemptProgress, AttemptResult, ModelEvent } from '../models/baseModel';
import type { HedgeBranch } from '../resilience/balancing/hedge';
import type { BreakerPermit } from '../resilience/breakerPermit';
import { countsForBreaker, faultClass } from '../resilience/faultClass';
import type { HostMoment } from '../resilience/hostWatch';
import type { Reservation } from '../resilience/pacing/pacer';
import type { ChatRequest, ReplyEvent } from '../types';
import type { Route } from './router';
import type { Prepared } from './preparation';
import type { TurnLedger } from './turnLedger';
import type { TurnServices } from './turnServices';

/** The turn, as what sends its requests sees it. */
export interface TurnIO {
  readonly request: ChatRequest;
  readonly signal: AbortSignal;
  readonly ledger: TurnLedger;
  /** Whether the attempt that came last has told anything that can't be taken back. */
  readonly hasTold: boolean;
  /** Whether it has told thinking. */
  readonly hasThought: boolean;
  /** Whether some of the reply is there already: a full queue does not refuse the rest. */
  readonly isUnderWay: boolean;
  /** An estimate of the input of the request that was prepared last. */
  readonly promptTokens: number;
  readonly emit: (event: ReplyEvent) => void;
  /** What is sent to this model. Synchronous unless the server has to count. @throws EngineError */
  prepare(route: Route): Prepared | Promise<Prepared>;
  /** A request goes out; what is told from now on is its. */
  began(prepared: Prepared, number: number): void;
  tell(event: ModelEvent): void;
}

/** One request with everything it needs: nothing waits any more. */
export interface Sending {
  readonly route: Route;
  readonly prepared: Prepared;
  readonly reservation: Reservation;
  readonly permit: BreakerPermit;
  /** `undefined` without a hedge. */
  readonly branch: HedgeBranch | undefined;
}

/** Sends one request and reports its outcome to everything that learns from it. @throws EngineError */
export function sendAttempt(
  sending: Sending,
  turn: TurnIO,
  services: TurnServices,
): Promise<AttemptResult> {
  return new Attempt(sending, turn, services).send();
}

class Attempt {
  readonly #sending: Sending;
  readonly #turn: TurnIO;
  readonly #services: TurnServices;
  readonly #progress: AttemptProgress = newProgress();
  readonly #signal: AbortSignal;
  readonly #moment: HostMoment;
  /** Whether the first token has been seen, and whether what follows is told: a hedge that lost is silent. */
  #state: 'waiting' | 'telling' | 'lost' = 'waiting';

  constructor(sending: Sending, turn: TurnIO, services: TurnServices) {
    this.#sending = sending;
    this.#turn = turn;
    this.#services = services;
    this.#signal = sending.branch?.signal ?? turn.signal;
    this.#moment = services.host.started();
  }

  async send(): Promise<AttemptResult> {
    const { route, prepared, reservation, branch } = this.#sending;
    const { ledger } = this.#turn;
    const { balancer, host, settings } = this.#services;
    balancer.started(route.endpointId);
    const number = ledger.attemptStarted();
    // A hedge runs beside the attempt that was told already.
    if (!branch || branch.index === 0) {
      ledger.times(this.#progress);
      this.#turn.began(prepared, number);
    }
    let answeredBy: string | undefined;
    try {
      const result = await route.model.startReply(prepared.request, {
        signal: this.#signal,
        settings,
        progress: this.#progress,
        onEvent: this.#onEvent,
        onAnswer: (status, headers) => reservation.answered(status, headers),
      });
      answeredBy = result.model;
      this.#succeeded(result);
      return result;
    } catch (error) {
      this.#failed(error);
      throw error;
    } finally {
      host.ended();
      const { firstByteAt, usage } = this.#progress;
      reservation.settle(firstByteAt === undefined ? undefined : usage);
      ledger.charge(this.#progress, prepared.request.model, answeredBy);
    }
  }

  readonly #onEvent = (event: ModelEvent): void => {
    if (this.#state === 'waiting') this.#first();
    if (this.#state === 'telling') this.#turn.tell(event);
  };

  /** The endpoint works: that is known now, however long the reply goes on. */
  #first(): void {
    const { branch, permit } = this.#sending;
    this.#state = branch === undefined || branch.claim() ? 'telling' : 'lost';
    if (this.#state === 'telling' && branch?.index === 1) this.#turn.ledger.times(this.#progress);
    const firstTokenMs = this.#firstTokenMs();
    permit.settle({ kind: 'success', firstTokenMs });
    this.#sending.route.lane.limiter.feedback({ kind: 'ok', firstTokenMs });
  }

  #succeeded(result: AttemptResult): void {
    const { route, prepared, permit } = this.#sending;
    const { balancer, calibration, clock, hedgeDelays, lengths } = this.#services;
    const firstTokenMs = this.#firstTokenMs();
    permit.settle({ kind: 'success', firstTokenMs });
    this.#turn.ledger.answered(route.endpointId);
    balancer.ended(route.endpointId, { kind: 'ok', firstTokenMs });
    if (this.#state === 'waiting') route.lane.limiter.feedback({ kind: 'ok', firstTokenMs });
    route.lane.lastOkAt = clock.now();
    if (firstTokenMs !== undefined) hedgeDelays.record(route.model.name, firstTokenMs);
    const { usage } = this.#progress;
    calibration.learn(prepared.request.model, prepared.estimatedTokens, usage);
    lengths.learn(prepared.request, {
      outputTokens: usage.outputTokens,
      cut: result.stopReason === 'max_tokens',
      visibleTokens: prepared.visibleTokens,
    });
  }

  #failed(error: unknown): void {
    const { route, permit } = this.#sending;
    const { balancer, host } = this.#services;
    const isStopped = this.#signal.aborted || !(error instanceof EngineError);
    const fault = isStopped ? 'none' : faultClass(error);
    // A machine that slept or changed its network breaks connections by itself.
    const counts = countsForBreaker(fault) && !host.disturbedSince(this.#moment);
    const outcome = counts ? ({ kind: 'failure' } as const) : ({ kind: 'ignored' } as const);
    if (counts && this.#state !== 'waiting') route.breaker.failed();
    permit.settle(outcome);
    balancer.ended(route.endpointId, fault === 'throttle' ? { kind: 'failure' } : outcome);
    if (fault === 'overload') route.lane.limiter.feedback({ kind: 'overloaded' });
    if (fault !== 'throttle' || !(error instanceof EngineError)) return;
    route.lane.limiter.feedback({ kind: 'throttled' });
    route.lane.pacer.throttled(modelFamily(route.model.name), error.retryAfterMs);
  }

  #firstTokenMs(): number | undefined {
    const { sentAt, firstTokenAt } = this.#progress;
    return sentAt === undefined || firstTokenAt === undefined ? undefined : firstTokenAt - sentAt;
  }
}
