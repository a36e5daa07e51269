import * as vscode from 'vscode';
import { assertNever } from '../../base/assertNever';
import { formatCount } from '../format';
import { readHistory } from '../metrics/readHistory';
import type { HistorySource } from '../metrics/readHistory';
import { saveFile } from '../saveFile';
import { EXPORT_RANGES, metricsFile, metricsFileName, rangeOf } from './metricsFile';
import type { ExportFormat, ExportRange } from './metricsFile';

/** More would be too much for one text. */
const MAX_REQUESTS = 200_000;
const READ_LIMIT_MS = 60_000;

export interface ExportMetricsDeps extends HistorySource {
  /** Of Pulse. */
  readonly version: string;
}

/** Asks what of the history of requests is wanted and in which form, and saves it. @throws StoreError and what the disk throws */
export async function exportMetrics({ version, ...source }: ExportMetricsDeps): Promise<void> {
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
  const now = source.clock.wallNow();
  const limits = { maxRequests: MAX_REQUESTS, limitMs: READ_LIMIT_MS };
  const { requests, isCut } = await readHistory(source, rangeOf(range, now), limits, t);
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
