import type {
  MetricsSnapshot,
  ModelMetrics,
  Percentiles,
  RequestRecord,
} from '../../engine/metrics/snapshot';
import { alertsNode, budgetNodes } from '../alerts/alertsNode';
import { formatCount, formatMs, formatRate, formatUSD } from '../format';
import { escapeMarkdown } from '../markdown';
import type { Translate } from '../translate';
import { cachesNode } from './cachesNode';
import { endpointNodes } from './endpointNodes';
import { conditionOf } from './endpointCondition';
import { limitsNode } from './limitsNode';
import { leaf } from './metricNode';
import type { MetricNode } from './metricNode';
import type { MetricsContext } from './metricsContext';
import { nowNode } from './nowNode';
import { reliabilityNode } from './reliabilityNode';
import { requestNode } from './requestNode';
import { settingsNode } from './settingsNode';
import { systemNode } from './systemNode';

/** The whole metrics tree for these figures. `now`: ms since 1970. */
export function metricsTree(
  metrics: MetricsSnapshot,
  context: MetricsContext,
  t: Translate,
  now: number,
): MetricNode[] {
  const { health, settings, withoutEffect } = context;
  return [
    ...(context.alerts === undefined ? [] : [alertsNode(context.alerts, now, t)]),
    nowNode(metrics, health, t),
    latency(metrics, t),
    reliabilityNode(metrics, context, t),
    throughput(metrics, context, t),
    cost(metrics, context, t),
    endpoints(context, t, now),
    limitsNode(health, t),
    cachesNode(metrics, health, settings, t),
    systemNode(context.system, health, t),
    recent(metrics, t),
    ...(settings === undefined
      ? []
      : [settingsNode(settings, { metrics, health, withoutEffect }, t)]),
  ];
}

function latency(metrics: MetricsSnapshot, t: Translate): MetricNode {
  const { recentFirstTokenMs } = metrics;
  return {
    id: 'latency',
    label: t('Latency'),
    icon: 'dashboard',
    expanded: true,
    ...(recentFirstTokenMs === undefined ? {} : { description: formatMs(recentFirstTokenMs) }),
    tooltip: t('Median time to first token of the last 20 requests; below since the last reset.'),
    children: [
      percentilesNode('latency.firstToken', t('First token'), metrics.firstToken, t),
      percentilesNode('latency.total', t('Total'), metrics.total, t),
      // By name: lines that change places under the reader's eyes can't be read.
      ...metrics.byModel
        .toSorted((a, b) => a.model.localeCompare(b.model))
        .map((model) => modelLatency(model, t)),
    ],
  };
}

function modelLatency(model: ModelMetrics, t: Translate): MetricNode {
  const id = `latency.model:${model.model}`;
  return {
    id,
    label: model.model,
    icon: 'hubot',
    ...(model.firstToken.count === 0 ? {} : { description: formatMs(model.firstToken.p50) }),
    children: [
      percentilesNode(`${id}.firstToken`, t('First token'), model.firstToken, t),
      percentilesNode(`${id}.total`, t('Total'), model.total, t),
      leaf(`${id}.rate`, t('Tokens per second'), rateText(model.tokensPerSecond)),
    ],
  };
}

function throughput(metrics: MetricsSnapshot, { day }: MetricsContext, t: Translate): MetricNode {
  const { usage } = metrics;
  return {
    id: 'throughput',
    label: t('Throughput'),
    icon: 'graph-line',
    description: t('{0} tokens/s', rateText(metrics.tokensPerSecond)),
    tooltip: t('Median of output tokens per second between first token and end.'),
    children: [
      leaf(
        'throughput.minute',
        t('Turns in the last minute'),
        formatCount(metrics.turnsLastMinute),
      ),
      leaf('throughput.hour', t('Turns in the last hour'), formatCount(metrics.turnsLastHour)),
      ...(day === undefined
        ? []
        : [leaf('throughput.day', t('Turns in the last 24 hours'), formatCount(day.ended))]),
      leaf('throughput.rate', t('Output tokens per second'), rateText(metrics.tokensPerSecond)),
      leaf('throughput.input', t('Input tokens'), formatCount(usage.inputTokens)),
      leaf('throughput.output', t('Output tokens'), formatCount(usage.outputTokens)),
      leaf('throughput.cacheRead', t('Read from the cache'), formatCount(usage.cacheReadTokens)),
      leaf('throughput.cacheWrite', t('Written to the cache'), formatCount(usage.cacheWriteTokens)),
    ],
  };
}

function cost(metrics: MetricsSnapshot, { alerts }: MetricsContext, t: Translate): MetricNode {
  return {
    id: 'cost',
    label: t('Cost'),
    icon: 'credit-card',
    description: formatUSD(metrics.costUSD),
    children: [
      leaf('cost.known', t('Turns with a known price'), formatUSD(metrics.costUSD)),
      leaf('cost.unpriced', t('Turns without a known price'), formatCount(metrics.unpriced)),
      ...budgetNodes('cost', alerts?.budgets ?? [], t),
    ],
  };
}

function endpoints(context: MetricsContext, t: Translate, now: number): MetricNode {
  const { connections, health, settings } = context;
  return {
    id: 'endpoint',
    label: t('Endpoints'),
    icon: 'server',
    expanded: true,
    description: endpointsText(context, t),
    children: [
      ...(health === undefined
        ? [leaf('endpoint.name', t('Endpoint'), context.endpoint)]
        : endpointNodes({ health, settings, now }, t)),
      leaf('endpoint.key', t('API key'), context.key),
      ...(connections === undefined
        ? []
        : [
            leaf(
              'endpoint.connections',
              t('Connections'),
              connections.elsewhere
                ? t('kept by VS Code, not counted')
                : t('{0} open, {1} in use', connections.open, connections.busy),
            ),
          ]),
    ],
  };
}

function endpointsText({ endpoint, health }: MetricsContext, t: Translate): string {
  const all = health?.endpoints ?? [];
  if (health === undefined || all.length < 2) return endpoint;
  const ok = all.filter(({ endpointId }) => conditionOf(endpointId, health).kind === 'ok');
  return t('{0} of {1} ok', ok.length, all.length);
}

function recent(metrics: MetricsSnapshot, t: Translate): MetricNode {
  return {
    id: 'recent',
    label: t('Recent requests'),
    icon: 'history',
    expanded: true,
    children: metrics.recent.map((record: RequestRecord) => requestNode('recent', record, t)),
  };
}

function percentilesNode(
  id: string,
  label: string,
  percentiles: Percentiles,
  t: Translate,
): MetricNode {
  return {
    id,
    label,
    description: percentilesText(percentiles),
    // Narrow side bars cut the line.
    tooltip: `${escapeMarkdown(percentilesText(percentiles))}\n\n${t('Of {0} requests since the last reset.', formatCount(percentiles.count))}`,
  };
}

function percentilesText({ count, p50, p95, p99 }: Percentiles): string {
  if (count === 0) return '–';
  return `P50 ${formatMs(p50)} · P95 ${formatMs(p95)} · P99 ${formatMs(p99)}`;
}

function rateText(perSecond: number | undefined): string {
  return perSecond === undefined ? '–' : formatRate(perSecond);
}
