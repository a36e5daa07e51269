import { shareLeft, tightest } from '../../engine/limitShares';
import type { EngineHealth, LimitHealth } from '../../engine/health';
import { formatCount, formatShare } from '../format';
import { escapeMarkdown, markdownTable } from '../markdown';
import type { Translate } from '../translate';
import { countdown } from './durations';
import { limitText } from './endpointCondition';
import { idPart, leaf } from './metricNode';
import type { MetricNode } from './metricNode';

/** Below this, use by others is the estimate's own error. */
const FOREIGN_FROM = 0.01;

/** What is left of the rate limits, by model family. */
export function limitsNode(health: EngineHealth | undefined, t: Translate): MetricNode {
  const shown = (health?.limits ?? []).filter(
    ({ perMinute, waiting }) => perMinute !== undefined || waiting > 0,
  );
  const families = familyNodes(shown, (health?.endpoints.length ?? 0) > 1, t);
  return {
    id: 'limits',
    label: t('Rate limits'),
    icon: 'watch',
    description: leftText(shown, t) ?? t('nothing known yet'),
    tooltip: escapeMarkdown(
      t('Learnt from what the server says with its answers, and from the settings pulse.pacing.'),
    ),
    ...(families.length === 0 ? {} : { children: families }),
  };
}

function familyNodes(
  limits: readonly LimitHealth[],
  isOneOfSeveral: boolean,
  t: Translate,
): MetricNode[] {
  const families = new Map<string, LimitHealth[]>();
  for (const limit of limits) {
    const id = `limits/${idPart(limit.endpointId)}/${idPart(limit.family)}`;
    const buckets = families.get(id) ?? [];
    buckets.push(limit);
    families.set(id, buckets);
  }
  return [...families]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([id, buckets]) => familyNode(id, buckets, isOneOfSeveral, t));
}

function familyNode(
  id: string,
  buckets: readonly LimitHealth[],
  isOneOfSeveral: boolean,
  t: Translate,
): MetricNode {
  const { endpointId = '', family = '' } = buckets[0] ?? {};
  const left = leftText(buckets, t);
  return {
    id,
    label: isOneOfSeveral ? t('{0} at {1}', family, endpointId) : family,
    icon: 'hubot',
    expanded: true,
    ...(left === undefined ? {} : { description: left }),
    children: buckets.map((bucket) => bucketNode(id, bucket, t)),
  };
}

/** Of the one that has the least. */
function leftText(limits: readonly LimitHealth[], t: Translate): string | undefined {
  const least = tightest(limits);
  return least && t('{0} left', formatShare(least.share));
}

function bucketNode(parent: string, bucket: LimitHealth, t: Translate): MetricNode {
  const { limit, resetInMs, waiting, foreignShare } = bucket;
  const share = shareLeft(bucket);
  const left = remainingText(bucket, t);
  const isFilling = resetInMs !== undefined && resetInMs > 0;
  const others = foreignShare < FOREIGN_FROM ? undefined : formatShare(foreignShare);
  return leaf(
    `${parent}/${limit}`,
    limitText(limit, t),
    [
      left,
      ...(isFilling ? [t('full in {0}', countdown(resetInMs))] : []),
      ...(others === undefined ? [] : [t('{0} used by others', others)]),
      ...(waiting > 0 ? [t('{0} waiting', formatCount(waiting))] : []),
    ].join(' · '),
    {
      tooltip: markdownTable(escapeMarkdown(limitText(limit, t)), [
        [t('Left of those a minute'), left],
        ...(share === undefined ? [] : [[t('Share left'), formatShare(share)] as const]),
        ...(isFilling ? [[t('Full in'), countdown(resetInMs)] as const] : []),
        [t('Used by others with this key'), others ?? formatShare(0)],
        [t('Waiting for it'), formatCount(waiting)],
      ]),
    },
  );
}

function remainingText({ perMinute, remaining }: LimitHealth, t: Translate): string {
  if (perMinute === undefined) return t('not known');
  return t('{0} of {1}', formatCount(remaining ?? perMinute), formatCount(perMinute));
}
