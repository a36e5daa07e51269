import { tightest } from '../../engine/limitShares';
import type { EngineHealth } from '../../engine/health';
import type { MetricsSnapshot } from '../../engine/metrics/snapshot';
import type { StatusField } from '../contributions';
import { formatCount, formatMs, formatRate, formatShare, formatTime, formatUSD } from '../format';
import { markdownTable } from '../markdown';
import { conditionOf, conditionText, limitText } from '../metricsView/endpointCondition';
import type { EndpointCondition } from '../metricsView/endpointCondition';
import { statusFields } from './statusFields';
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
 * The warning background is for an endpoint that requests are held back from, and for a bad hour rather than a bad turn: at least
 * a quarter of at least four turns failed.
 */
const WARNING_SHARE = 0.25;
const WARNING_TURNS = 4;

/** What the item is made from. */
export interface StatusFigures {
  /** `undefined` before the first request of the window. */
  readonly metrics: MetricsSnapshot | undefined;
  /** Its first endpoint is the one that questions go to. */
  readonly health: EngineHealth | undefined;
  /** What it shows, in this order. */
  readonly fields: readonly StatusField[];
  /** Ready to show. */
  readonly endpoint: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The status bar item for these figures. It names moments and counts nothing down: each change closes an open tooltip. */
export function statusText(figures: StatusFigures, t: Translate): StatusText {
  const { metrics, now } = figures;
  const trouble = troubleOf(primaryCondition(figures.health), now, t);
  if (metrics === undefined || isEmpty(metrics)) return unmeasured(figures, trouble, t);
  const { errorShareLastHour: errors } = metrics;
  const parts = statusFields(figures.fields, metrics, figures.health, t);
  const usual = parts.length === 0 ? 'Pulse' : parts.join(' · ');
  return {
    text: `$(pulse) ${trouble ?? usual}${metrics.running > 0 ? ' …' : ''}`,
    tooltip: tooltip(figures, metrics, t),
    spoken: spoken(metrics, trouble, t),
    warning:
      trouble !== undefined || (errors >= WARNING_SHARE && metrics.turnsLastHour >= WARNING_TURNS),
  };
}

/** Nothing has ended yet. */
function unmeasured(
  { metrics, health, endpoint, now }: StatusFigures,
  trouble: string | undefined,
  t: Translate,
): StatusText {
  const isRunning = metrics !== undefined && metrics.running > 0;
  const rows = [[t('Endpoint'), endpoint] as const, ...healthRows(health, now, t)];
  const idle = isRunning ? '…' : 'Pulse';
  return {
    text: `$(pulse) ${trouble ?? idle}`,
    tooltip: markdownTable('Pulse', rows),
    spoken: trouble === undefined ? t('Pulse: nothing measured yet') : t('Pulse: {0}', trouble),
    warning: trouble !== undefined,
  };
}

/** How the endpoint that questions go to is. */
export function primaryCondition(health: EngineHealth | undefined): EndpointCondition | undefined {
  const [primary] = health?.endpoints ?? [];
  return health && primary && conditionOf(primary.endpointId, health);
}

/** In the place of the figures while requests are held back; `undefined` while all is well. */
function troubleOf(
  condition: EndpointCondition | undefined,
  now: number,
  t: Translate,
): string | undefined {
  if (condition?.kind !== 'open' && condition?.kind !== 'half_open') return undefined;
  const state = conditionText(condition, t);
  return condition.kind === 'open' && condition.retryInMs !== undefined
    ? t('{0}, next try {1}', state, formatTime(now + condition.retryInMs, now))
    : state;
}

function isEmpty(metrics: MetricsSnapshot): boolean {
  return metrics.ok + metrics.failed + metrics.stopped === 0;
}

function spoken(metrics: MetricsSnapshot, trouble: string | undefined, t: Translate): string {
  const { recentFirstTokenMs, errorShareLastHour } = metrics;
  const parts = [
    recentFirstTokenMs === undefined
      ? t('Pulse')
      : t('Pulse: median time to first token {0}', formatMs(recentFirstTokenMs)),
  ];
  if (trouble !== undefined) parts.push(trouble);
  if (errorShareLastHour > 0) {
    parts.push(t('{0} errors in the last hour', formatShare(errorShareLastHour)));
  }
  if (metrics.running > 0) parts.push(t('{0} running', metrics.running));
  return parts.join(', ');
}

function tooltip(
  { endpoint, health, now }: StatusFigures,
  metrics: MetricsSnapshot,
  t: Translate,
): string {
  const { firstToken, total, running, queued, tokensPerSecond, unpriced } = metrics;
  const rows: (readonly [string, string])[] = [
    [t('Endpoint'), endpoint],
    ...healthRows(health, now, t),
  ];
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
  if (metrics.waiting > 0) {
    rows.push([t('Waiting for a limit or recovery'), formatCount(metrics.waiting)]);
  }
  if (metrics.backingOff > 0) {
    rows.push([t('Waiting to try again'), formatCount(metrics.backingOff)]);
  }
  return markdownTable(t('Pulse, since the last reset'), rows);
}

/** The state of each endpoint (its name where there are several), and the limit that is nearest. */
function healthRows(
  health: EngineHealth | undefined,
  now: number,
  t: Translate,
): (readonly [string, string])[] {
  if (health === undefined) return [];
  const { endpoints, limits } = health;
  const rows = endpoints.map(({ endpointId }): readonly [string, string] => {
    const condition = conditionOf(endpointId, health);
    return [
      endpoints.length === 1 ? t('State') : endpointId,
      troubleOf(condition, now, t) ?? conditionText(condition, t),
    ];
  });
  const [primary] = endpoints;
  const least = tightest(limits.filter(({ endpointId }) => endpointId === primary?.endpointId));
  if (least) {
    const { family, limit } = least.limit;
    rows.push([
      t('Nearest rate limit'),
      t('{0} of {1} left, {2}', formatShare(least.share), limitText(limit, t), family),
    ]);
  }
  return rows;
}
