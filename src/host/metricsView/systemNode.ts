import type { EngineHealth } from '../../engine/health';
import type { SystemSample } from '../../engine/metrics/metricsHistory';
import { formatBytes, formatMs, formatShare } from '../format';
import type { Translate } from '../translate';
import { idPart, leaf } from './metricNode';
import type { MetricNode } from './metricNode';

const BYTES_PER_MB = 1_000_000;

/** What Pulse's process and the way to the endpoints were like in the last minute of work. */
export function systemNode(
  sample: SystemSample | undefined,
  health: EngineHealth | undefined,
  t: Translate,
): MetricNode {
  const ways = (health?.endpoints ?? []).flatMap(({ endpointId, probe }) =>
    probe === undefined ? [] : [probeLeaf(endpointId, probe, t)],
  );
  return {
    id: 'system',
    label: t('System'),
    icon: 'vm',
    description: sample === undefined ? t('not measured yet') : formatShare(sample.cpuShare),
    tooltip: t(
      'The extension host, which other extensions share. Measured once a minute while Pulse works.',
    ),
    children: [...(sample === undefined ? [] : sampleLeaves(sample, t)), ...ways],
  };
}

function sampleLeaves(sample: SystemSample, t: Translate): MetricNode[] {
  const { cpuShare, rssMB, heapMB, loopDelayMs, storeMs, networkMs } = sample;
  const memory = t('{0}, of it {1} heap', formatBytes(rssMB * BYTES_PER_MB), heapText(heapMB));
  return [
    leaf('system.cpu', t('Processor, of one core'), formatShare(cpuShare)),
    leaf('system.memory', t('Memory'), memory),
    leaf('system.loop', t('Delay of the event loop, P99'), formatMs(loopDelayMs)),
    ...(networkMs === undefined
      ? []
      : [leaf('system.network', t('Quickest new connection'), formatMs(networkMs))]),
    ...(storeMs === undefined
      ? []
      : [leaf('system.store', t('Slowest call of the history on disk'), formatMs(storeMs))]),
  ];
}

function heapText(heapMB: number): string {
  return formatBytes(heapMB * BYTES_PER_MB);
}

function probeLeaf(endpointId: string, probe: { readonly tookMs: number }, t: Translate) {
  return leaf(
    `system.probe:${idPart(endpointId)}`,
    t('Last probe of {0}', endpointId),
    formatMs(probe.tookMs),
  );
}
