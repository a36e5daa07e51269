import type { MetricsSnapshot } from '../../engine/metrics/snapshot';
import {
  formatCount,
  formatMs,
  formatRate,
  formatSeconds,
  formatShare,
  formatUSD,
} from '../format';
import { markdownTable } from '../markdown';
import type { Translate } from '../translate';

export interface StatusText {
  /** With a codicon in VS Code's `$(name)` form. */
  readonly text: string;
  /** Markdown. */
  readonly tooltip: string;
  /** What a screen reader says. */
  readonly spoken: string;
  readonly warning: boolean;
}

/**
 * The warning background is for a bad hour, not for a bad turn: at least a quarter of at least four turns failed. The error
 * background is kept for an endpoint that is held back altogether.
 */
const WARNING_SHARE = 0.25;
const WARNING_TURNS = 4;

/** The status bar item for these figures; `metrics` is `undefined` before the first request of the window. */
export function statusText(
  metrics: MetricsSnapshot | undefined,
  endpoint: string,
  t: Translate,
): StatusText {
  if (metrics === undefined || isEmpty(metrics)) {
    return {
      text: metrics && metrics.running > 0 ? '$(pulse) …' : '$(pulse) Pulse',
      tooltip: markdownTable('Pulse', [[t('Endpoint'), endpoint]]),
      spoken: t('Pulse: nothing measured yet'),
      warning: false,
    };
  }
  const { recentFirstTokenMs, errorShareLastHour: errors } = metrics;
  const parts = [
    recentFirstTokenMs === undefined ? undefined : formatSeconds(recentFirstTokenMs),
    errors > 0 ? t('{0} errors', formatShare(errors)) : undefined,
  ].filter((part) => part !== undefined);
  const figures = parts.length === 0 ? 'Pulse' : parts.join(' · ');
  return {
    text: `$(pulse) ${figures}${metrics.running > 0 ? ' …' : ''}`,
    tooltip: tooltip(metrics, endpoint, t),
    spoken: spoken(metrics, t),
    warning: errors >= WARNING_SHARE && metrics.turnsLastHour >= WARNING_TURNS,
  };
}

function isEmpty(metrics: MetricsSnapshot): boolean {
  return metrics.ok + metrics.failed + metrics.stopped === 0;
}

function spoken(metrics: MetricsSnapshot, t: Translate): string {
  const { recentFirstTokenMs, errorShareLastHour } = metrics;
  const parts = [
    recentFirstTokenMs === undefined
      ? t('Pulse')
      : t('Pulse: median time to first token {0}', formatMs(recentFirstTokenMs)),
  ];
  if (errorShareLastHour > 0) {
    parts.push(t('{0} errors in the last hour', formatShare(errorShareLastHour)));
  }
  if (metrics.running > 0) parts.push(t('{0} running', metrics.running));
  return parts.join(', ');
}

function tooltip(metrics: MetricsSnapshot, endpoint: string, t: Translate): string {
  const { firstToken, total, running, queued, tokensPerSecond, unpriced } = metrics;
  const rows: (readonly [string, string])[] = [[t('Endpoint'), endpoint]];
  if (firstToken.count > 0) {
    rows.push(
      [t('First token P50 / P95'), `${formatMs(firstToken.p50)} / ${formatMs(firstToken.p95)}`],
      [t('Total P50 / P95'), `${formatMs(total.p50)} / ${formatMs(total.p95)}`],
    );
  }
  if (tokensPerSecond !== undefined)
    rows.push([t('Tokens per second'), formatRate(tokensPerSecond)]);
  rows.push(
    [
      t('Answered / failed / stopped'),
      [metrics.ok, metrics.failed, metrics.stopped].map(formatCount).join(' / '),
    ],
    [t('Errors in the last hour'), formatShare(metrics.errorShareLastHour)],
    [
      t('Cost'),
      unpriced === 0
        ? formatUSD(metrics.costUSD)
        : t(
            '{0}, and {1} without a known price',
            formatUSD(metrics.costUSD),
            formatCount(unpriced),
          ),
    ],
    [t('Running / waiting'), `${running} / ${queued}`],
  );
  return markdownTable(t('Pulse, since the last reset'), rows);
}
