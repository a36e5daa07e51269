import type { Reliability } from '../../engine/metrics/incidents';
import type { RequestFigures } from '../../engine/metrics/requestFigures';
import type { MetricsSnapshot } from '../../engine/metrics/snapshot';
import { errorTitle } from '../chat/errorTexts';
import { formatCount, formatShare } from '../format';
import type { Translate } from '../translate';
import { age } from './durations';
import { leaf } from './metricNode';
import type { MetricNode } from './metricNode';
import type { MetricsContext } from './metricsTree';
import { requestNode } from './requestNode';

/** Recent errors listed. */
const MAX_ERRORS = 10;

/** How much was answered, what failed, and how long the service went without failing. */
export function reliabilityNode(
  metrics: MetricsSnapshot,
  { day, reliability }: Pick<MetricsContext, 'day' | 'reliability'>,
  t: Translate,
): MetricNode {
  const { ok, failed, stopped, retries, errorShareLastHour, errorsByKind } = metrics;
  const ended = ok + failed;
  const errors = metrics.recent.filter((record) => record.outcome === 'failed');
  return {
    id: 'reliability',
    label: t('Reliability'),
    icon: 'shield',
    expanded: true,
    ...(ended === 0 ? {} : { description: t('{0} ok', formatShare(ok / ended)) }),
    children: [
      leaf('reliability.ok', t('Answered'), formatCount(ok)),
      leaf('reliability.failed', t('Failed'), formatCount(failed)),
      leaf('reliability.stopped', t('Stopped'), formatCount(stopped)),
      leaf('reliability.share', t('Errors in the last hour'), formatShare(errorShareLastHour)),
      ...availabilityNodes(day, t),
      ...incidentNodes(reliability, t),
      leaf('reliability.retries', t('Attempts repeated'), formatCount(retries)),
      leaf(
        'reliability.continuations',
        t('Replies gone on with'),
        formatCount(metrics.continuations),
      ),
      ...errorsByKind.map(({ kind, count }) =>
        leaf(`reliability.kind:${kind}`, errorTitle(kind, t), formatCount(count), {
          icon: 'warning',
        }),
      ),
      ...(errors.length === 0
        ? []
        : [
            {
              id: 'reliability.recent',
              label: t('Recent errors'),
              icon: 'error',
              children: errors
                .slice(0, MAX_ERRORS)
                .map((record) => requestNode('reliability.recent', record, t)),
            },
          ]),
    ],
  };
}

function availabilityNodes(day: RequestFigures | undefined, t: Translate): MetricNode[] {
  const availability = day?.availability;
  if (availability === undefined) return [];
  return [
    leaf('reliability.availability', t('Availability, 24 hours'), formatShare(availability), {
      tooltip: t(
        'Share of the turns that the service answered. What failed by the request, the key or this machine does not count.',
      ),
    }),
  ];
}

function incidentNodes(reliability: Reliability | undefined, t: Translate): MetricNode[] {
  const { mtbfMs, mttrMs } = reliability ?? {};
  return [
    ...(mtbfMs === undefined
      ? []
      : [
          leaf('reliability.mtbf', t('Time between failures'), age(mtbfMs), {
            tooltip: t('Mean time between failures of the service: MTBF.'),
          }),
        ]),
    ...(mttrMs === undefined
      ? []
      : [
          leaf('reliability.mttr', t('Time to recovery'), age(mttrMs), {
            tooltip: t('Mean time from the first failure to the next answer: MTTR.'),
          }),
        ]),
  ];
}
