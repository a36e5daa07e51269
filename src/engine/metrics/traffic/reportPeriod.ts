import type { MetricsRange } from '../metricsHistory';
import type { TrafficTopic } from './trafficChanges';

/** How often a report can be told, each of the time that has just ended. */
export const REPORT_PERIODS = ['hourly', 'daily', 'weekly', 'monthly'] as const;
export type ReportPeriod = (typeof REPORT_PERIODS)[number];

/** What each is about. */
export const PERIOD_TOPICS = {
  hourly: 'latency',
  daily: 'throughput',
  weekly: 'availability',
  monthly: 'load',
} as const satisfies Readonly<Record<ReportPeriod, TrafficTopic>>;

const HOUR_MS = 3_600_000;

/** Beginning and end of the period that a moment is in, all ms since 1970. */
export type ReportBounds = (period: ReportPeriod, at: number) => MetricsRange;

/** By the calendar of this machine: hours of its clock, days from midnight, weeks from Monday, months from the first. */
export const localReportBounds: ReportBounds = (period, at) => {
  const moment = new Date(at);
  if (period === 'hourly') {
    // Not by its hour: one comes twice when the clocks go back.
    const seconds = moment.getMinutes() * 60 + moment.getSeconds();
    const from = moment.getTime() - seconds * 1_000 - moment.getMilliseconds();
    return { from, to: from + HOUR_MS };
  }
  const [year, month, day] = [moment.getFullYear(), moment.getMonth(), moment.getDate()];
  const range = (from: Date, to: Date): MetricsRange => ({
    from: from.getTime(),
    to: to.getTime(),
  });
  if (period === 'daily') return range(new Date(year, month, day), new Date(year, month, day + 1));
  if (period === 'monthly') return range(new Date(year, month, 1), new Date(year, month + 1, 1));
  const monday = day - ((moment.getDay() + 6) % 7);
  return range(new Date(year, month, monday), new Date(year, month, monday + 7));
};

/** The period before the one that begins at `from`. */
export function periodBefore(
  bounds: ReportBounds,
  period: ReportPeriod,
  from: number,
): MetricsRange {
  return bounds(period, from - 1);
}
