import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { Engine } from '../../engine/engine';
import type {
  MetricEvent,
  MetricsHistory,
  MetricsRetention,
  SystemSample,
} from '../../engine/metrics/metricsHistory';
import type { AnswerName, Reactions } from '../chat/reactions';
import type { EngineHost } from '../engineHost';
import type { MetricsParts } from './metricsParts';

export interface MetricsServiceDeps {
  readonly clock: Clock;
  readonly engine: Pick<EngineHost, 'engine' | 'onEngine'>;
  readonly history: MetricsHistory;
  readonly retention: () => MetricsRetention;
  /** Something went wrong where nobody waits for it. */
  readonly onFault: (error: unknown) => void;
}

/** The door to what goes on beside the engine's figures. Nothing is loaded before there is an engine, or something to write down. */
export class MetricsService extends Disposable implements Reactions {
  readonly #deps: MetricsServiceDeps;
  #parts: Promise<MetricsParts> | undefined;
  #loaded: MetricsParts | undefined;

  constructor(deps: MetricsServiceDeps) {
    super();
    this.#deps = deps;
    this._register(deps.engine.onEngine((engine) => this.#inBackground(this.#load(engine))));
  }

  get history(): MetricsHistory {
    return this.#deps.history;
  }

  /** The process in the last minute of work; `undefined` before one. */
  get lastSample(): SystemSample | undefined {
    return this.#loaded?.sampler.recent.at(-1);
  }

  /** Loads engine and parts where they are not there yet. */
  async parts(): Promise<MetricsParts> {
    return this.#load(await this.#deps.engine.engine());
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

  /** Writes what is left. Never rejects. */
  async close(): Promise<void> {
    try {
      await (await this.#parts)?.close();
    } catch (error) {
      this.#deps.onFault(error);
    }
  }

  #note(event: MetricEvent): void {
    this.#inBackground(this.parts().then(({ keeper }) => keeper.event(event)));
  }

  async #removeEvent(uid: string): Promise<void> {
    const { keeper } = await this.parts();
    await keeper.removeEvent(uid);
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
    const { clock, history, retention, onFault } = this.#deps;
    const { MetricsParts } = await import('./metricsParts');
    this.#loaded = this._register(new MetricsParts({ clock, engine, history, retention, onFault }));
    return this.#loaded;
  }

  #inBackground(job: Promise<unknown>): void {
    job.catch((error: unknown) => this.#deps.onFault(error));
  }
}
