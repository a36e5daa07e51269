import { assertNever } from '../../base/assertNever';
import type { BreakerHealth, EndpointHealth, EngineHealth } from '../../engine/health';
import type { EngineSettings } from '../../engine/settings';
import { formatCount, formatMs, formatSeconds, formatShare } from '../format';
import { escapeMarkdown, markdownTable } from '../markdown';
import type { Translate } from '../translate';
import { age, countdown } from './durations';
import { breakersOf, conditionOf, conditionText } from './endpointCondition';
import type { EndpointCondition } from './endpointCondition';
import { idPart, leaf } from './metricNode';
import type { MetricNode } from './metricNode';
import { concurrencyText, concurrencyTooltip } from './nowNode';

/** `settings`: as they are now, to tell where a threshold has moved. `now`: ms since 1970. */
export interface EndpointsLook {
  readonly health: EngineHealth;
  readonly settings: EngineSettings | undefined;
  readonly now: number;
}

interface Sign {
  readonly icon: string;
  readonly iconColor: string;
}

const GOOD: Sign = { icon: 'pass', iconColor: 'testing.iconPassed' };
const DOUBTFUL: Sign = { icon: 'warning', iconColor: 'list.warningForeground' };
const BAD: Sign = { icon: 'error', iconColor: 'list.errorForeground' };
const LEFT_OUT: Sign = { icon: 'circle-slash', iconColor: 'list.warningForeground' };

/** A line for each endpoint, with what is known of it. */
export function endpointNodes(look: EndpointsLook, t: Translate): MetricNode[] {
  return look.health.endpoints.map((endpoint) => endpointNode(endpoint, look, t));
}

function endpointNode(endpoint: EndpointHealth, look: EndpointsLook, t: Translate): MetricNode {
  const { endpointId, running, concurrency, firstTokenMs } = endpoint;
  const id = `endpoint/${idPart(endpointId)}`;
  const condition = conditionOf(endpointId, look.health);
  return {
    id,
    label: endpointId,
    ...signOf(condition),
    endpointId,
    description: [
      conditionText(condition, t),
      ...(condition.kind === 'open' && condition.retryInMs !== undefined
        ? [t('next try in {0}', countdown(condition.retryInMs))]
        : []),
      ...(condition.kind === 'ejected' ? [countdown(condition.forMs)] : []),
      ...(firstTokenMs === undefined ? [] : [formatSeconds(firstTokenMs)]),
      t('{0} of {1}', formatCount(running), formatCount(concurrency)),
    ].join(' · '),
    tooltip: `${escapeMarkdown(explanation(condition, t))}\n\n${markdownTable(
      escapeMarkdown(endpointId),
      [
        ...(firstTokenMs === undefined
          ? []
          : [[t('First token, smoothed'), formatMs(firstTokenMs)] as const]),
        [t('Running of those allowed'), `${running} / ${concurrency}`],
      ],
    )}`,
    children: details(id, endpoint, look, t),
  };
}

function signOf(condition: EndpointCondition): Sign {
  switch (condition.kind) {
    case 'ok':
      return GOOD;
    case 'half_open':
      return DOUBTFUL;
    case 'open':
      return BAD;
    case 'ejected':
      return LEFT_OUT;
    default:
      return assertNever(condition);
  }
}

function explanation(condition: EndpointCondition, t: Translate): string {
  switch (condition.kind) {
    case 'ok':
      return t('Answers as it should.');
    case 'half_open':
      return t('A few requests go out to see whether it is back.');
    case 'open':
      return condition.isPartial
        ? t('Requests to some of its models are held back, because they kept failing.')
        : t('Requests to it are held back, because they kept failing.');
    case 'ejected':
      return t('Failed far more often than the other endpoints, so these get its share.');
    default:
      return assertNever(condition);
  }
}

function details(
  id: string,
  endpoint: EndpointHealth,
  look: EndpointsLook,
  t: Translate,
): MetricNode[] {
  const { running, concurrency, maxConcurrency, firstTokenMs, ejectedForMs } = endpoint;
  const isOneOfSeveral = look.health.endpoints.length > 1;
  return [
    ...breakersOf(endpoint.endpointId, look.health).map((breaker) =>
      breakerNode(id, breaker, look.settings?.breaker, t),
    ),
    leaf(`${id}/running`, t('Running'), concurrencyText(running, concurrency, maxConcurrency, t), {
      tooltip: concurrencyTooltip(concurrency, maxConcurrency, t),
    }),
    ...(isOneOfSeveral
      ? [leaf(`${id}/queued`, t('Waiting for a slot'), formatCount(endpoint.queued))]
      : []),
    leaf(
      `${id}/firstToken`,
      t('First token, smoothed'),
      firstTokenMs === undefined ? '–' : formatMs(firstTokenMs),
    ),
    ...(ejectedForMs === undefined
      ? []
      : [leaf(`${id}/ejected`, t('Left out for'), countdown(ejectedForMs))]),
    connectionsNode(id, endpoint, t),
    leaf(`${id}/budget`, t('Retry budget'), formatCount(Math.floor(endpoint.retryBudget)), {
      tooltip: escapeMarkdown(
        t(
          'Retries, hedges and fallbacks that may go out now. First attempts earn more, so that an outage is never made worse.',
        ),
      ),
    }),
    probeNode(id, endpoint, look.now, t),
    ...(isOneOfSeveral
      ? [
          leaf(
            `${id}/group`,
            t('Group'),
            t('{0} · weight {1}', endpoint.group, String(endpoint.weight)),
          ),
        ]
      : []),
  ];
}

function breakerNode(
  parent: string,
  breaker: BreakerHealth,
  settings: EngineSettings['breaker'] | undefined,
  t: Translate,
): MetricNode {
  const sign = { closed: GOOD, half_open: DOUBTFUL, open: BAD }[breaker.state];
  return {
    id: `${parent}/breaker/${idPart(breaker.family)}`,
    label: t('Breaker {0}', breaker.family),
    ...sign,
    description: breakerText(breaker, t),
    tooltip: markdownTable(escapeMarkdown(t('Circuit breaker of {0}', breaker.family)), [
      [t('State'), stateText(breaker, t)],
      [
        t('Failures in a row'),
        thresholdText(breaker.failures, breaker.failureThreshold, settings?.failureThreshold, t),
      ],
      [
        t('Answers while half open'),
        thresholdText(breaker.successes, breaker.successThreshold, settings?.successThreshold, t),
      ],
      [t('Failed in the last minute'), formatShare(breaker.failureShare)],
      [t('Slow in the last minute'), formatShare(breaker.slowShare)],
      ...(breaker.retryInMs === undefined
        ? []
        : [[t('Next attempt in'), countdown(breaker.retryInMs)] as const]),
      [
        breaker.state === 'closed' ? t('Would stay open for') : t('Stays open for'),
        countdown(breaker.recoveryMs),
      ],
    ]),
  };
}

function breakerText(breaker: BreakerHealth, t: Translate): string {
  const state = stateText(breaker, t);
  switch (breaker.state) {
    case 'closed':
      return `${state} · ${t('{0} of {1} failures', breaker.failures, breaker.failureThreshold)}`;
    case 'half_open':
      return `${state} · ${t('{0} of {1} answered', breaker.successes, breaker.successThreshold)}`;
    case 'open':
      return breaker.retryInMs === undefined
        ? state
        : `${state} · ${t('next try in {0}', countdown(breaker.retryInMs))}`;
    default:
      return assertNever(breaker.state);
  }
}

function stateText({ state }: BreakerHealth, t: Translate): string {
  return { closed: t('closed'), half_open: t('half open'), open: t('open') }[state];
}

/** "2 of 4 (setting: 5)": adaptive thresholds move away from the setting. */
function thresholdText(
  count: number,
  threshold: number,
  setting: number | undefined,
  t: Translate,
): string {
  return setting === undefined || setting === threshold
    ? t('{0} of {1}', count, threshold)
    : t('{0} of {1} (setting: {2})', count, threshold, setting);
}

function connectionsNode(id: string, { connections }: EndpointHealth, t: Translate): MetricNode {
  const { open, busy, idle, waiting, elsewhere } = connections;
  if (elsewhere) {
    return leaf(`${id}/connections`, t('Connections'), t('kept by VS Code, not counted'));
  }
  return leaf(
    `${id}/connections`,
    t('Connections'),
    [
      t('{0} open', open),
      ...(busy > 0 ? [t('{0} busy', busy)] : []),
      ...(idle > 0 ? [t('{0} idle', idle)] : []),
      ...(waiting > 0 ? [t('{0} waiting', waiting)] : []),
    ].join(' · '),
  );
}

function probeNode(id: string, { probe }: EndpointHealth, now: number, t: Translate): MetricNode {
  const description =
    probe === undefined
      ? t('none yet')
      : [
          probe.ok ? t('ok') : t('failed'),
          formatMs(probe.tookMs),
          t('{0} ago', age(now - probe.at)),
        ].join(', ');
  return leaf(`${id}/probe`, t('Health probe'), description, {
    tooltip: escapeMarkdown(
      t('Asks something that costs nothing. Sent by itself while an endpoint is unwell.'),
    ),
  });
}
