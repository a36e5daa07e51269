import type { Buckets } from '../data/buckets';
import { formatDuration } from '../../shared/format';
import { formatNumber, formatUSD } from '../texts/format';
import { texts } from '../texts/texts';
import { bridged } from './spec';
import type { ChartSpec, ColorName, DrawnLine, Series } from './spec';
import { summaryOf } from './summary';

/** Errors of so many kinds have a colour each, the others share one. */
const KIND_COLORS: readonly ColorName[] = ['red', 'orange', 'purple', 'teal', 'blue'];
/** Over so many buckets without a request a line goes on. */
const BRIDGE = 3;

/**
 * Charts of what the requests came to, with dashed lines of the period before where there is one. `nameOf`: what a kind of error is
 * called.
 */
export function requestSpecs(
  buckets: Buckets,
  before: Buckets | undefined,
  nameOf: (kind: string) => string,
): ChartSpec[] {
  return [
    latencySpec(buckets, before),
    errorSpec(buckets, before, nameOf),
    throughputSpec(buckets, before),
    costSpec(buckets, before),
  ];
}

function latencySpec(buckets: Buckets, before: Buckets | undefined): ChartSpec {
  const lines = [
    ['P50', 'firstTokenP50', 'blue'],
    ['P95', 'firstTokenP95', 'orange'],
    ['P99', 'firstTokenP99', 'purple'],
  ] as const;
  const series = lines.map(([label, name, color]) =>
    line(label, color, bridged(buckets[name], BRIDGE)),
  );
  // The 99th percentile of two periods on one chart says nothing.
  const compared = before ? lines.slice(0, 2) : [];
  const earlier = compared.map(([label, name, color]) =>
    dashed(texts.before(label), color, bridged(before?.[name] ?? [], BRIDGE)),
  );
  return made({
    id: 'latency',
    title: texts.charts.latency,
    series: [...series, ...earlier],
    left: { format: formatDuration, atLeast: 100 },
  });
}

function errorSpec(
  buckets: Buckets,
  before: Buckets | undefined,
  nameOf: (kind: string) => string,
): ChartSpec {
  // By name, so that a kind keeps its colour while others get more.
  const kinds = [...buckets.errors]
    .slice(0, KIND_COLORS.length)
    .sort(([a], [b]) => a.localeCompare(b));
  const rest = buckets.failed.map((failed, bucket) =>
    kinds.reduce((left, [, counts]) => left - (counts[bucket] ?? 0), failed),
  );
  const series = kinds.map(([kind, values], index) =>
    shaped(
      'stack',
      line(kind === '' ? texts.unknownError : nameOf(kind), KIND_COLORS[index] ?? 'gray', values),
    ),
  );
  if (rest.some((count) => count > 0) || series.length === 0) {
    series.push(shaped('stack', line(texts.otherErrors, 'gray', rest)));
  }
  return made({
    id: 'errors',
    title: texts.charts.errors,
    countsFromZero: true,
    series: [...series, ...(before ? [dashed(texts.errorsBefore, 'gray', before.failed)] : [])],
    left: { format: formatNumber, atLeast: 4 },
  });
}

function throughputSpec(buckets: Buckets, before: Buckets | undefined): ChartSpec {
  const series: Series[] = [
    shaped('area', line(texts.perMinute, 'blue', buckets.perMinute)),
    { ...line(texts.rate, 'green', bridged(buckets.rate, BRIDGE)), scale: 'right' },
  ];
  if (before) {
    series.push(dashed(texts.before(texts.perMinute), 'blue', before.perMinute), {
      ...dashed(texts.before(texts.rate), 'green', bridged(before.rate, BRIDGE)),
      scale: 'right',
    });
  }
  return made({
    id: 'throughput',
    title: texts.charts.throughput,
    countsFromZero: true,
    series,
    left: { format: formatNumber, atLeast: 0.1 },
    right: { format: formatNumber, atLeast: 10 },
  });
}

function costSpec(buckets: Buckets, before: Buckets | undefined): ChartSpec {
  const bars = shaped('bars', line(texts.cost, 'green', buckets.costUSD));
  return made({
    id: 'cost',
    title: texts.charts.cost,
    countsFromZero: true,
    series: [bars, ...(before ? [dashed(texts.before(texts.cost), 'gray', before.costUSD)] : [])],
    left: { format: formatUSD, atLeast: 0.001 },
  });
}

/** A line on the left scale. */
export function line(label: string, color: ColorName, values: DrawnLine): Series {
  return { label, values, color, scale: 'left', form: 'line', isBefore: false };
}

/** Drawn otherwise than as a line. */
export function shaped(form: Series['form'], series: Series): Series {
  return { ...series, form };
}

function dashed(label: string, color: ColorName, values: DrawnLine): Series {
  return { ...line(label, color, values), isBefore: true };
}

/** With its summary. */
export function made(spec: Omit<ChartSpec, 'summary'>): ChartSpec {
  return { ...spec, summary: summaryOf(spec) };
}
