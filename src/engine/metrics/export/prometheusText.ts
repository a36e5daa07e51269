import type { BucketCounts } from './bucketCounts';
import type { MetricFamily } from './metricFamily';
import type { Labels } from './seriesSet';

/** Of what `prometheusText` writes. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics in Prometheus's text format 0.0.4. Those without any series are left out. `version`: of Pulse. */
export function prometheusText(families: readonly MetricFamily[], version: string): string {
  const info: MetricFamily = {
    name: 'pulse_build_info',
    otelName: 'pulse.build',
    unit: '1',
    help: 'The version of Pulse that tells this.',
    kind: 'gauge',
    series: [{ labels: { version }, value: 1 }],
  };
  const lines = [info, ...families].filter(({ series }) => series.length > 0).flatMap(familyLines);
  return `${lines.join('\n')}\n`;
}

function familyLines(family: MetricFamily): readonly string[] {
  const { name, help, kind } = family;
  const head = [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${kind}`];
  if (family.kind === 'histogram') {
    return [...head, ...family.series.flatMap((one) => bucketLines(name, one.labels, one.value))];
  }
  return [...head, ...family.series.map(({ labels, value }) => sample(name, labels, value))];
}

/** Prometheus counts in each bucket what is in the ones below, too. */
function bucketLines(name: string, labels: Labels, value: BucketCounts): readonly string[] {
  let below = 0;
  const buckets = value.counts.map((count, index) => {
    below += count;
    const bound = value.bounds[index];
    const le = bound === undefined ? '+Inf' : String(bound);
    return sample(`${name}_bucket`, { ...labels, le }, below);
  });
  return [
    ...buckets,
    sample(`${name}_sum`, labels, value.sum),
    sample(`${name}_count`, labels, value.count),
  ];
}

function sample(name: string, labels: Labels, value: number): string {
  // To Prometheus an empty label is none.
  const pairs = Object.entries(labels)
    .filter(([, text]) => text !== '')
    .map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', String.raw`\n`);
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', String.raw`\"`);
}
