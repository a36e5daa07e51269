import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { MemorySample } from '../../engine/diagnostics/memoryWatch';
import type { Engine } from '../../engine/engine';
import type { EngineError } from '../../engine/errors';
import type {
  MetricEvent,
  MetricsHistory,
  SystemSample,
} from '../../engine/metrics/metricsHistory';
import type { SpendingGuard } from '../../engine/ports';
import type { AlertsView } from '../alerts/alertsNode';
import type { StatusAlert } from '../alerts/statusAlert';
import type { AnswerName, Reactions } from '../chat/reactions';
import type { EngineHost } from '../engineHost';
import type { Translate } from '../translate';
import type { MetricsParts } from './metricsParts';

export interface MetricsServiceDeps {
  readonly clock: Clock;
  readonly engine: Pick<EngineHost, 'engine' | 'onEngine'>;
  readonly history: MetricsHistory;
  /** Loads and makes the parts; they are started here. */
  readonly makeParts: (engine: Engine) => Promise<MetricsParts>;
  /** Something went wrong where nobody waits for it. */
  readonly onFault: (error: unknown) => void;
}

/** The door to what goes on beside the engine's figures. Nothing is loaded before there is an engine, or something to write down. */
export class MetricsService extends Disposable implements Reactions, SpendingGuard {
  readonly #deps: MetricsServiceDeps;
  readonly #alertsChanged = this._register(new Emitter<void>());
  readonly #historyChanged = this._register(new Emitter<void>());
  #parts: Promise<MetricsParts> | undefined;
  #loaded: MetricsParts | undefined;

  /** There are other alerts or budgets. */
  readonly onAlertsChange = this.#alertsChanged.event;
  /** The history has something new, of this window or of others. */
  readonly onHistoryChange = this.#historyChanged.event;

  constructor(deps: MetricsServiceDeps) {
    super();
    this.#deps = deps;
    this.history = this.#upToDate(deps.history);
    this._register(deps.engine.onEngine((engine) => this.#inBackground(this.#load(engine))));
  }

  /** Of all windows, what this one has just measured with it. */
  readonly history: MetricsHistory;

  /** The process in the last minute of work; `undefined` before one. */
  get lastSample(): SystemSample | undefined {
    return this.#loaded?.sampler.recent.at(-1);
  }

  /** What this process held in the last hour, oldest first; empty before the engine was needed. */
  get memory(): readonly MemorySample[] {
    return this.#loaded?.memory.samples ?? [];
  }

  /** What is wrong, and budgets; `undefined` before the engine was needed. */
  get alerts(): AlertsView | undefined {
    return this.#loaded?.alerts.view;
  }

  /** What the status bar says of alerts; `undefined` while there are none, and before the engine was needed. */
  statusAlert(t: Translate): StatusAlert | undefined {
    return this.#loaded?.alerts.statusAlert(t);
  }

  /** Records that are not written yet. */
  get unwritten(): number {
    return this.#loaded?.keeper.unwritten ?? 0;
  }

  /** Loads engine and parts where they are not there yet. */
  async parts(): Promise<MetricsParts> {
    return this.#load(await this.#deps.engine.engine());
  }

  mayAsk(): EngineError | undefined {
    return this.#loaded?.alerts.guard.mayAsk();
  }

  rated({ id, model }: AnswerName, rating: 'up' | 'down' | undefined): void {
    const uid = `thumb-${id}`;
    if (rating === undefined) {
      this.#inBackground(this.#removeEvent(uid));
      return;
    }
    this.#note({ uid, at: this.#deps.clock.wallNow(), kind: rating, model, label: '' });
  }

  /** An answer counts once, whatever is taken of it. */
  accepted({ id, model }: AnswerName): void {
    const at = this.#deps.clock.wallNow();
    this.#note({ uid: `accepted-${id}`, at, kind: 'accepted', model, label: '' });
  }

  /** Writes and sends what is left. Never rejects. */
  async close(): Promise<void> {
    try {
      await (await this.#parts)?.close();
    } catch (error) {
      this.#deps.onFault(error);
    }
  }

  #upToDate(history: MetricsHistory): MetricsHistory {
    return {
      exchangeMetrics: (batch, retention) => history.exchangeMetrics(batch, retention),
      readMetrics: async (range, maxRequests) => {
        await this.#loaded?.keeper.flush();
        return history.readMetrics(range, maxRequests);
      },
      spending: (range) => history.spending(range),
      removeMetricEvent: (uid) => history.removeMetricEvent(uid),
      clearMetrics: async () => {
        await (this.#loaded ? this.#loaded.keeper.clear() : history.clearMetrics());
        this.#historyChanged.fire();
      },
    };
  }

  #note(event: MetricEvent): void {
    this.#inBackground(this.parts().then(({ keeper }) => keeper.event(event)));
  }

  async #removeEvent(uid: string): Promise<void> {
    const { keeper } = await this.parts();
    await keeper.removeEvent(uid);
    this.#historyChanged.fire();
  }

  async #load(engine: Engine): Promise<MetricsParts> {
    try {
      this.#parts ??= this.#make(engine);
      return await this.#parts;
    } catch (error) {
      this.#parts = undefined;
      throw error;
    }
  }

  async #make(engine: Engine): Promise<MetricsParts> {
    const parts = this._register(await this.#deps.makeParts(engine));
    this._register(parts.onAlertsChange(() => this.#alertsChanged.fire()));
    this._register(parts.keeper.onExchange(() => this.#historyChanged.fire()));
    this.#loaded = parts;
    this.#inBackground(parts.start());
    return parts;
  }

  #inBackground(job: Promise<unknown>): void {
    job.catch((error: unknown) => this.#deps.onFault(error));
  }
}
