import type {
  MetricsBatch,
  MetricsHistory,
  MetricsHistoryRead,
  MetricsRange,
  MetricsRetention,
  Spending,
} from '../engine/metrics/metricsHistory';
import type { CallOf, StoreOp, StoreResult } from './messages';
import type { MetricsCursor } from './metricsSchemas';

type Call = <Op extends StoreOp>(call: CallOf<Op>, limitMs?: number) => Promise<StoreResult<Op>>;

/** Who asks gives up a little later: what is told then must not be taken for heard. Ms. */
const EXCHANGE_LIMIT_MS = 10_000;
/** Overwriting all that is cleared takes time with the size of it. Ms. */
const CLEAR_LIMIT_MS = 60_000;

/**
 * The metrics, through the calls of a store. What this window has seen of the others is kept here, not in the store's thread: an answer
 * that did not arrive is given again.
 */
export class MetricsCalls implements MetricsHistory {
  readonly #call: Call;
  #seen: MetricsCursor | undefined;
  /** Exchanges go one after the other: each one needs what the one before has seen. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(call: Call) {
    this.#call = call;
  }

  exchangeMetrics(batch: MetricsBatch, retention: MetricsRetention): Promise<MetricsBatch> {
    const exchanged = this.#last.then(() => this.#exchange(batch, retention));
    this.#last = exchanged.catch(() => undefined);
    return exchanged;
  }

  readMetrics(range: MetricsRange, maxRequests: number): Promise<MetricsHistoryRead> {
    return this.#call({ op: 'readMetrics', range, maxRequests });
  }

  spending(range: MetricsRange): Promise<Spending> {
    return this.#call({ op: 'metricsSpending', range });
  }

  removeMetricEvent(uid: string): Promise<void> {
    return this.#call({ op: 'removeMetricEvent', uid });
  }

  clearMetrics(): Promise<void> {
    return this.#call({ op: 'clearMetrics' }, CLEAR_LIMIT_MS);
  }

  async #exchange(batch: MetricsBatch, retention: MetricsRetention): Promise<MetricsBatch> {
    const { others, seen } = await this.#call(
      { op: 'exchangeMetrics', batch, retention, seen: this.#seen },
      EXCHANGE_LIMIT_MS,
    );
    this.#seen = seen;
    return others;
  }
}
