import { assertNever } from '../../base/assertNever';
import type { RequestRecord } from '../../engine/metrics/snapshot';
import type { ServedFrom } from '../../engine/types';
import { errorTitle } from '../chat/errorTexts';
import { phaseViews } from '../chat/statsView';
import { formatCount, formatMs, formatUSD } from '../format';
import { escapeMarkdown, markdownTable } from '../markdown';
import type { Translate } from '../translate';
import { leaf } from './metricNode';
import type { MetricNode } from './metricNode';

/** Cells of a phase's bar. */
const BAR = 12;

/** A finished request as a line, with its phases below it. `parent` keeps ids apart where it is listed twice. */
export function requestNode(parent: string, record: RequestRecord, t: Translate): MetricNode {
  const id = `${parent}#${record.id}`;
  const phases = phaseViews(record.timing, t);
  return {
    id,
    label: record.model,
    description: descriptionOf(record, t),
    icon: iconOf(record.outcome),
    tooltip: tooltipOf(record, t),
    request: record,
    ...(phases.length === 0
      ? {}
      : { children: phases.map((phase, at) => phaseLeaf(`${id}.${at}`, phase, record, t)) }),
  };
}

/** "320 ms ░░███░░░": how long it took, and where in the whole. */
function phaseLeaf(
  id: string,
  { label, startMs, durationMs }: ReturnType<typeof phaseViews>[number],
  { timing }: RequestRecord,
  t: Translate,
): MetricNode {
  const cell = Math.max(timing.totalMs, 1) / BAR;
  const from = Math.min(BAR - 1, Math.floor(startMs / cell));
  const cells = Math.max(1, Math.min(BAR - from, Math.round(durationMs / cell)));
  const bar = '░'.repeat(from) + '█'.repeat(cells) + '░'.repeat(BAR - from - cells);
  const took = formatMs(durationMs);
  return leaf(id, label, `${took}  ${bar}`, {
    spoken: took,
    tooltip: escapeMarkdown(t('{0}, from {1} on', took, formatMs(startMs))),
  });
}

function iconOf(outcome: RequestRecord['outcome']): string {
  switch (outcome) {
    case 'ok':
      return 'check';
    case 'failed':
      return 'error';
    case 'stopped':
      return 'debug-stop';
    default:
      return assertNever(outcome);
  }
}

function descriptionOf(record: RequestRecord, t: Translate): string {
  const { timing, error, outcome } = record;
  const total = formatMs(timing.totalMs);
  switch (outcome) {
    case 'ok':
      if (record.servedFrom !== undefined) return `${servedText(record.servedFrom, t)}, ${total}`;
      return timing.firstTokenMs === undefined
        ? total
        : t('{0}, first after {1}', total, formatMs(timing.firstTokenMs));
    case 'failed':
      return error ? t('{0} after {1}', errorTitle(error.kind, t), total) : total;
    case 'stopped':
      return t('stopped after {0}', total);
    default:
      return assertNever(outcome);
  }
}

function tooltipOf(record: RequestRecord, t: Translate): string {
  const { timing, usage, requestId, error, costUSD } = record;
  const rows: [string, string | undefined][] = [
    [t('Ended'), new Date(record.at).toLocaleTimeString()],
    [t('Endpoint'), record.endpointId],
    [t('In the queue'), formatMs(timing.queueMs)],
    [t('For a rate limit'), optionalMs(timing.pacingMs)],
    [t('Between attempts'), formatMs(timing.backoffMs)],
    [t('For recovery'), optionalMs(timing.recoveryMs)],
    [t('Connecting'), optionalMs(timing.connectMs)],
    [t('First byte'), optionalMs(timing.firstByteMs)],
    [t('First token'), optionalMs(timing.firstTokenMs)],
    [t('Total'), formatMs(timing.totalMs)],
    [t('Answer'), record.servedFrom && servedText(record.servedFrom, t)],
    [t('Attempts'), formatCount(record.attempts)],
    [t('Gone on with'), record.continuations > 0 ? formatCount(record.continuations) : undefined],
    [
      t('Tokens in / out'),
      `${formatCount(usage.inputTokens)} / ${formatCount(usage.outputTokens)}`,
    ],
    [
      t('Cache read / written'),
      `${formatCount(usage.cacheReadTokens)} / ${formatCount(usage.cacheWriteTokens)}`,
    ],
    [t('Cost'), costUSD === undefined ? t('price unknown') : formatUSD(costUSD)],
    [t('Request id'), requestId],
  ];
  const table = markdownTable(
    escapeMarkdown(record.model),
    rows.filter((row): row is [string, string] => row[1] !== undefined),
  );
  return error ? `${escapeMarkdown(error.message)}\n\n${table}` : table;
}

function servedText(from: ServedFrom, t: Translate): string {
  switch (from) {
    case 'memory':
    case 'disk':
      return t('kept answer');
    case 'shared':
      return t('shared answer');
    default:
      return assertNever(from);
  }
}

function optionalMs(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatMs(ms);
}
