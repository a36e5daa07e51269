import { tightest } from '../../engine/limitShares';
import type { EngineHealth } from '../../engine/health';
import type { MetricsSnapshot } from '../../engine/metrics/snapshot';
import type { StatusAlert } from '../alerts/statusAlert';
import type { StatusField } from '../contributions';
import { formatCount, formatMs, formatRate, formatShare, formatTime, formatUSD } from '../format';
import { escapeMarkdown, markdownTable } from '../markdown';
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
  /** Its background: for alerts, and for an endpoint that requests are held back from. */
  readonly tone: 'usual' | 'warning' | 'error';
}

/** What the item is made from. */
export interface StatusFigures {
  /** `undefined` before the first request of the window. */
  readonly metrics: MetricsSnapshot | undefined;
  /** Its first endpoint is the one that questions go to. */
  readonly health: EngineHealth | undefined;
  /** That are not snoozed. */
  readonly alert: StatusAlert | undefined;
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
  const { alert } = figures;
  const shown = trouble === undefined ? statusFields(figures, metrics, t) : [trouble];
  const parts = [...shown, ...(alert === undefined ? [] : [alert.text])];
  const text = parts.length === 0 ? 'Pulse' : parts.join(' · ');
  return {
    text: `$(pulse) ${text}${metrics.running > 0 ? ' …' : ''}`,
    tooltip: tooltip(figures, metrics, t),
    spoken: spoken(metrics, [trouble, ...(alert?.sentences ?? [])], t),
    tone: toneOf(trouble, alert),
  };
}

function toneOf(trouble: string | undefined, alert: StatusAlert | undefined): StatusText['tone'] {
  return alert?.tone ?? (trouble === undefined ? 'usual' : 'warning');
}

/** Nothing has ended yet. */
function unmeasured(
  { metrics, health, endpoint, alert, now }: StatusFigures,
  trouble: string | undefined,
  t: Translate,
): StatusText {
  const isRunning = metrics !== undefined && metrics.running > 0;
  const rows = [[t('Endpoint'), endpoint] as const, ...healthRows(health, now, t)];
  const idle = isRunning ? '…' : 'Pulse';
  const wrong = trouble ?? alert?.text;
  return {
    text: `$(pulse) ${wrong ?? idle}`,
    tooltip: withAlerts(markdownTable('Pulse', rows), alert),
    spoken: wrong === undefined ? t('Pulse: nothing measured yet') : t('Pulse: {0}', wrong),
    tone: toneOf(trouble, alert),
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

function spoken(
  metrics: MetricsSnapshot,
  wrong: readonly (string | undefined)[],
  t: Translate,
): string {
  const { recentFirstTokenMs, errorShareLastHour } = metrics;
  const parts = [
    recentFirstTokenMs === undefined
      ? t('Pulse')
      : t('Pulse: median time to first token {0}', formatMs(recentFirstTokenMs)),
  ];
  parts.push(...wrong.filter((text) => text !== undefined));
  if (errorShareLastHour > 0) {
    parts.push(t('{0} errors in the last hour', formatShare(errorShareLastHour)));
  }
  if (metrics.running > 0) parts.push(t('{0} running', metrics.running));
  return parts.join(', ');
}

function tooltip(
  { endpoint, health, alert, now }: StatusFigures,
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
  return withAlerts(markdownTable(t('Pulse, since the last reset'), rows), alert);
}

/** What is wrong stands above the figures. */
function withAlerts(table: string, alert: StatusAlert | undefined): string {
  const sentences = alert?.sentences ?? [];
  return [...sentences.map((sentence) => escapeMarkdown(sentence)), table].join('\n\n');
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
