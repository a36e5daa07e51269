import type { Clock } from '../../base/clock';
import type { Report } from '../../protocol/report';
import type { EffectDeps } from '../effect/effectCommands';
import type { MetricsService } from '../metrics/metricsService';
import { ownVersion } from '../ownVersion';

export interface MeasuredCommandDeps {
  readonly metrics: Pick<MetricsService, 'history' | 'parts'>;
  readonly clock: Clock;
  /** The model in use. */
  readonly model: () => string;
  /** The share of questions that are to be answered, 0-1. */
  readonly objective: () => number;
  readonly showReport: (report: Report) => void;
}

/** What can be done with what was measured: taking it along, comparing, and reporting. Loaded with the first use. */
export class MeasuredCommands {
  readonly #deps: MeasuredCommandDeps;

  constructor(deps: MeasuredCommandDeps) {
    this.#deps = deps;
  }

  readonly exportMetrics = async (): Promise<void> => {
    const { metrics, clock } = this.#deps;
    const { exportMetrics } = await import('../export/exportMetrics');
    await exportMetrics({ history: metrics.history, clock, version: ownVersion() });
  };

  readonly markChange = async (): Promise<void> => {
    const { markChange } = await import('../effect/effectCommands');
    await markChange(this.#effect);
  };

  readonly compareChange = async (): Promise<void> => {
    const { compareChange } = await import('../effect/effectCommands');
    await compareChange(this.#effect);
  };

  readonly showReport = async (question: unknown): Promise<void> => {
    const { metrics, clock, objective, showReport } = this.#deps;
    const { showTrafficReport } = await import('../traffic/trafficCommand');
    await showTrafficReport({ history: metrics.history, clock, objective, showReport }, question);
  };

  get #effect(): EffectDeps {
    const { metrics, clock, model, showReport } = this.#deps;
    return {
      history: metrics.history,
      addEvent: async (event) => {
        const { keeper } = await metrics.parts();
        keeper.event(event);
        await keeper.flush();
      },
      removeEvent: async (uid) => {
        const { keeper } = await metrics.parts();
        await keeper.removeEvent(uid);
      },
      clock,
      model,
      showReport,
    };
  }
}
