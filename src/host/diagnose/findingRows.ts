import type { HttpAnswer } from '../../engine/diagnostics/httpProbe';
import type { LocalFindings } from '../../engine/diagnostics/localProbes';
import type { MemorySample } from '../../engine/diagnostics/memoryWatch';
import type { NetworkFindings } from '../../engine/diagnostics/networkProbes';
import type { Failure, Probe } from '../../engine/diagnostics/timed';
import type { ReportCell, Tone } from '../../protocol/report';
import { formatBytes, formatMs, formatShare } from '../format';
import type { Translate } from '../translate';

/** What was looked at, what was found, how long it took. */
export type FindingRow = ReportCell[];

/** The steps of the way to the endpoint. */
export function networkRows({ dns, tcp, tls, http }: NetworkFindings, t: Translate): FindingRow[] {
  const isPlain = tls.outcome === 'skipped' && tcp.outcome === 'ok';
  return [
    dns.outcome === 'skipped'
      ? row(t('Name (DNS)'), t('not needed: the address is a number'))
      : probeRow(t('Name (DNS)'), dns, (addresses) => addresses.join(', '), t),
    probeRow(t('Connection (TCP)'), tcp, () => t('open'), t),
    isPlain
      ? row(t('Encryption (TLS)'), t('none: plain HTTP'))
      : probeRow(t('Encryption (TLS)'), tls, ({ protocol, problem }) => problem ?? protocol, t),
    probeRow(t('Request'), http, ({ status }) => t('HTTP status {0}', status), t),
    ...(http.outcome === 'ok' ? answerRows(http.value, t) : []),
  ];
}

function answerRows({ firstByteMs, bytesPerSecond }: HttpAnswer, t: Translate): FindingRow[] {
  return [
    row(t('First byte'), '', formatMs(firstByteMs)),
    bytesPerSecond === undefined
      ? row(t('Speed'), t('unknown: too little was sent to tell'))
      : row(t('Speed'), '', t('{0} a second', formatBytes(bytesPerSecond))),
  ];
}

/** This process and its disk. */
export function localRows(
  { loop, cpuShare, machineShare, heap, disk }: LocalFindings,
  memory: readonly MemorySample[],
  t: Translate,
): FindingRow[] {
  const heapText = t('{0} of {1}', formatBytes(heap.usedBytes), formatBytes(heap.limitBytes));
  return [
    row(t('Event loop late by, 99th percentile'), '', formatMs(loop.p99Ms)),
    row(t('Event loop late by, longest'), '', formatMs(loop.maxMs)),
    row(t('Extensions, share of a core'), '', formatShare(cpuShare)),
    row(t('All programs, share of the machine'), '', formatShare(machineShare)),
    row(t('Memory of all extensions'), '', heapText),
    ...memoryRows(memory, t),
    probeRow(t('Disk: writing a small file'), disk, () => '', t),
  ];
}

/** How it went; nothing where the watch has only begun. */
function memoryRows(memory: readonly MemorySample[], t: Translate): FindingRow[] {
  const [first] = memory;
  const last = memory.at(-1);
  if (!first || !last || first === last) return [];
  const change = t('{0}, then {1}', formatBytes(first.heldBytes), formatBytes(last.heldBytes));
  return [row(t('The same in {0}, with buffers', formatMs(last.at - first.at)), '', change)];
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
      return row(label, t('not tried'));
  }
}

function row(label: string, found: string, figure = '', tone: Tone = 'plain'): FindingRow {
  return [
    { text: label, tone: 'plain' },
    { text: found, tone },
    { text: figure, tone: 'plain' },
  ];
}
