import type { MetricsRange } from '../metricsHistory';

export const BUDGET_PERIODS = ['day', 'month'] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

/** Beginning and end of the period that a moment is in, ms since 1970. */
export type PeriodBounds = (period: BudgetPeriod, at: number) => MetricsRange;

/** By the calendar of this machine: from midnight to midnight, however many hours that is. */
export const localPeriod: PeriodBounds = (period, at) => {
  const moment = new Date(at);
  const [year, month, day] = [moment.getFullYear(), moment.getMonth(), moment.getDate()];
  if (period === 'month') {
    return { from: new Date(year, month, 1).getTime(), to: new Date(year, month + 1, 1).getTime() };
  }
  return {
    from: new Date(year, month, day).getTime(),
    to: new Date(year, month, day + 1).getTime(),
  };
};
