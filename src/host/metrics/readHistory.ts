import { limited } from '../../base/abort';
import type { Clock } from '../../base/clock';
import type {
  MetricsHistory,
  MetricsHistoryRead,
  MetricsRange,
} from '../../engine/metrics/metricsHistory';
import type { Translate } from '../translate';

export interface HistorySource {
  readonly history: Pick<MetricsHistory, 'readMetrics'>;
  readonly clock: Clock;
}

export interface ReadLimits {
  readonly maxRequests: number;
  /** The wait for the store, ms. */
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Rejects with a text for the user where the store does not answer in time. @throws StoreError */
export function readHistory(
  { history, clock }: HistorySource,
  range: MetricsRange,
  { maxRequests, limitMs, signal }: ReadLimits,
  t: Translate,
): Promise<MetricsHistoryRead> {
  return limited(() => history.readMetrics(range, maxRequests), {
    signal,
    limitMs,
    clock,
    reason: () => new Error(t('The history of metrics does not answer.')),
  });
}
