import * as v from 'valibot';
import { METRIC_EVENT_KINDS } from '../engine/metrics/metricsHistory';
import type {
  HourlyFigures,
  MeasuredRequest,
  MetricEvent,
  MetricsBatch,
  MetricsHistoryRead,
  MetricsRange,
  MetricsRetention,
  RequestColumns,
  Spending,
  SystemSample,
  WordColumn,
} from '../engine/metrics/metricsHistory';
import { ERROR_KINDS } from '../engine/types';
import type { Timing, Usage } from '../engine/types';

/** Checks of metrics on their way to the store's thread and back. Numbers that are none are refused: SQLite must not meet them. */

const uid = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
/** Milliseconds since 1970. SQLite's strict integers take no fraction. */
const time = v.pipe(v.number(), v.finite(), v.transform(Math.round), v.safeInteger());
const figure = v.pipe(v.number(), v.finite());
const maybeFigure = v.optional(figure, () => undefined);
const maybeText = v.optional(v.string(), () => undefined);

export const actionSchema = v.picklist(['chat', 'inline', 'live', 'batch']);
export const metricOutcomeSchema = v.picklist(['ok', 'failed', 'stopped']);
export const servedFromSchema = v.picklist(['memory', 'disk', 'shared']);

const usageSchema = v.object({
  inputTokens: figure,
  outputTokens: figure,
  cacheReadTokens: figure,
  cacheWriteTokens: figure,
}) satisfies v.GenericSchema<unknown, Usage>;

const timingSchema = v.object({
  queueMs: figure,
  backoffMs: figure,
  pacingMs: v.exactOptional(figure),
  recoveryMs: v.exactOptional(figure),
  connectMs: maybeFigure,
  firstByteMs: maybeFigure,
  firstTokenMs: maybeFigure,
  totalMs: figure,
}) satisfies v.GenericSchema<unknown, Timing>;

const requestSchema = v.object({
  uid,
  at: time,
  endpointId: v.string(),
  model: v.string(),
  action: actionSchema,
  outcome: metricOutcomeSchema,
  stopReason: maybeText,
  errorKind: v.optional(v.picklist(ERROR_KINDS), () => undefined),
  status: maybeFigure,
  requestId: maybeText,
  attempts: figure,
  continuations: figure,
  servedFrom: v.exactOptional(servedFromSchema),
  timing: timingSchema,
  usage: usageSchema,
  costUSD: maybeFigure,
}) satisfies v.GenericSchema<unknown, MeasuredRequest>;

const sampleSchema = v.object({
  at: time,
  cpuShare: figure,
  rssMB: figure,
  heapMB: figure,
  loopDelayMs: figure,
  running: figure,
  queued: figure,
  concurrency: figure,
  headroom: maybeFigure,
  storeMs: maybeFigure,
  networkMs: maybeFigure,
}) satisfies v.GenericSchema<unknown, SystemSample>;

const eventSchema = v.object({
  uid,
  at: time,
  kind: v.picklist(METRIC_EVENT_KINDS),
  model: maybeText,
  label: v.string(),
}) satisfies v.GenericSchema<unknown, MetricEvent>;

export const metricsBatchSchema = v.object({
  requests: v.pipe(v.array(requestSchema), v.readonly()),
  samples: v.pipe(v.array(sampleSchema), v.readonly()),
  events: v.pipe(v.array(eventSchema), v.readonly()),
}) satisfies v.GenericSchema<unknown, MetricsBatch>;

const days = v.pipe(figure, v.minValue(0));
export const metricsRetentionSchema = v.object({
  requestDays: days,
  hourDays: days,
}) satisfies v.GenericSchema<unknown, MetricsRetention>;

/** The ends may be infinite. */
export const metricsRangeSchema = v.object({
  from: v.number(),
  to: v.number(),
}) satisfies v.GenericSchema<unknown, MetricsRange>;

const key = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Up to where a window has seen the tables of one file. */
export const metricsCursorSchema = v.object({
  /** `metric_state.file` */
  file: v.string(),
  /** The highest key of each table. */
  requests: key,
  samples: key,
  events: key,
});
export type MetricsCursor = v.InferOutput<typeof metricsCursorSchema>;

export const metricsExchangedSchema = v.object({
  others: metricsBatchSchema,
  seen: metricsCursorSchema,
});
export type MetricsExchanged = v.InferOutput<typeof metricsExchangedSchema>;

const hourSchema = v.object({
  at: time,
  endpointId: v.string(),
  model: v.string(),
  action: actionSchema,
  ok: figure,
  failed: figure,
  stopped: figure,
  usage: usageSchema,
  costUSD: figure,
  unpriced: figure,
  firstTokenP50: maybeFigure,
  firstTokenP95: maybeFigure,
  firstTokenP99: maybeFigure,
  totalP50: maybeFigure,
  totalP95: maybeFigure,
}) satisfies v.GenericSchema<unknown, HourlyFigures>;

/** Columns are long: what they are is checked, not each value. */
const floats = v.instance(Float32Array);
const words = v.object({
  names: v.pipe(v.array(v.string()), v.readonly()),
  values: v.instance(Uint16Array),
}) satisfies v.GenericSchema<unknown, WordColumn>;

const requestColumnsSchema = v.pipe(
  v.object({
    at: v.instance(Float64Array),
    endpoint: words,
    model: words,
    action: words,
    outcome: words,
    errorKind: words,
    queueMs: floats,
    pacingMs: floats,
    backoffMs: floats,
    recoveryMs: floats,
    connectMs: floats,
    firstByteMs: floats,
    firstTokenMs: floats,
    totalMs: floats,
    inputTokens: floats,
    outputTokens: floats,
    cacheReadTokens: floats,
    cacheWriteTokens: floats,
    costUSD: floats,
    attempts: v.instance(Uint16Array),
    continuations: v.instance(Uint16Array),
    status: v.instance(Uint16Array),
    servedFrom: words,
    requestId: v.custom<readonly string[]>(isTexts),
  }),
  v.check((columns) => areOfOneLength(columns), 'columns of different lengths'),
) satisfies v.GenericSchema<unknown, RequestColumns>;

export const metricsReadSchema = v.object({
  requests: requestColumnsSchema,
  isCut: v.boolean(),
  samples: v.pipe(v.array(sampleSchema), v.readonly()),
  events: v.pipe(v.array(eventSchema), v.readonly()),
  hours: v.pipe(v.array(hourSchema), v.readonly()),
}) satisfies v.GenericSchema<unknown, MetricsHistoryRead>;

export const spendingSchema = v.object({
  costUSD: figure,
  unpriced: figure,
  requests: figure,
}) satisfies v.GenericSchema<unknown, Spending>;

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function areOfOneLength(columns: RequestColumns): boolean {
  return Object.values(columns).every(
    (column: WordColumn | { readonly length: number }) =>
      ('values' in column && 'names' in column ? column.values : column).length ===
      columns.at.length,
  );
}
