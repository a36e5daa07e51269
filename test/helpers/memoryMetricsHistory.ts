import type {
  MetricEvent,
  MetricsBatch,
  MetricsHistory,
  MetricsHistoryRead,
  Spending,
} from '../../src/engine/metrics/metricsHistory';

/** What windows exchange, without a disk: `others` is what the next call brings. */
export class MemoryMetricsHistory implements MetricsHistory {
  readonly written: MetricsBatch[] = [];
  readonly removed: string[] = [];
  others: MetricsBatch = { requests: [], samples: [], events: [] };
  failure: Error | undefined;
  spent: Spending = { costUSD: 0, unpriced: 0, requests: 0 };

  get events(): readonly MetricEvent[] {
    return this.written.flatMap(({ events }) => events);
  }

  async exchangeMetrics(batch: MetricsBatch): Promise<MetricsBatch> {
    if (this.failure) throw this.failure;
    this.written.push(batch);
    const { others } = this;
    this.others = { requests: [], samples: [], events: [] };
    return others;
  }

  readMetrics(): Promise<MetricsHistoryRead> {
    return Promise.reject(new Error('Nothing is read here.'));
  }

  async spending(): Promise<Spending> {
    if (this.failure) throw this.failure;
    return this.spent;
  }

  async removeMetricEvent(uid: string): Promise<void> {
    this.removed.push(uid);
  }

  async clearMetrics(): Promise<void> {
    this.written.length = 0;
  }
}
