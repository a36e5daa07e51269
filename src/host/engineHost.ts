import { Disposable } from '../base/disposable';
import { Emitter } from '../base/event';
import type { Event } from '../base/event';
import type { Engine } from '../engine/engine';
import type { EngineHealth } from '../engine/health';
import type { MetricsSnapshot } from '../engine/metrics/snapshot';
import type { AnswerStore, KeySource, LimitShare, SpendingGuard } from '../engine/ports';
import type { EngineSettings } from '../engine/settings';
import type { BreakerStorage } from './breakerMemory';
import { DEMO_ENDPOINT_ID } from './endpoints/demoEndpoint';
import type { EndpointService } from './endpoints/endpointService';

export interface EngineHostDeps {
  readonly endpoints: EndpointService;
  readonly keys: KeySource;
  /** A key or a header's secret is another. */
  readonly onKeyChange: Event<unknown>;
  /** The settings, checked; read anew each time. */
  readonly settings: () => Promise<EngineSettings>;
  readonly onSettingsChange: Event<void>;
  readonly breakers: BreakerStorage;
  readonly limitShare: LimitShare;
  readonly answerStore: AnswerStore;
  readonly spending: SpendingGuard;
  /** Something went wrong where nobody waits for it. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Keeps the one engine of this window: loaded and made when it is first needed, off the activation path, and kept in step with
 * settings, endpoint and keys from then on.
 */
export class EngineHost extends Disposable {
  readonly #deps: EngineHostDeps;
  readonly #metricsChanged = this._register(new Emitter<void>());
  readonly #healthChanged = this._register(new Emitter<void>());
  readonly #engineMade = this._register(new Emitter<Engine>());
  #made: Promise<Engine> | undefined;
  #engine: Engine | undefined;

  /** The figures are others; fired by nothing while no engine is needed. */
  readonly onMetricsChange = this.#metricsChanged.event;
  /** A breaker, a limit or an endpoint is another; likewise. */
  readonly onHealthChange = this.#healthChanged.event;

  /** Fires once, when the engine is first needed. */
  readonly onEngine = this.#engineMade.event;

  constructor(deps: EngineHostDeps) {
    super();
    this.#deps = deps;
    this._register(deps.onKeyChange(() => this.#engine?.keyChanged()));
    this._register(deps.endpoints.onChange(() => void this.#follow()));
    this._register(deps.onSettingsChange(() => void this.#applySettings()));
  }

  /** The figures so far; `undefined` while nothing has been sent. */
  get metrics(): MetricsSnapshot | undefined {
    return this.#engine?.metrics.snapshot();
  }

  /** What is known of the endpoints; `undefined` while no engine was needed. */
  get health(): EngineHealth | undefined {
    return this.#engine?.health();
  }

  /** The engine if it is there already. */
  get current(): Engine | undefined {
    return this.#engine;
  }

  resetMetrics(): void {
    this.#engine?.metrics.reset();
  }

  /** The engine, wherever it points; for work that names its endpoint itself. Rejects when it can't be loaded. */
  async engine(): Promise<Engine> {
    try {
      this.#made ??= this.#make();
      return await this.#made;
    } catch (error) {
      this.#made = undefined;
      throw error;
    }
  }

  /**
   * The engine, pointed at the endpoints in use.
   * @throws EngineError `invalid_input` for a missing header secret; Error when the demo does not start
   */
  async connected(): Promise<Engine> {
    const engine = await this.engine();
    const { primary, others } = await this.#deps.endpoints.connect();
    const leavesDemo = engine.endpoint.id === DEMO_ENDPOINT_ID && primary.id !== DEMO_ENDPOINT_ID;
    engine.setEndpoint(primary, others);
    // How fast the simulator was says nothing about Claude.
    if (leavesDemo) engine.metrics.reset();
    return engine;
  }

  async #make(): Promise<Engine> {
    const { endpoints, settings, breakers, ...passed } = this.#deps;
    const [{ Engine }, { StoredBreakers }] = await Promise.all([
      import('../engine/engine'),
      import('./breakerMemory'),
    ]);
    await endpoints.load();
    // Read last: a change from here on is told.
    const current = await settings();
    const [endpoint = endpoints.configured, ...others] = endpoints.standings.map(
      (standing) => standing.endpoint,
    );
    // As written in the settings, without secrets: `connected` gives the true ones before anything is sent. The others are there from
    // the start, so that what is remembered of their outages is not dropped as that of strangers.
    const engine = this._register(
      new Engine({
        keys: passed.keys,
        endpoint,
        others,
        settings: current,
        breakerMemory: new StoredBreakers(breakers),
        limitShare: passed.limitShare,
        answerStore: passed.answerStore,
        spending: passed.spending,
      }),
    );
    this._register(engine.metrics.onChange(() => this.#metricsChanged.fire()));
    this._register(engine.onHealthChange(() => this.#healthChanged.fire()));
    this.#engine = engine;
    this.#engineMade.fire(engine);
    return engine;
  }

  /** Other endpoints count at once, but nothing is started for that: the demo is pointed at with the next question. */
  async #follow(): Promise<void> {
    if (!this.#engine || this.#deps.endpoints.state.kind === 'demo') return;
    try {
      await this.connected();
    } catch (error) {
      this.#deps.onFault(error);
    }
  }

  async #applySettings(): Promise<void> {
    if (!this.#engine) return;
    try {
      this.#engine.updateSettings(await this.#deps.settings());
    } catch (error) {
      this.#deps.onFault(error);
    }
  }
}
