import type { EngineHealth } from '../../engine/health';
import type { MetricsSnapshot } from '../../engine/metrics/snapshot';
import { formatCount } from '../format';
import { escapeMarkdown } from '../markdown';
import type { Translate } from '../translate';
import { leaf } from './metricNode';
import type { MetricNode } from './metricNode';

/** What runs and what waits at this moment. */
export function nowNode(
  metrics: MetricsSnapshot,
  health: EngineHealth | undefined,
  t: Translate,
): MetricNode {
  const { running, queued, waiting, backingOff } = metrics;
  return {
    id: 'now',
    label: t('Now'),
    icon: 'pulse',
    expanded: true,
    description: summary(running, queued + waiting + backingOff, t),
    children: [
      runningNode(metrics, health, t),
      leaf('now.queued', t('Waiting for a slot'), formatCount(queued)),
      waitingNode(waiting, health, t),
      leaf('now.backingOff', t('Waiting to try again'), formatCount(backingOff)),
    ],
  };
}

function summary(running: number, waiting: number, t: Translate): string {
  const parts = [
    ...(running > 0 ? [t('{0} running', formatCount(running))] : []),
    ...(waiting > 0 ? [t('{0} waiting', formatCount(waiting))] : []),
  ];
  return parts.length === 0 ? t('idle') : parts.join(' · ');
}

function runningNode(
  { running, concurrency }: MetricsSnapshot,
  health: EngineHealth | undefined,
  t: Translate,
): MetricNode {
  const endpoints = health?.endpoints ?? [];
  const allowed =
    endpoints.length === 0 ? concurrency : sum(endpoints.map((one) => one.concurrency));
  const most = Math.max(allowed, sum(endpoints.map((one) => one.maxConcurrency)));
  return leaf('now.running', t('Running'), concurrencyText(running, allowed, most, t), {
    tooltip: concurrencyTooltip(allowed, most, t),
  });
}

/** "2 of 8, at most 10": what runs, what may run now, and the setting where that is more. */
export function concurrencyText(
  running: number,
  allowed: number,
  most: number,
  t: Translate,
): string {
  const figures = [running, allowed, most].map(formatCount);
  return allowed < most ? t('{0} of {1}, at most {2}', ...figures) : t('{0} of {1}', ...figures);
}

/** Markdown. */
export function concurrencyTooltip(allowed: number, most: number, t: Translate): string {
  const text =
    allowed < most
      ? t(
          'Lowered from {0} after answers that said overloaded or too many requests, or because first tokens got slower. It rises again by itself while all is well.',
          formatCount(most),
        )
      : t('As many at once as the setting pulse.concurrency allows.');
  return escapeMarkdown(text);
}

function waitingNode(waiting: number, health: EngineHealth | undefined, t: Translate): MetricNode {
  const paced = Math.min(waiting, sum((health?.limits ?? []).map((limit) => limit.waiting)));
  return leaf('now.waiting', t('Waiting for a limit or recovery'), formatCount(waiting), {
    tooltip: escapeMarkdown(
      t(
        '{0} for a rate limit, {1} for an endpoint or the network.',
        formatCount(paced),
        formatCount(waiting - paced),
      ),
    ),
  });
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}
