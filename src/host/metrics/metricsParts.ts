import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { Engine } from '../../engine/engine';
import { tightest } from '../../engine/limitShares';
import type { MetricsHistory, MetricsRetention } from '../../engine/metrics/metricsHistory';
import { processMeter } from '../../engine/metrics/processMeter';
import { measuredOf } from '../../engine/metrics/snapshot';
import { SystemSampler } from '../../engine/metrics/systemSampler';
import { MetricsKeeper } from './metricsKeeper';

export interface MetricsPartsDeps {
  readonly clock: Clock;
  readonly engine: Engine;
  readonly history: MetricsHistory;
  readonly retention: () => MetricsRetention;
  readonly onFault: (error: unknown) => void;
}

/** What goes on beside the engine's own figures: history, samples of the process. Loaded with the engine. */
export class MetricsParts extends Disposable {
  readonly keeper: MetricsKeeper;
  readonly sampler: SystemSampler;

  constructor({ clock, engine, history, retention, onFault }: MetricsPartsDeps) {
    super();
    const { metrics } = engine;
    this.keeper = this._register(new MetricsKeeper({ clock, history, retention, onFault }));
    this.sampler = this._register(
      new SystemSampler({
        clock,
        meter: processMeter(),
        queue: metrics.queue,
        headroom: () => tightest(engine.health().limits)?.share,
      }),
    );
    this._register(this.sampler.onSample((sample) => this.keeper.sample(sample)));
    this._register(metrics.onChange(() => this.sampler.active()));
    this._register(
      metrics.onEnd((record) => {
        this.sampler.connected(record.timing.connectMs);
        this.keeper.request(measuredOf(record));
      }),
    );
    this._register(
      this.keeper.onOthers(({ requests }) => {
        const inUse = new Set(engine.models.endpoints.map(({ id }) => id));
        // How fast another endpoint was, the demo above all, says nothing about those in use.
        metrics.absorb(requests.filter(({ endpointId }) => inUse.has(endpointId)));
      }),
    );
    // What was measured before the window was loaded, and in others.
    void this.keeper.flush();
  }

  /** Writes what is left. Never rejects. */
  close(): Promise<void> {
    return this.keeper.close();
  }
}
