import { CumulativeMetrics } from '../../src/engine/metrics/export/cumulativeMetrics';
import { gaugeFamilies } from '../../src/engine/metrics/export/exportGauges';
import type { ExportGauges } from '../../src/engine/metrics/export/exportGauges';
import type { MetricFamily } from '../../src/engine/metrics/export/metricFamily';
import { prometheusText } from '../../src/engine/metrics/export/prometheusText';
import { endpointHealth, limitHealth, openBreaker } from './engineHealth';
import { failedRequest, measuredRequest } from './measuredRequest';

/** One endpoint, an open breaker, a limit that is used up to a quarter, and a budget of which 30 % are spent. */
export const EXPORT_GAUGES: ExportGauges = {
  health: () => ({
    endpoints: [endpointHealth()],
    breakers: [openBreaker()],
    limits: [limitHealth({ perMinute: 100, remaining: 75 })],
    cache: { entries: 0, bytes: 0, hits: 0, misses: 0, shared: 0, savedUSD: 0 },
  }),
  budgets: () => [{ period: 'day', usedShare: 0.3 }],
};

/** Two answers, one of them from the cache, and one failure, at an endpoint whose name has to be escaped. */
export function exportedFamilies(): readonly MetricFamily[] {
  const metrics = new CumulativeMetrics(0);
  metrics.add(measuredRequest({ endpointId: 'a "quoted" \\ name\nin two lines', attempts: 3 }));
  metrics.add(measuredRequest({ servedFrom: 'memory' }));
  metrics.add(failedRequest('overloaded'));
  return [...metrics.families(), ...gaugeFamilies(EXPORT_GAUGES)];
}

/** What a scraper gets of them; `scripts/promtool.mjs` has it checked by Prometheus itself. */
export function exportedText(): string {
  return prometheusText(exportedFamilies(), '1.2.3');
}
