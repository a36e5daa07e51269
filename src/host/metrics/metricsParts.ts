import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Event } from '../../base/event';
import { heldBytes, MemoryWatch } from '../../engine/diagnostics/memoryWatch';
import type { Engine } from '../../engine/engine';
import { tightest } from '../../engine/limitShares';
import type {
  MeasuredRequest,
  MetricsHistory,
  MetricsRetention,
} from '../../engine/metrics/metricsHistory';
import { processMeter } from '../../engine/metrics/processMeter';
import { measuredOf } from '../../engine/metrics/snapshot';
import type { RequestRecord } from '../../engine/metrics/snapshot';
import { SystemSampler } from '../../engine/metrics/systemSampler';
import { AlertParts } from '../alerts/alertParts';
import type { AlertMemory } from '../alerts/alertMemory';
import type { HostAlertSettings } from '../alerts/alertSettings';
import { engineSource } from '../alerts/engineSource';
import { DEMO_ENDPOINT_ID } from '../endpoints/demoEndpoint';
import type { MetricsExports } from '../export/metricsExports';
import { MetricsKeeper } from './metricsKeeper';

export interface MetricsPartsDeps {
  readonly clock: Clock;
  readonly engine: Engine;
  readonly history: MetricsHistory;
  readonly retention: () => MetricsRetention;
  readonly alertMemory: AlertMemory;
  /** As they are now, and how to read them anew when settings change. */
  readonly alertSettings: HostAlertSettings;
  readonly readAlertSettings: () => Promise<HostAlertSettings>;
  readonly onSettingsChange: Event<void>;
  readonly exports: Pick<MetricsExports, 'own' | 'others' | 'onScrape' | 'close'>;
  readonly onFault: (error: unknown) => void;
}

/** What goes on beside the engine's own figures: history, samples of the process and its memory, alerts, exports. Loaded with the engine. */
export class MetricsParts extends Disposable {
  readonly keeper: MetricsKeeper;
  readonly sampler: SystemSampler;
  readonly memory: MemoryWatch;
  readonly alerts: AlertParts;
  readonly #deps: MetricsPartsDeps;
  readonly #changed = this._register(new Emitter<void>());

  /** There are other alerts or budgets. */
  readonly onAlertsChange = this.#changed.event;

  constructor(deps: MetricsPartsDeps) {
    super();
    const { clock, engine, history, retention, onFault } = deps;
    this.#deps = deps;
    this.keeper = this._register(
      new MetricsKeeper({
        clock,
        history,
        retention,
        onFault,
        onTook: (ms) => this.sampler.storeTook(ms),
      }),
    );
    this.sampler = this._register(
      new SystemSampler({
        clock,
        meter: processMeter(),
        queue: engine.metrics.queue,
        headroom: () => tightest(engine.health().limits)?.share,
      }),
    );
    this.memory = this._register(new MemoryWatch(clock, heldBytes));
    this.alerts = this._register(
      new AlertParts({
        clock,
        source: engineSource(engine, () => this.sampler.recent.at(-1)),
        history,
        memory: deps.alertMemory,
        settings: deps.alertSettings,
        onFault,
      }),
    );
    this.#listen();
    // A turn may have ended while this was loaded.
    for (const record of engine.metrics.snapshot().recent.toReversed()) this.#ended(record);
  }

  /** Goes when these go. */
  own(part: DisposableLike): void {
    this._register(part);
  }

  /** Learns what was measured before this window was loaded, and in others; then alerts are looked for. Never rejects. */
  async start(): Promise<void> {
    await this.keeper.flush();
    if (!this.isDisposed) await this.alerts.start();
  }

  /** Writes and sends what is left. Never rejects. */
  async close(): Promise<void> {
    await Promise.all([this.keeper.close(), this.#deps.exports.close()]);
  }

  #listen(): void {
    const { metrics, onHealthChange } = this.#deps.engine;
    this._register(metrics.onEnd((record) => this.#ended(record)));
    this._register(
      metrics.onChange(() => {
        this.sampler.active();
        this.alerts.changed();
      }),
    );
    this._register(onHealthChange(() => this.alerts.changed()));
    this._register(
      this.sampler.onSample((sample) => {
        this.keeper.sample(sample);
        this.alerts.changed();
      }),
    );
    this._register(this.keeper.onOthers(({ requests }) => this.#othersEnded(requests)));
    this._register(this.alerts.monitor.onChange(() => this.#changed.fire()));
    // A window that nobody works in learns from the others when it is asked about them.
    this._register(this.#deps.exports.onScrape(() => void this.keeper.flush()));
    this._register(this.#deps.onSettingsChange(() => this.#applySettings()));
  }

  #applySettings(): void {
    const { readAlertSettings, onFault } = this.#deps;
    readAlertSettings().then((settings) => this.alerts.applySettings(settings), onFault);
  }

  #ended(record: RequestRecord): void {
    this.sampler.connected(record.timing.connectMs);
    const request = measuredHere(record);
    this.keeper.request(request);
    this.alerts.ended([request]);
    this.#deps.exports.own(request);
  }

  #othersEnded(requests: readonly MeasuredRequest[]): void {
    const { engine, exports } = this.#deps;
    const inUse = new Set(engine.models.endpoints.map(({ id }) => id));
    // How fast another endpoint was, the demo above all, says nothing about those in use; what it cost is spent all the same.
    engine.metrics.absorb(requests.filter(({ endpointId }) => inUse.has(endpointId)));
    this.alerts.ended(requests);
    exports.others(requests);
  }
}

/** Whatever name a model of the demo has: it costs nothing. */
function measuredHere(record: RequestRecord): MeasuredRequest {
  const request = measuredOf(record);
  return record.endpointId === DEMO_ENDPOINT_ID ? { ...request, costUSD: 0 } : request;
}
