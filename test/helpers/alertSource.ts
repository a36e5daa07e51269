import type { Gauges, MetricSource } from '../../src/engine/metrics/alerts/metricSource';
import type { WindowName } from '../../src/engine/metrics/figureWindows';
import { ModelFigures } from '../../src/engine/metrics/modelFigures';
import { measure, RequestFigures } from '../../src/engine/metrics/requestFigures';
import type { ErrorKind } from '../../src/engine/types';
import type { FakeClock } from './fakeClock';
import { finishedTurn } from './requestRecord';

/** Figures as the recorder has them, filled by hand. */
export class AlertSource implements MetricSource {
  /** Windows that were read since this was last emptied. */
  readonly reads: string[] = [];
  gauge: Gauges = {
    queued: 0,
    headroom: undefined,
    openBreakers: [],
    loopDelayMs: undefined,
    rssMB: undefined,
  };
  readonly #figures: ModelFigures;

  constructor(clock: FakeClock) {
    this.#figures = new ModelFigures(clock);
  }

  answer(firstTokenMs = 400, times = 1, model = 'model-a'): void {
    const { timing, ...turn } = finishedTurn();
    const totalMs = firstTokenMs + 1_000;
    const measured = {
      ...turn,
      errorKind: undefined,
      timing: { ...timing, firstTokenMs, totalMs },
    };
    for (let time = 0; time < times; time++) this.#figures.add(model, measure(measured));
  }

  fail(times = 1, errorKind: ErrorKind = 'api'): void {
    const turn = finishedTurn({ outcome: 'failed' });
    const timing = { ...turn.timing, firstTokenMs: undefined, totalMs: 20 };
    for (let time = 0; time < times; time++) {
      this.#figures.add('model-a', measure({ ...turn, timing, errorKind }));
    }
  }

  figures(window: WindowName, model?: string): RequestFigures {
    this.reads.push(window);
    const set = model === undefined ? this.#figures.all : this.#figures.models.get(model);
    return set?.windows.read(window) ?? new RequestFigures();
  }

  models(): readonly string[] {
    return [...this.#figures.models.keys()];
  }

  gauges(): Gauges {
    return this.gauge;
  }
}
