import { sleep } from '../../base/abort';
import { EngineError } from '../errors';
import type { AttemptResult } from '../models/baseModel';
import { faultClass } from '../resilience/faultClass';
import { formatDuration } from '../resilience/phrases';
import { backoffMs, LONG_PROMPT_TOKENS, withRetries } from '../resilience/retry';
import type { Retry } from '../resilience/retry';
import type { ErrorInfo, ErrorKind } from '../types';
import type { TurnIO } from './attempt';
import { Dispatcher } from './dispatcher';
import { Patience } from './patience';
import { Router } from './router';
import type { Route } from './router';
import type { TurnServices } from './turnServices';

/** Errors of a key or a model: another endpoint or model may do better. */
const ANOTHER_MAY_DO: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'not_found',
  'billing',
  'spend_limit',
  'circuit_open',
  'proxy',
]);

/** Errors of one endpoint's key: others have their own. */
const ANOTHER_KEY_MAY_DO: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'authentication',
  'permission',
  'no_key',
]);

/** A broken reply waits so long at least, and up to twice that, where too much of what its endpoint gets is repeated already. */
const WITHOUT_BUDGET_MS = 1_000;

/**
 * Gets one request of a turn answered: picks where it goes, waits where it has to, and repeats it where that helps, elsewhere or
 * with another model where the settings allow. When all that is used up because the endpoint is down, it waits for it to recover.
 * What waits holds no slot.
 */
export class Exchange {
  readonly #turn: TurnIO;
  readonly #services: TurnServices;
  readonly #router: Router;
  readonly #patience: Patience;
  readonly #dispatcher: Dispatcher;
  #route: Route | undefined;
  /** Where the next request goes, where that is decided. */
  #next: Route | undefined;
  #firstFailureAt: number | undefined;
  /** What the endpoint itself, or the way to it, has failed with last. */
  #lastFailure: EngineError | undefined;
  /** Whether it was handed on before: from then on it is a repetition, which a full queue does not refuse and which earns none. */
  #isLetIn = false;

  constructor(turn: TurnIO, services: TurnServices) {
    this.#turn = turn;
    this.#services = services;
    this.#patience = new Patience({
      clock: services.clock,
      random: services.random,
      // What the user waits for with the hands on the keys fails at once, with the reason.
      limitMs: turn.request.action === 'inline' ? 0 : services.settings.retry.patienceMs,
      emit: turn.emit,
      waited: (ms) => turn.ledger.waited('recoveryMs', ms),
    });
    const { isPatient } = this.#patience;
    this.#router = new Router(turn.request, services, isPatient);
    this.#dispatcher = new Dispatcher(turn, services, this.#router, isPatient);
  }

  /** The endpoint that was asked last. */
  get endpointId(): string {
    return this.#route?.endpointId ?? this.#services.primaryId;
  }

  /** The model that was asked last. */
  get modelName(): string {
    return this.#route?.model.name ?? this.#turn.request.model;
  }

  /** @throws EngineError; the signal's reason */
  async run(): Promise<AttemptResult> {
    const { settings } = this.#services;
    this.#firstFailureAt = undefined;
    this.#lastFailure = undefined;
    this.#isLetIn = false;
    this.#next = undefined;
    this.#patience.renew();
    let { retry } = settings;
    for (;;) {
      try {
        return await this.#round(retry);
      } catch (error) {
        if (!(error instanceof EngineError) || this.#turn.signal.aborted) throw error;
        if (this.#turn.hasTold) throw error;
        this.#firstFailureAt ??= this.#services.clock.now();
        const next = mayDoElsewhere(error) ? this.#router.fallBack() : undefined;
        if (!next && !this.#isWorthWaiting(error)) throw this.#whatItWas(error);
        if (error.kind !== 'circuit_open') this.#lastFailure = error;
        if (this.#turn.hasThought) this.#tellVoid(error, retry.retries + 1);
        if (next) {
          this.#tellFallback(next, error.toInfo());
          ({ retry } = settings);
          continue;
        }
        await this.#awaitRecovery(error);
        // From now on one request at a time: what it would take to hammer at a server that is down.
        retry = { ...settings.retry, retries: 0 };
      }
    }
  }

  /**
   * Called before a reply that broke off with `error` is gone on with: waits for longer from time to time, and where the endpoint's
   * budget is used up. @returns whether it may be. @throws the signal's reason
   */
  async mayGoOn(error: EngineError, continuation: number): Promise<boolean> {
    const { settings, clock, random } = this.#services;
    const askedMs = error.retryAfterMs ?? 0;
    if (askedMs > settings.retry.retryAfterCapMs) return false;
    // Once it is mostly chance, and somebody reads; again and again it is the server.
    const ownMs = continuation === 1 ? 0 : backoffMs(continuation - 1, settings.retry, random);
    const hasBudget = this.#route?.lane.budget.tryTake() ?? true;
    const waitMs = Math.max(askedMs, hasBudget ? ownMs : WITHOUT_BUDGET_MS * (1 + random()));
    if (waitMs === 0) return true;
    this.#turn.emit({ type: 'waiting', reason: 'backoff', waitMs });
    await this.#waiting(() => sleep(waitMs, this.#turn.signal, clock));
    this.#turn.ledger.waited('backoffMs', waitMs);
    return true;
  }

  #round(retry: TurnServices['settings']['retry']): Promise<AttemptResult> {
    const { clock, random, metrics } = this.#services;
    this.#router.startRound();
    return withRetries(() => this.#attempt(), {
      settings: retry,
      clock,
      random,
      signal: this.#turn.signal,
      promptTokens: () => this.#turn.promptTokens,
      isVisible: () => this.#turn.hasTold,
      mayRetry: () => this.#route?.lane.budget.tryTake() ?? true,
      isElsewhere: (error) => this.#goesElsewhere(error),
      onRetry: (told) => {
        this.#firstFailureAt ??= clock.now();
        if (this.#next) this.#tellFallback(this.#next, told.error);
        metrics.backoffStarted();
        this.#tellRetry(told);
      },
      onResume: (waitedMs) => {
        this.#turn.ledger.waited('backoffMs', waitedMs);
        metrics.backoffEnded();
      },
    });
  }

  async #attempt(): Promise<AttemptResult> {
    for (;;) {
      const route = this.#next ?? this.#router.pick();
      this.#next = undefined;
      this.#route = route;
      if (!this.#router.isOpen(route)) {
        await this.#awaitAdmission(route);
        continue;
      }
      const isRepeated = this.#isLetIn;
      this.#isLetIn = true;
      if (!isRepeated && !this.#turn.isUnderWay) route.lane.budget.earned();
      const result = await this.#dispatcher.send(route, isRepeated);
      // Without one the breaker has opened while the request waited for its slot.
      if (result) return result;
    }
  }

  /** The endpoint is known to be down: waits until it may be tried. @throws EngineError `circuit_open`, also to try another model */
  async #awaitAdmission(route: Route): Promise<void> {
    const refusal = circuitOpen(route);
    const { models } = this.#services.settings.fallback;
    const breakers = this.#router.breakers();
    if (!this.#patience.isPatient || models.length > 0) {
      const next = this.#router.fallBack();
      if (next) {
        this.#tellFallback(next, refusal.toInfo());
        return;
      }
      if (!this.#patience.isPatient) throw refusal;
    }
    await this.#waiting(() =>
      this.#patience.untilOneAdmits(
        breakers.length === 0 ? [route.breaker] : breakers,
        route.endpointId,
        this.#turn.signal,
        refusal,
      ),
    );
  }

  /** Whether the failure is the endpoint's, or the network's, and the turn one that waits for it to get well. */
  #isWorthWaiting(error: EngineError): boolean {
    if (!this.#patience.isPatient || !error.retryable) return false;
    if (faultClass(error) === 'none') return false;
    const { retryAfterCapMs } = this.#services.settings.retry;
    if (error.retryAfterMs !== undefined && error.retryAfterMs > retryAfterCapMs) return false;
    if (error.kind === 'timeout_first_event' && this.#turn.promptTokens >= LONG_PROMPT_TOKENS) {
      return false;
    }
    // Others are answered there meanwhile: it is this question that fails.
    const okAt = this.#route?.lane.lastOkAt ?? Number.NEGATIVE_INFINITY;
    return this.#firstFailureAt === undefined || okAt < this.#firstFailureAt;
  }

  async #awaitRecovery(error: EngineError): Promise<void> {
    const route = this.#route;
    if (!route || !this.#router.isOpen(route)) {
      // Its breaker is where the next attempt waits.
      this.#patience.check(error);
      return;
    }
    await this.#waiting(() => this.#patience.pause(error, route.endpointId, this.#turn.signal));
  }

  /** Where the patience ended while the breaker was open: what had opened it says more than that it was. */
  #whatItWas(error: EngineError): EngineError {
    const isRefusal = error.kind === 'circuit_open' && this.#patience.isOver;
    return isRefusal && this.#lastFailure ? this.#patience.over(this.#lastFailure) : error;
  }

  async #waiting(wait: () => Promise<void>): Promise<void> {
    const { metrics } = this.#services;
    metrics.waitStarted();
    try {
      await wait();
    } finally {
      metrics.waitEnded();
    }
  }

  #goesElsewhere(error: EngineError): boolean {
    const mayDo = mayDoElsewhere(error) || ANOTHER_KEY_MAY_DO.has(error.kind);
    this.#next = mayDo ? this.#router.elsewhere(this.endpointId) : undefined;
    return this.#next !== undefined;
  }

  #tellFallback(next: Route, error: ErrorInfo): void {
    this.#next = next;
    const { endpointId, model } = next;
    this.#turn.emit({ type: 'fallback', endpointId, model: model.name, error });
  }

  /** What the attempt has thought is void. Its retries are used up, but it is sent again after a wait, or to another model. */
  #tellVoid(error: EngineError, attempts: number): void {
    const counted = { attempt: attempts, maxAttempts: attempts };
    this.#turn.emit({ type: 'retry', ...counted, delayMs: 0, error: error.toInfo() });
  }

  #tellRetry(retry: Retry): void {
    this.#turn.emit({ type: 'retry', ...retry });
    if (retry.delayMs === 0) return;
    this.#turn.emit({ type: 'waiting', reason: 'backoff', waitMs: retry.delayMs });
  }
}

function mayDoElsewhere(error: EngineError): boolean {
  const fault = faultClass(error);
  return ANOTHER_MAY_DO.has(error.kind) || (fault !== 'none' && fault !== 'offline');
}

function circuitOpen({ endpointId, breaker }: Route): EngineError {
  const waitMs = Math.max(0, breaker.nextAttemptMs);
  return new EngineError(
    'circuit_open',
    `${endpointId} has failed again and again, so nothing is sent there for now. It is tried again in ${formatDuration(waitMs)}. Try later, or use another model or endpoint.`,
    { retryAfterMs: waitMs },
  );
}
