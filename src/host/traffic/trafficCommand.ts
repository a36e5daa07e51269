import * as vscode from 'vscode';
import { TRAFFIC_TOPICS } from '../../engine/metrics/traffic/trafficChanges';
import type { Report } from '../../protocol/report';
import { questionIn, readTraffic, rolling } from './trafficQuestion';
import type { TrafficQuestion, TrafficSource } from './trafficQuestion';
import { trafficReport } from './trafficReport';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface TrafficCommandDeps extends TrafficSource {
  readonly showReport: (report: Report) => void;
}

/**
 * Shows what the ordinary traffic of a time came to.
 * @param argument a `TrafficQuestion`; anything else: the user is asked. Rejects when the history can't be read.
 */
export async function showTrafficReport(
  deps: TrafficCommandDeps,
  argument: unknown,
): Promise<void> {
  const { t } = vscode.l10n;
  const question = questionIn(argument) ?? (await ask(deps));
  if (!question) return;
  const found = await readTraffic(deps, question, undefined, t);
  deps.showReport(trafficReport(question, found, t));
}

interface TimeItem extends vscode.QuickPickItem {
  readonly lengthMs: number;
}

interface ReportItem extends vscode.QuickPickItem {
  readonly topics: TrafficQuestion['topics'];
  /** `undefined`: the user is asked. */
  readonly lengthMs: number | undefined;
}

async function ask({ clock }: TrafficCommandDeps): Promise<TrafficQuestion | undefined> {
  const { t } = vscode.l10n;
  const title = t('Pulse: Show Report');
  const picked = await vscode.window.showQuickPick(reportItems(), {
    title,
    placeHolder: t('Of what? It is read from what was measured anyway: nothing is sent.'),
  });
  if (!picked) return undefined;
  const lengthMs =
    picked.lengthMs ??
    (await vscode.window.showQuickPick(timeItems(), { title, placeHolder: t('Of which time?') }))
      ?.lengthMs;
  return lengthMs === undefined ? undefined : rolling(picked.topics, lengthMs, clock.wallNow());
}

function timeItems(): TimeItem[] {
  const { t } = vscode.l10n;
  return [
    { label: t('The last hour'), lengthMs: HOUR_MS },
    { label: t('The last 24 hours'), lengthMs: DAY_MS },
    { label: t('The last 7 days'), lengthMs: 7 * DAY_MS },
    { label: t('The last 30 days'), lengthMs: 30 * DAY_MS },
  ];
}

function reportItems(): ReportItem[] {
  const { t } = vscode.l10n;
  return [
    {
      label: t('Latency of the last hour'),
      detail: t('Time to first token by model, against the target'),
      topics: ['latency'],
      lengthMs: HOUR_MS,
    },
    {
      label: t('Throughput of the last 24 hours'),
      detail: t('Requests, the busiest minute, tokens per second'),
      topics: ['throughput'],
      lengthMs: DAY_MS,
    },
    {
      label: t('Availability of the last 7 days'),
      detail: t('The answered share against your objective, failures of the service'),
      topics: ['availability'],
      lengthMs: 7 * DAY_MS,
    },
    {
      label: t('Load of the last 30 days'),
      detail: t('How much was asked at once, and what that did to the first token'),
      topics: ['load'],
      lengthMs: 30 * DAY_MS,
    },
    {
      label: t('All of It…'),
      detail: t('For a time that you choose'),
      topics: [...TRAFFIC_TOPICS],
      lengthMs: undefined,
    },
  ];
}
