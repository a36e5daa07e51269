import { OTEL_CONSTANTS, OTEL_NAMES } from '../openTelemetry';
import type { OtelAttributes } from '../openTelemetry';
import type { BucketCounts } from './bucketCounts';
import type { MetricFamily } from './metricFamily';
import { nanoTime, otlpAttributes, otlpResource, otlpScope } from './otlpValues';
import type { OtlpAttribute, OtlpResource, OtlpScope, OtlpSource } from './otlpValues';
import type { Labels } from './seriesSet';

/** AGGREGATION_TEMPORALITY_CUMULATIVE of the protocol. */
const CUMULATIVE = 2;

interface Point {
  readonly attributes: readonly OtlpAttribute[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
}
interface NumberPoint extends Point {
  readonly asDouble: number;
}
interface HistogramPoint extends Point {
  readonly count: string;
  readonly sum: number;
  readonly bucketCounts: readonly string[];
  readonly explicitBounds: readonly number[];
}
type OtlpMetric = {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
} & (
  | { readonly gauge: { readonly dataPoints: readonly NumberPoint[] } }
  | {
      readonly sum: {
        readonly aggregationTemporality: typeof CUMULATIVE;
        readonly isMonotonic: true;
        readonly dataPoints: readonly NumberPoint[];
      };
    }
  | {
      readonly histogram: {
        readonly aggregationTemporality: typeof CUMULATIVE;
        readonly dataPoints: readonly HistogramPoint[];
      };
    }
);

/** ExportMetricsServiceRequest of the protocol, version 1. */
export interface OtlpMetricsRequest {
  readonly resourceMetrics: readonly {
    readonly resource: OtlpResource;
    readonly scopeMetrics: readonly {
      readonly scope: OtlpScope;
      readonly metrics: readonly OtlpMetric[];
    }[];
  }[];
}

/** When counting began and when it was read, ms since 1970. */
export interface Span {
  readonly since: number;
  readonly at: number;
}

/** Metrics as they stand. Those without any series are left out. */
export function otlpMetrics(
  families: readonly MetricFamily[],
  { since, at }: Span,
  source: OtlpSource,
): OtlpMetricsRequest {
  const times = { startTimeUnixNano: nanoTime(since), timeUnixNano: nanoTime(at) };
  const metrics = families
    .filter(({ series }) => series.length > 0)
    .map((family) => otlpMetric(family, times));
  return {
    resourceMetrics: [
      { resource: otlpResource(source), scopeMetrics: [{ scope: otlpScope(source), metrics }] },
    ],
  };
}

type Times = Required<Pick<Point, 'startTimeUnixNano' | 'timeUnixNano'>>;

function otlpMetric(family: MetricFamily, times: Times): OtlpMetric {
  const { otelName: name, help: description, unit } = family;
  const isConvention = name.startsWith('gen_ai.');
  const attributes = (labels: Labels) => otlpAttributes(otelLabels(labels, isConvention));
  const head = { name, description, unit };
  switch (family.kind) {
    case 'gauge': {
      const { timeUnixNano } = times;
      const dataPoints = family.series.map(({ labels, value }) => ({
        attributes: attributes(labels),
        timeUnixNano,
        asDouble: value,
      }));
      return { ...head, gauge: { dataPoints } };
    }
    case 'counter': {
      const dataPoints = family.series.map(({ labels, value }) => ({
        attributes: attributes(labels),
        ...times,
        asDouble: value,
      }));
      return {
        ...head,
        sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints },
      };
    }
    case 'histogram': {
      const dataPoints = family.series.map(({ labels, value }) => ({
        attributes: attributes(labels),
        ...times,
        ...buckets(value),
      }));
      return { ...head, histogram: { aggregationTemporality: CUMULATIVE, dataPoints } };
    }
  }
}

function buckets({ bounds, counts, sum, count }: BucketCounts): Omit<HistogramPoint, keyof Point> {
  return {
    count: String(count),
    sum,
    bucketCounts: counts.map(String),
    explicitBounds: bounds,
  };
}

const LABEL_NAMES: Readonly<Record<string, string>> = {
  endpoint: OTEL_NAMES.endpoint,
  model: OTEL_NAMES.model,
  action: OTEL_NAMES.action,
  error: OTEL_NAMES.error,
  type: OTEL_NAMES.tokenType,
};

function otelLabels(labels: Labels, isConvention: boolean): OtelAttributes {
  const named: Record<string, string> = isConvention ? { ...OTEL_CONSTANTS } : {};
  for (const [name, value] of Object.entries(labels)) {
    named[LABEL_NAMES[name] ?? `pulse.${name}`] = value;
  }
  return named;
}
