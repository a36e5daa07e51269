import type { BreakerState, EngineHealth } from '../../health';
import { shareLeft } from '../../limitShares';
import { FAMILIES } from './metricFamily';
import type { MetricFamily } from './metricFamily';

/** How much of a budget is spent. */
export interface BudgetUse {
  readonly period: 'day' | 'month';
  /** 0 and up, of the budget. */
  readonly usedShare: number;
}

/** What is true now and is asked for when it is exported. */
export interface ExportGauges {
  /** `undefined` while no engine was needed. */
  health(): EngineHealth | undefined;
  /** Only those that are set. */
  budgets(): readonly BudgetUse[];
}

const OPENNESS: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 0.5, open: 1 };

export function gaugeFamilies(gauges: ExportGauges): readonly MetricFamily[] {
  const health = gauges.health();
  return [...(health ? healthFamilies(health) : []), budgetFamily(gauges.budgets())];
}

function healthFamilies({ endpoints, breakers, limits }: EngineHealth): readonly MetricFamily[] {
  const byEndpoint = (of: (endpoint: EngineHealth['endpoints'][number]) => number) =>
    endpoints.map((endpoint) => ({
      labels: { endpoint: endpoint.endpointId },
      value: of(endpoint),
    }));
  return [
    gauge(
      'running',
      byEndpoint(({ running }) => running),
    ),
    gauge(
      'queued',
      byEndpoint(({ queued }) => queued),
    ),
    gauge(
      'concurrency',
      byEndpoint(({ concurrency }) => concurrency),
    ),
    gauge(
      'breakerOpen',
      breakers.map(({ endpointId, family, state }) => ({
        labels: { endpoint: endpointId, family },
        value: OPENNESS[state],
      })),
    ),
    gauge(
      'headroom',
      limits.flatMap((one) => {
        const share = shareLeft(one);
        const { endpointId: endpoint, family, limit } = one;
        return share === undefined ? [] : [{ labels: { endpoint, family, limit }, value: share }];
      }),
    ),
  ];
}

function budgetFamily(budgets: readonly BudgetUse[]): MetricFamily {
  return gauge(
    'budget',
    budgets.map(({ period, usedShare }) => ({ labels: { period }, value: usedShare })),
  );
}

type GaugeName = 'running' | 'queued' | 'concurrency' | 'breakerOpen' | 'headroom' | 'budget';

function gauge(
  name: GaugeName,
  series: Extract<MetricFamily, { kind: 'counter' | 'gauge' }>['series'],
): MetricFamily {
  return { ...FAMILIES[name], kind: 'gauge', series };
}
