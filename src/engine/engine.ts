import { AbortError } from '../base/abort';
import { systemClock } from '../base/clock';
import type { Clock } from '../base/clock';
import { Disposable } from '../base/disposable';
import { Emitter } from '../base/event';
import { AnswerCache } from './cache/answerCache';
import { AnswerService } from './cache/answerService';
import { EngineError } from './errors';
import type { EngineHealth } from './health';
import { KeyScopes } from './keyScopes';
import { MetricsRecorder } from './metrics/recorder';
import type { TokenCount } from './models/baseModel';
import { ModelFactory } from './models/modelFactory';
import { ineffectiveSettings } from './models/requestBody';
import type { ReplySetting } from './models/requestBody';
import type { AnswerStore, BreakerMemory, KeySource, LimitShare, SpendingGuard } from './ports';
import { Turn } from './requests/turn';
import type { StreamOptions } from './requests/turn';
import { DEFAULT_GROUP, TurnWorkshop } from './requests/turnWorkshop';
import { validateRequest } from './requests/validateRequest';
import type { EngineSettings } from './settings';
import type { ChatRequest, Endpoint, Reply } from './types';

export interface EngineOptions {
  readonly keys: KeySource;
  /** Where requests go when nothing else is said. */
  readonly endpoint: Endpoint;
  /** Further endpoints: those of the same group share its requests. */
  readonly others?: readonly Endpoint[];
  readonly settings: EngineSettings;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: the global `fetch`, looked up at each request because VS Code patches it. */
  readonly fetch?: typeof globalThis.fetch;
  /** 0 <= x < 1, for the jitter of retries and the choice among endpoints. Default: `Math.random`. */
  readonly random?: () => number;
  /** Where open circuit breakers are remembered over a reload. Default: nowhere. */
  readonly breakerMemory?: BreakerMemory;
  /** What other windows with the same key use of its rate limits. Default: this one is alone. */
  readonly limitShare?: LimitShare;
  /** Where answers are kept on disk. Default: in memory only. */
  readonly answerStore?: AnswerStore;
  /** Asked before each new turn that would go out; what runs is not touched. Default: nothing is held back. */
  readonly spending?: SpendingGuard;
}

/**
 * The engine: sends turns and measures them. The only file that knows all its siblings.
 * Any number of turns at once; no turn's failure touches another.
 */
export class Engine extends Disposable {
  /** The endpoints' models: `availableModels`, `isModelAvailable`, `checkKey`, ... */
  readonly models: ModelFactory;
  /** `snapshot()`, `onChange`, `reset()`. */
  readonly metrics: MetricsRecorder;
  /** Kept answers: `clear`, `forget`. */
  readonly answers: AnswerCache;
  readonly #keys: KeyScopes;
  readonly #workshop: TurnWorkshop;
  readonly #service: AnswerService;
  readonly #turns = new Set<Turn>();
  readonly #healthChanged = this._register(new Emitter<void>());
  readonly #spending: SpendingGuard | undefined;
  #settings: EngineSettings;

  /** Something in `health()` is another: a breaker, a limit, an endpoint. Not told for what only grows with time. */
  readonly onHealthChange = this.#healthChanged.event;

  constructor(options: EngineOptions) {
    super();
    const clock = options.clock ?? systemClock;
    const settings = (): EngineSettings => this.#settings;
    this.#settings = options.settings;
    this.#spending = options.spending;
    this.#keys = new KeyScopes(options.keys);
    this.models = this._register(
      new ModelFactory({
        clock,
        keys: this.#keys,
        settings,
        endpoints: [options.endpoint, ...(options.others ?? [])],
        ...(options.fetch ? { fetch: options.fetch } : {}),
      }),
    );
    this.#workshop = this._register(
      new TurnWorkshop({
        clock,
        random: options.random ?? Math.random,
        settings,
        models: this.models,
        scope: (endpointId) => this.#keys.scope(endpointId),
        breakerMemory: options.breakerMemory,
        limitShare: options.limitShare,
        ask: (request, signal) => this.stream(request, { signal }),
      }),
    );
    this.metrics = this._register(new MetricsRecorder(clock, this.#workshop.lanes));
    this._register(this.#workshop.lanes.onChange(() => this.metrics.queueChanged()));
    this._register(this.#workshop.onChange(() => this.#healthChanged.fire()));
    this.answers = this._register(
      new AnswerCache({
        clock,
        settings: () => this.#settings.cache,
        ...(options.answerStore ? { disk: options.answerStore } : {}),
      }),
    );
    this.#service = new AnswerService({
      clock,
      cache: this.answers,
      keys: this.#keys,
      metrics: () => this.metrics,
      settings,
    });
    this.#workshop.setEndpoints(this.models.endpoints);
    // Registered last, so that it goes first: what runs is stopped while the parts it runs on are still there.
    this._register({ dispose: () => this.#abortTurns() });
  }

  get endpoint(): Endpoint {
    return this.models.endpoint;
  }

  get settings(): EngineSettings {
    return this.#settings;
  }

  /**
   * One turn: checked, made to fit, answered from what is kept where that is right, else queued, sent, repeated where that helps,
   * gone on with where it broke off, measured. Resolves with the whole reply.
   * `onEvent` is called synchronously from the socket's read, in order, and never after the promise has settled.
   * @throws EngineError and nothing else; `aborted` when the signal was or the engine is disposed
   */
  stream(request: ChatRequest, options: StreamOptions = {}): Promise<Reply> {
    if (this.isDisposed) {
      return Promise.reject(shuttingDown());
    }
    const question = this.#question(request);
    const policy = question && this.#service.policy(question);
    if (!question || !policy) return this.#run(request, options);
    const asker = {
      signal: options.signal ?? new AbortController().signal,
      onEvent: options.onEvent ?? ((): void => undefined),
    };
    return this.#service.answer(question, policy, asker, (io) => this.#run(request, io));
  }

  /** Input tokens of the request. @throws EngineError */
  async countTokens(request: ChatRequest, signal?: AbortSignal): Promise<TokenCount> {
    validateRequest(request);
    return this.models.model(request.model).countTokens(request, signal);
  }

  /**
   * Tries a key at an endpoint; neither is kept.
   * @returns `accepted`, or `unknown` where the server has nothing to try it with
   * @throws EngineError `authentication`, `permission`, `network`, ...
   */
  checkKey(endpoint: Endpoint, key: string, signal?: AbortSignal): Promise<'accepted' | 'unknown'> {
    return this.models.checkKey(endpoint, key, signal);
  }

  /** Opens a connection in advance where the settings want that: the user is typing. Never rejects, costs nothing. */
  async warm(signal?: AbortSignal): Promise<void> {
    if (this.#settings.pool.warm && !this.isDisposed) await this.models.warm(signal);
  }

  /** Who listens to its events or those of its metrics. */
  get listenerCount(): number {
    return this.#healthChanged.listenerCount + this.metrics.listenerCount;
  }

  /** What is known of the endpoints now. */
  health(): EngineHealth {
    return { ...this.#workshop.health(), cache: this.answers.health() };
  }

  /** Which settings of how a reply is made do nothing for this request at the primary endpoint. */
  settingsWithoutEffect(request: ChatRequest): readonly ReplySetting[] {
    const { capabilities } = this.models.modelInfo(request.model);
    return ineffectiveSettings(request, capabilities, this.endpoint);
  }

  /** Closes the circuit breakers of an endpoint, or all. */
  resetBreakers(endpointId?: string): void {
    this.#workshop.breakers.resetAll(endpointId);
  }

  /** Asks an endpoint something that costs nothing. Whether it answered well. Never rejects unless aborted. */
  probe(endpointId: string, signal: AbortSignal): Promise<boolean> {
    return this.#workshop.monitor.probeNow(endpointId, signal);
  }

  /** Where the next turns go. Turns under way end where they are. */
  setEndpoint(endpoint: Endpoint, others: readonly Endpoint[] = []): void {
    this.models.setEndpoints([endpoint, ...others]);
    this.#workshop.setEndpoints(this.models.endpoints);
  }

  /** A key was set, replaced or cleared: what was learnt with the old one is forgotten. */
  keyChanged(): void {
    this.models.keyChanged();
    this.#keys.keyChanged();
    this.#workshop.keyChanged();
  }

  /** Limits apply at once; a turn under way keeps the rest as it was when it started. */
  updateSettings(settings: EngineSettings): void {
    this.#settings = settings;
    this.#workshop.applySettings();
    this.#healthChanged.fire();
  }

  /** `undefined` for a request that the turn itself has to refuse, and for one to another group or endpoint than the primary one's. */
  #question(request: ChatRequest) {
    if (request.model.trim() === '') return undefined;
    const { group, endpointId } = request;
    const { endpoint } = this.models;
    // What one group of endpoints answers is nothing to serve to another's question.
    if (group !== undefined && group !== (endpoint.group ?? DEFAULT_GROUP)) return undefined;
    if (endpointId !== undefined && endpointId !== endpoint.id) return undefined;
    return { request, endpoint, info: this.models.modelInfo(request.model) };
  }

  /** @throws EngineError */
  async #run(request: ChatRequest, options: StreamOptions): Promise<Reply> {
    if (this.isDisposed) throw shuttingDown();
    // Nothing was asked, so nothing is recorded: a spent budget is no failure of the service.
    const refusal = this.#spending?.mayAsk();
    if (refusal) throw refusal;
    const turn = new Turn(request, options, this.#workshop.services(this.metrics));
    this.#turns.add(turn);
    try {
      return await turn.run();
    } finally {
      this.#turns.delete(turn);
    }
  }

  #abortTurns(): void {
    for (const turn of this.#turns) turn.abort(new AbortError('Pulse is shutting down'));
  }
}

function shuttingDown(): EngineError {
  return new EngineError('aborted', 'Pulse is shutting down.');
}
