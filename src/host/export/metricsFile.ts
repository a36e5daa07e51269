import { requestsCsv, requestsJson } from '../../engine/metrics/export/requestFiles';
import type { MetricsRange, RequestColumns } from '../../engine/metrics/metricsHistory';

export const EXPORT_RANGES = ['day', 'week', 'month', 'all'] as const;
export type ExportRange = (typeof EXPORT_RANGES)[number];
export type ExportFormat = 'csv' | 'json';

const DAY_MS = 86_400_000;
const DAYS: Readonly<Record<ExportRange, number>> = { day: 1, week: 7, month: 30, all: Infinity };

/** What ended up to now. `now`: ms since 1970. */
export function rangeOf(range: ExportRange, now: number): MetricsRange {
  return { from: Math.max(0, now - DAYS[range] * DAY_MS), to: now + 1 };
}

/** A name for the file, with the day in UTC. */
export function metricsFileName(format: ExportFormat, now: number): string {
  return `pulse-requests-${new Date(now).toISOString().slice(0, 10)}.${format}`;
}

/** `version`: of Pulse; `now`: ms since 1970. */
export function metricsFile(
  columns: RequestColumns,
  format: ExportFormat,
  { version, now }: { readonly version: string; readonly now: number },
): string {
  const chunks =
    format === 'csv' ? requestsCsv(columns) : requestsJson(columns, { version, exportedAt: now });
  return [...chunks].join('');
}
