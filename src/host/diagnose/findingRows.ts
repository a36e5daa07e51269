import type { LocalFindings } from '../../engine/diagnostics/localProbes';
import type { NetworkFindings } from '../../engine/diagnostics/networkProbes';
import type { Failure, Probe } from '../../engine/diagnostics/timed';
import type { ReportCell, Tone } from '../../protocol/report';
import { formatBytes, formatMs, formatShare } from '../format';
import type { Translate } from '../translate';

/** What was looked at, what was found, how long it took. */
export type FindingRow = ReportCell[];

/** The steps of the way to the endpoint. */
export function networkRows({ dns, tcp, tls, http }: NetworkFindings, t: Translate): FindingRow[] {
  const answer = http.outcome === 'ok' ? http.value : undefined;
  const rate = answer?.bytesPerSecond;
  return [
    probeRow(t('Name (DNS)'), dns, (addresses) => addresses.join(', '), t),
    probeRow(t('Connection (TCP)'), tcp, () => t('open'), t),
    probeRow(t('Encryption (TLS)'), tls, ({ protocol, problem }) => problem ?? protocol, t),
    probeRow(t('Request'), http, ({ status }) => t('HTTP status {0}', status), t),
    row(t('First byte'), '', answer && formatMs(answer.firstByteMs)),
    row(
      t('Speed'),
      rate === undefined ? t('unknown: too little was sent to tell') : '',
      rate === undefined ? undefined : t('{0} a second', formatBytes(rate)),
    ),
  ];
}

/** This process and its disk. */
export function localRows(
  { loop, cpuShare, heap, disk }: LocalFindings,
  t: Translate,
): FindingRow[] {
  const heapText = t('{0} of {1}', formatBytes(heap.usedBytes), formatBytes(heap.limitBytes));
  return [
    row(t('Event loop, 99th percentile'), '', formatMs(loop.p99Ms)),
    row(t('Event loop, longest'), '', formatMs(loop.maxMs)),
    row(t('Processor'), '', formatShare(cpuShare)),
    row(t('Memory of all extensions'), '', heapText),
    probeRow(t('Disk'), disk, () => t('a small file was written'), t),
  ];
}

function probeRow<T, F extends Failure>(
  label: string,
  probe: Probe<T, F>,
  describe: (value: T) => string,
  t: Translate,
): FindingRow {
  switch (probe.outcome) {
    case 'ok':
      return row(label, describe(probe.value), formatMs(probe.tookMs));
    case 'failed':
      return row(label, probe.failure.code, formatMs(probe.tookMs), 'bad');
    case 'timeout':
      return row(label, t('no answer in time'), formatMs(probe.tookMs), 'bad');
    case 'skipped':
      return row(label, t('not tried'), undefined);
  }
}

function row(
  label: string,
  found: string,
  figure: string | undefined,
  tone: Tone = 'plain',
): FindingRow {
  return [
    { text: label, tone: 'plain' },
    { text: found, tone },
    { text: figure ?? '', tone: 'plain' },
  ];
}
