import { EngineError } from '../errors';
import type { AttemptResult } from '../models/baseModel';
import { modelFamily } from '../models/family';
import { hedged } from '../resilience/balancing/hedge';
import type { HedgeBranch } from '../resilience/balancing/hedge';
import { formatCount, formatDuration } from '../resilience/phrases';
import type { PacingRequest, PacingWait, Reservation } from '../resilience/pacing/pacer';
import type { ReplyEvent } from '../types';
import { sendAttempt } from './attempt';
import type { Sending, TurnIO } from './attempt';
import type { Prepared } from './preparation';
import type { Route, Router } from './router';
import type { TurnServices } from './turnServices';

/** A shorter wait for a rate limit is over before anyone has read that it is there. */
const TOLD_FROM_MS = 100;

/** Takes a request over its route: through the rate limits and a slot to the wire, with a hedge beside it where that is wanted. */
export class Dispatcher {
  readonly #turn: TurnIO;
  readonly #services: TurnServices;
  readonly #router: Router;
  readonly #isPatient: boolean;

  constructor(turn: TurnIO, services: TurnServices, router: Router, isPatient: boolean) {
    this.#turn = turn;
    this.#services = services;
    this.#router = router;
    this.#isPatient = isPatient;
  }

  /**
   * `undefined`: not sent, because the route's breaker lets nothing through any more. `isRepeated`: let in before.
   * @throws EngineError; the signal's reason
   */
  async send(route: Route, isRepeated: boolean): Promise<AttemptResult | undefined> {
    const prepared = await this.#turn.prepare(route);
    const pacing = this.#pacing(route, prepared);
    const reserved = route.lane.pacer.tryReserve(pacing);
    const { ledger, emit, signal, isUnderWay, request } = this.#turn;
    const admitted = isRepeated || isUnderWay;
    let reservation: Reservation;
    if ('waitMs' in reserved) {
      if (!admitted) this.#requireRoom(route, reserved);
      reservation = await this.#awaitReservation(route, pacing);
    } else {
      reservation = reserved;
    }
    try {
      return await route.lane.limiter.run(() => this.#onWire(route, prepared, reservation), {
        action: request.action,
        signal,
        admitted,
        onQueued: (expectedWaitMs) => emit(waitingForSlot(expectedWaitMs)),
        onStart: (waitedMs) => ledger.waited('queueMs', waitedMs),
      });
    } finally {
      // Without effect where the attempt has settled it.
      reservation.settle(undefined);
    }
  }

  async #onWire(
    route: Route,
    prepared: Prepared,
    reservation: Reservation,
  ): Promise<AttemptResult | undefined> {
    const permit = route.breaker.tryAcquire(this.#isPatient);
    if (!permit) return undefined;
    const sending = { route, prepared, reservation, permit, branch: undefined };
    try {
      const delayMs = this.#hedgeDelayMs(route);
      if (delayMs === undefined) return await sendAttempt(sending, this.#turn, this.#services);
      return await this.#sendHedged(sending, delayMs);
    } finally {
      // Without effect where the attempt has settled it; places are few while an endpoint recovers.
      permit.settle({ kind: 'ignored' });
    }
  }

  #sendHedged(sending: Sending, delayMs: number): Promise<AttemptResult> {
    let second: Sending | undefined;
    return hedged({
      delayMs,
      clock: this.#services.clock,
      signal: this.#turn.signal,
      mayHedge: () => {
        second = this.#trySecond(sending.route);
        return second !== undefined;
      },
      run: (branch) => {
        if (branch.index === 0 || !second) {
          return sendAttempt({ ...sending, branch }, this.#turn, this.#services);
        }
        return this.#sendBeside({ ...second, branch }, branch);
      },
    });
  }

  /** `undefined`: no hedge. */
  #hedgeDelayMs(route: Route): number | undefined {
    const { hedging } = this.#services.settings;
    if (!hedging.enabled || this.#turn.isUnderWay) return undefined;
    return hedging.delayMs > 0
      ? hedging.delayMs
      : this.#services.hedgeDelays.delayMs(route.model.name);
  }

  /** Where it can't be sent there is none: the first request is under way and well so far. */
  #trySecond(first: Route): Sending | undefined {
    try {
      return this.#secondSending(first);
    } catch {
      return undefined;
    }
  }

  /** A hedge takes what is free and never waits: it must not slow others down. */
  #secondSending(first: Route): Sending | undefined {
    const route = this.#router.beside(first.endpointId);
    const { limiter, budget, pacer } = route.lane;
    if (limiter.queued > 0 || limiter.running >= limiter.concurrency) return undefined;
    const prepared = this.#turn.prepare(route);
    if (prepared instanceof Promise) {
      // It goes on, and nobody waits for it.
      prepared.catch(() => undefined);
      return undefined;
    }
    if (!budget.tryTake()) return undefined;
    const reservation = pacer.tryReserve(this.#pacing(route, prepared));
    if ('waitMs' in reservation) return undefined;
    const permit = route.breaker.tryAcquire(false);
    if (permit) return { route, prepared, reservation, permit, branch: undefined };
    reservation.settle(undefined);
    return undefined;
  }

  async #sendBeside(sending: Sending, branch: HedgeBranch): Promise<AttemptResult> {
    const { route, permit, reservation } = sending;
    try {
      return await route.lane.limiter.run(() => sendAttempt(sending, this.#turn, this.#services), {
        action: this.#turn.request.action,
        signal: branch.signal,
        admitted: true,
        onQueued: () => undefined,
        onStart: () => undefined,
      });
    } finally {
      permit.settle({ kind: 'ignored' });
      reservation.settle(undefined);
    }
  }

  /** Who waits for a limit counts for `queueLimit` like who waits for a slot. @throws EngineError `queue_full` */
  #requireRoom({ lane }: Route, { waitMs }: PacingWait): void {
    const { queueLimit } = this.#services.settings;
    const waiting = lane.pacer.waiting + lane.limiter.queued;
    if (waiting < queueLimit) return;
    throw new EngineError(
      'queue_full',
      `${formatCount(waiting)} requests are waiting already, for the rate limit among others, and the queue takes no more (queueLimit ${formatCount(queueLimit)}). The wait would be about ${formatDuration(waitMs)}. Try again later, or raise the limit.`,
      { retryable: true, retryAfterMs: Math.ceil(waitMs) },
    );
  }

  /** @throws EngineError `rate_limit` where somebody at the keys would wait for longer than the setting; the signal's reason */
  async #awaitReservation(route: Route, pacing: PacingRequest): Promise<Reservation> {
    const { clock, metrics, settings } = this.#services;
    const heldForMs = route.lane.pacer.heldForMs(pacing.family);
    const isWatched = pacing.action === 'chat' || pacing.action === 'inline';
    if (isWatched && heldForMs > settings.retry.retryAfterCapMs) {
      throw new EngineError('rate_limit', 'The rate limit for this model is used up for now.', {
        retryAfterMs: heldForMs,
      });
    }
    const { emit, signal, ledger } = this.#turn;
    const startedAt = clock.now();
    metrics.waitStarted();
    try {
      return await route.lane.pacer.reserve(pacing, {
        signal,
        onWait: ({ limit, waitMs }) => {
          if (waitMs >= TOLD_FROM_MS) emit({ type: 'waiting', reason: 'pacing', limit, waitMs });
        },
      });
    } finally {
      metrics.waitEnded();
      ledger.waited('pacingMs', clock.now() - startedAt);
    }
  }

  #pacing(route: Route, prepared: Prepared): PacingRequest {
    return {
      family: modelFamily(route.model.name),
      model: route.model.name,
      inputTokens: prepared.estimatedTokens,
      maxOutputTokens: prepared.visibleTokens,
      action: this.#turn.request.action,
    };
  }
}

function waitingForSlot(expectedWaitMs: number | undefined): ReplyEvent {
  return {
    type: 'waiting',
    reason: 'queue',
    ...(expectedWaitMs === undefined ? {} : { waitMs: expectedWaitMs }),
  };
}
