import * as vscode from 'vscode';
import { assertNever } from '../../base/assertNever';
import { limited } from '../../base/abort';
import type { Clock } from '../../base/clock';
import type { MetricsHistory, MetricsHistoryRead } from '../../engine/metrics/metricsHistory';
import { formatCount } from '../format';
import { saveFile } from '../saveFile';
import { EXPORT_RANGES, metricsFile, metricsFileName, rangeOf } from './metricsFile';
import type { ExportFormat, ExportRange } from './metricsFile';

/** More would be too much for one text. */
const MAX_REQUESTS = 200_000;
const READ_LIMIT_MS = 60_000;

export interface ExportMetricsDeps {
  readonly history: Pick<MetricsHistory, 'readMetrics'>;
  readonly clock: Clock;
  /** Of Pulse. */
  readonly version: string;
}

/** Asks what of the history of requests is wanted and in which form, and saves it. @throws StoreError and what the disk throws */
export async function exportMetrics({ history, clock, version }: ExportMetricsDeps): Promise<void> {
  const { t } = vscode.l10n;
  const title = t('Pulse: Export Metrics');
  const range = await pick<ExportRange>(
    title,
    t('Requests of which time?'),
    EXPORT_RANGES.map((value) => ({ value, label: rangeLabel(value) })),
  );
  if (range === undefined) return;
  const format = await pick<ExportFormat>(title, t('In which format?'), [
    { value: 'csv', label: 'CSV', detail: t('For spreadsheets: a line for each request.') },
    { value: 'json', label: 'JSON', detail: t('For programs: an object for each request.') },
  ]);
  if (format === undefined) return;
  const now = clock.wallNow();
  const { requests, isCut } = await read(history, range, now, clock);
  if (requests.at.length === 0) {
    void vscode.window.showInformationMessage(t('No request was measured in this time.'));
    return;
  }
  if (isCut) {
    void vscode.window.showWarningMessage(
      t('There are more: the newest {0} are exported.', formatCount(requests.at.length)),
    );
  }
  await saveFile(metricsFile(requests, format, { version, now }), {
    title: t('Export Metrics'),
    name: metricsFileName(format, now),
  });
}

function read(
  history: ExportMetricsDeps['history'],
  range: ExportRange,
  now: number,
  clock: Clock,
): Promise<MetricsHistoryRead> {
  return limited(() => history.readMetrics(rangeOf(range, now), MAX_REQUESTS), {
    signal: undefined,
    limitMs: READ_LIMIT_MS,
    clock,
    reason: () => new Error(vscode.l10n.t('The history of metrics does not answer.')),
  });
}

interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

async function pick<T>(
  title: string,
  placeHolder: string,
  choices: readonly Choice<T>[],
): Promise<T | undefined> {
  return (await vscode.window.showQuickPick(choices, { title, placeHolder }))?.value;
}

function rangeLabel(range: ExportRange): string {
  const { t } = vscode.l10n;
  switch (range) {
    case 'day':
      return t('The last 24 hours');
    case 'week':
      return t('The last 7 days');
    case 'month':
      return t('The last 30 days');
    case 'all':
      return t('Everything that is kept');
    default:
      return assertNever(range);
  }
}
