import { Disposable } from '../base/disposable';
import { Emitter } from '../base/event';
import type { Event } from '../base/event';
import type { Engine } from '../engine/engine';
import type { KeySource } from '../engine/ports';
import type { MetricsSnapshot } from '../engine/metrics/snapshot';
import type { EngineSettings } from '../engine/settings';
import { DEMO_ENDPOINT_ID } from './chat/turn';
import type { EndpointService } from './endpoints/endpointService';

export interface EngineHostDeps {
  readonly endpoints: EndpointService;
  readonly keys: KeySource;
  /** The settings, checked; read anew each time. */
  readonly settings: () => Promise<EngineSettings>;
  readonly onSettingsChange: Event<void>;
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
  #made: Promise<Engine> | undefined;
  #engine: Engine | undefined;

  /** The figures are others; fired by nothing while no engine is needed. */
  readonly onMetricsChange = this.#metricsChanged.event;

  constructor(deps: EngineHostDeps) {
    super();
    this.#deps = deps;
    this._register(deps.endpoints.onChange(() => this.#engine?.keyChanged()));
    this._register(deps.onSettingsChange(() => void this.#applySettings()));
  }

  /** The figures so far; `undefined` while nothing has been sent. */
  get metrics(): MetricsSnapshot | undefined {
    return this.#engine?.metrics.snapshot();
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
   * The engine, pointed at the endpoint in use.
   * @throws EngineError `invalid_input` for a missing header secret; Error when the demo does not start
   */
  async connected(): Promise<Engine> {
    const engine = await this.engine();
    const endpoint = await this.#deps.endpoints.connect();
    const leavesDemo = engine.endpoint.id === DEMO_ENDPOINT_ID && endpoint.id !== DEMO_ENDPOINT_ID;
    engine.setEndpoint(endpoint);
    // How fast the simulator was says nothing about Claude.
    if (leavesDemo) engine.metrics.reset();
    return engine;
  }

  async #make(): Promise<Engine> {
    const { endpoints, keys } = this.#deps;
    const [{ Engine }, settings] = await Promise.all([
      import('../engine/engine'),
      this.#deps.settings(),
    ]);
    const endpoint = endpoints.configured;
    const engine = this._register(new Engine({ keys, endpoint, settings }));
    this._register(engine.metrics.onChange(() => this.#metricsChanged.fire()));
    this.#engine = engine;
    return engine;
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
