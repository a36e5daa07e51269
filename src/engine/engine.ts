import { AbortError } from '../base/abort';
import { systemClock } from '../base/clock';
import type { Clock } from '../base/clock';
import { Disposable } from '../base/disposable';
import { EngineError } from './errors';
import { Pricing } from './metrics/pricing';
import { MetricsRecorder } from './metrics/recorder';
import type { TokenCount } from './models/baseModel';
import { ModelFactory } from './models/modelFactory';
import type { KeySource } from './ports';
import { Turn } from './requests/turn';
import type { StreamOptions } from './requests/turn';
import { validateRequest } from './requests/validateRequest';
import { Limiter } from './resilience/limiter';
import type { EngineSettings } from './settings';
import type { ChatRequest, Endpoint, Reply } from './types';

export interface EngineOptions {
  readonly keys: KeySource;
  readonly endpoint: Endpoint;
  readonly settings: EngineSettings;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: the global `fetch`, looked up at each request because VS Code patches it. */
  readonly fetch?: typeof globalThis.fetch;
  /** 0 <= x < 1, for the jitter of retries. Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * The engine: sends turns and measures them. The only file that knows all its siblings.
 * One endpoint at a time, any number of turns at once; no turn's failure touches another.
 */
export class Engine extends Disposable {
  /** The endpoint's models: `availableModels`, `isModelAvailable`, `checkKey`, ... */
  readonly models: ModelFactory;
  /** `snapshot()`, `onChange`, `reset()`. */
  readonly metrics: MetricsRecorder;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #limiter: Limiter;
  readonly #turns = new Set<Turn>();
  #settings: EngineSettings;
  #pricing: Pricing;

  constructor(options: EngineOptions) {
    super();
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#settings = options.settings;
    this.#pricing = new Pricing(options.settings.prices);
    this.#limiter = this._register(new Limiter(options.settings, this.#clock));
    this.metrics = this._register(new MetricsRecorder(this.#clock, this.#limiter));
    this._register(this.#limiter.onChange(() => this.metrics.queueChanged()));
    this.models = this._register(
      new ModelFactory({
        clock: this.#clock,
        keys: options.keys,
        settings: () => this.#settings,
        endpoint: options.endpoint,
        ...(options.fetch ? { fetch: options.fetch } : {}),
      }),
    );
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
   * One turn: checked, queued, sent, repeated where that helps, measured. Resolves with the whole reply.
   * `onEvent` is called synchronously from the socket's read, in order, and never after the promise has settled.
   * @throws EngineError and nothing else; `aborted` when the signal was or the engine is disposed
   */
  async stream(request: ChatRequest, options: StreamOptions = {}): Promise<Reply> {
    if (this.isDisposed) throw new EngineError('aborted', 'Pulse is shutting down.');
    const turn = new Turn(request, options, {
      clock: this.#clock,
      random: this.#random,
      settings: this.#settings,
      endpointId: this.endpoint.id,
      limiter: this.#limiter,
      metrics: this.metrics,
      pricing: this.#pricing,
      model: (name) => this.models.model(name),
    });
    this.#turns.add(turn);
    try {
      return await turn.run();
    } finally {
      this.#turns.delete(turn);
    }
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

  /** Where the next turns go. Turns under way end where they are. */
  setEndpoint(endpoint: Endpoint): void {
    this.models.setEndpoint(endpoint);
  }

  /** The endpoint's key was set, replaced or cleared: what was learnt with the old one is forgotten. */
  keyChanged(): void {
    this.models.keyChanged();
  }

  /** The queue's limits apply at once; a turn under way keeps the rest as it was when it started. */
  updateSettings(settings: EngineSettings): void {
    this.#settings = settings;
    this.#pricing = new Pricing(settings.prices);
    this.#limiter.setLimits(settings);
  }

  #abortTurns(): void {
    for (const turn of this.#turns) turn.abort(new AbortError('Pulse is shutting down'));
  }
}
