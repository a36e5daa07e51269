import { assertNever } from '../../base/assertNever';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import { CumulativeMetrics } from '../../engine/metrics/export/cumulativeMetrics';
import { gaugeFamilies } from '../../engine/metrics/export/exportGauges';
import type { ExportGauges } from '../../engine/metrics/export/exportGauges';
import { PrometheusServer } from '../../engine/metrics/export/prometheusServer';
import type { PrometheusState } from '../../engine/metrics/export/prometheusServer';
import { prometheusText } from '../../engine/metrics/export/prometheusText';
import type { MeasuredRequest } from '../../engine/metrics/metricsHistory';
import type { Log } from '../logging/log';

export interface PrometheusExportDeps {
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly gauges: ExportGauges;
  /** It was asked for. */
  readonly onScrape: () => void;
}

/**
 * What a scraper is told. Counting begins when this window gets the port: a window that takes it over begins at 0, which scrapers
 * know as a restart, so that nothing is counted twice.
 */
export class PrometheusExport extends Disposable {
  readonly #server: PrometheusServer;
  #metrics: CumulativeMetrics | undefined;

  constructor({ port, clock, log, version, gauges, onScrape }: PrometheusExportDeps) {
    super();
    const text = () => {
      onScrape();
      return prometheusText(
        [...(this.#metrics?.families() ?? []), ...gaugeFamilies(gauges)],
        version,
      );
    };
    this.#server = this._register(new PrometheusServer({ port, clock, text }));
    this._register(
      this.#server.onStateChange((state) => {
        const isListening = state.kind === 'listening';
        this.#metrics = isListening ? new CumulativeMetrics(clock.wallNow()) : undefined;
        log.info(`Prometheus: ${stateText(state)}`);
      }),
    );
  }

  get state(): PrometheusState {
    return this.#server.state;
  }

  add(request: MeasuredRequest): void {
    this.#metrics?.add(request);
  }
}

function stateText(state: PrometheusState): string {
  switch (state.kind) {
    case 'starting':
      return 'starting';
    case 'listening':
      return `metrics are at ${state.url}`;
    case 'taken':
      return `port ${state.port} is in use, by another window of VS Code or another program; it is tried again every minute`;
    case 'failed':
      return `${state.message}; it is tried again every minute`;
    default:
      return assertNever(state);
  }
}
