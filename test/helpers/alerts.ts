import type { Alert } from '../../src/engine/metrics/alerts/alertBook';
import type { AlertRule } from '../../src/engine/metrics/alerts/alertRules';
import type { BudgetState } from '../../src/engine/metrics/alerts/budgetTracker';
import type { AlertDetail } from '../../src/engine/metrics/alerts/condition';

/** Local time, so that it is shown the same everywhere. */
export const ALERT_NOW = new Date(2026, 2, 10, 14, 5).getTime();

/** A third of the answers failed, for ten minutes. */
export function alert(changes: Partial<Alert> = {}): Alert {
  return {
    key: 'errorShare',
    level: 'error',
    since: ALERT_NOW - 600_000,
    detail: threshold({ metric: 'errorShare', limit: 0.25 }, { value: 0.333 }),
    snoozedUntil: undefined,
    ...changes,
  };
}

export function threshold(
  rule: Partial<AlertRule>,
  more: Partial<Extract<AlertDetail, { readonly kind: 'threshold' }>> = {},
): AlertDetail {
  return {
    kind: 'threshold',
    rule: {
      id: 'rule',
      metric: 'firstTokenP95',
      window: 'fiveMinutes',
      side: 'above',
      limit: 2_000,
      ...rule,
    },
    model: undefined,
    value: 3_000,
    ratioOf: undefined,
    breakers: [],
    ...more,
  };
}

/** 4.50 of 5 US$ of today. */
export function budget(changes: Partial<BudgetState> = {}): BudgetState {
  return {
    period: 'day',
    limitUSD: 5,
    spentUSD: 4.5,
    share: 0.9,
    forecastUSD: 7.25,
    unpriced: 0,
    from: new Date(2026, 2, 10).getTime(),
    to: new Date(2026, 2, 11).getTime(),
    isComplete: true,
    ...changes,
  };
}

export function budgetAlert(changes: Partial<BudgetState> = {}): Alert {
  return alert({
    key: 'budget.day.near:1',
    level: 'warning',
    detail: { kind: 'budget', budget: budget(changes) },
  });
}
