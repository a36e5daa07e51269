import type { SQLInputValue } from 'node:sqlite';
import * as v from 'valibot';
import { METRIC_EVENT_KINDS } from '../engine/metrics/metricsHistory';
import type {
  HourlyFigures,
  MeasuredRequest,
  MetricEvent,
  SystemSample,
} from '../engine/metrics/metricsHistory';
import { ERROR_KINDS } from '../engine/types';
import { actionSchema, metricOutcomeSchema, servedFromSchema } from './metricsSchemas';

/** Between what is measured and the rows of `metric_*`. */

type Row = Record<string, SQLInputValue>;

const maybeNumber = v.nullable(v.number());
const maybeText = v.nullable(v.string());

const usageFields = {
  input_tokens: v.number(),
  output_tokens: v.number(),
  cache_read_tokens: v.number(),
  cache_write_tokens: v.number(),
};
type UsageRow = v.InferOutput<v.ObjectSchema<typeof usageFields, undefined>>;

const requestRow = v.object({
  uid: v.string(),
  at: v.number(),
  endpoint: v.string(),
  model: v.string(),
  action: actionSchema,
  outcome: metricOutcomeSchema,
  stop_reason: maybeText,
  /** One that a later version wrote is as good as none. */
  error_kind: v.fallback(v.nullable(v.picklist(ERROR_KINDS)), null),
  status: maybeNumber,
  request_id: maybeText,
  attempts: v.number(),
  continuations: v.number(),
  served_from: v.nullable(servedFromSchema),
  queue_ms: v.number(),
  pacing_ms: maybeNumber,
  backoff_ms: v.number(),
  recovery_ms: maybeNumber,
  connect_ms: maybeNumber,
  first_byte_ms: maybeNumber,
  first_token_ms: maybeNumber,
  total_ms: v.number(),
  ...usageFields,
  cost_usd: maybeNumber,
});

const sampleRow = v.object({
  at: v.number(),
  cpu_share: v.number(),
  rss_mb: v.number(),
  heap_mb: v.number(),
  loop_delay_ms: v.number(),
  running: v.number(),
  queued: v.number(),
  concurrency: v.number(),
  headroom: maybeNumber,
  store_ms: maybeNumber,
  network_ms: maybeNumber,
});

const eventRow = v.object({
  uid: v.string(),
  at: v.number(),
  kind: v.picklist(METRIC_EVENT_KINDS),
  model: maybeText,
  label: v.string(),
});

const hourRow = v.object({
  at: v.number(),
  endpoint: v.string(),
  model: v.string(),
  action: actionSchema,
  ok: v.number(),
  failed: v.number(),
  stopped: v.number(),
  ...usageFields,
  cost_usd: v.number(),
  unpriced: v.number(),
  first_token_p50: maybeNumber,
  first_token_p95: maybeNumber,
  first_token_p99: maybeNumber,
  total_p50: maybeNumber,
  total_p95: maybeNumber,
});

/** Beside these a row of a window has `owner`. */
export const REQUEST_COLUMNS = Object.keys(requestRow.entries);
export const SAMPLE_COLUMNS = Object.keys(sampleRow.entries);
export const EVENT_COLUMNS = Object.keys(eventRow.entries);
export const HOUR_COLUMNS = Object.keys(hourRow.entries);

/** Takes values by the columns' names. */
export function insertInto(table: string, columns: readonly string[], or: string): string {
  const values = columns.map((column) => `:${column}`);
  return `INSERT OR ${or} INTO ${table} (${columns.join(', ')}) VALUES (${values.join(', ')})`;
}

export function toRequestRow(request: MeasuredRequest): Row {
  const { timing } = request;
  return {
    uid: request.uid,
    at: request.at,
    endpoint: request.endpointId,
    model: request.model,
    action: request.action,
    outcome: request.outcome,
    stop_reason: request.stopReason ?? null,
    error_kind: request.errorKind ?? null,
    status: request.status ?? null,
    request_id: request.requestId ?? null,
    attempts: request.attempts,
    continuations: request.continuations,
    served_from: request.servedFrom ?? null,
    queue_ms: timing.queueMs,
    pacing_ms: timing.pacingMs ?? null,
    backoff_ms: timing.backoffMs,
    recovery_ms: timing.recoveryMs ?? null,
    connect_ms: timing.connectMs ?? null,
    first_byte_ms: timing.firstByteMs ?? null,
    first_token_ms: timing.firstTokenMs ?? null,
    total_ms: timing.totalMs,
    ...toUsageRow(request.usage),
    cost_usd: request.costUSD ?? null,
  };
}

export function toSampleRow(sample: SystemSample): Row {
  return {
    at: sample.at,
    cpu_share: sample.cpuShare,
    rss_mb: sample.rssMB,
    heap_mb: sample.heapMB,
    loop_delay_ms: sample.loopDelayMs,
    running: sample.running,
    queued: sample.queued,
    concurrency: sample.concurrency,
    headroom: sample.headroom ?? null,
    store_ms: sample.storeMs ?? null,
    network_ms: sample.networkMs ?? null,
  };
}

export function toEventRow({ uid, at, kind, model, label }: MetricEvent): Row {
  return { uid, at, kind, model: model ?? null, label };
}

export function toHourRow(hour: HourlyFigures): Row {
  return {
    at: hour.at,
    endpoint: hour.endpointId,
    model: hour.model,
    action: hour.action,
    ok: hour.ok,
    failed: hour.failed,
    stopped: hour.stopped,
    ...toUsageRow(hour.usage),
    cost_usd: hour.costUSD,
    unpriced: hour.unpriced,
    first_token_p50: hour.firstTokenP50 ?? null,
    first_token_p95: hour.firstTokenP95 ?? null,
    first_token_p99: hour.firstTokenP99 ?? null,
    total_p50: hour.totalP50 ?? null,
    total_p95: hour.totalP95 ?? null,
  };
}

/** Rows that a later version wrote and this one does not understand are left out, here and below. */
export function readRequests(rows: readonly unknown[]): MeasuredRequest[] {
  return understood(requestRow, rows).map(toRequest);
}

export function readSamples(rows: readonly unknown[]): SystemSample[] {
  return understood(sampleRow, rows).map((row) => ({
    at: row.at,
    cpuShare: row.cpu_share,
    rssMB: row.rss_mb,
    heapMB: row.heap_mb,
    loopDelayMs: row.loop_delay_ms,
    running: row.running,
    queued: row.queued,
    concurrency: row.concurrency,
    headroom: row.headroom ?? undefined,
    storeMs: row.store_ms ?? undefined,
    networkMs: row.network_ms ?? undefined,
  }));
}

export function readEvents(rows: readonly unknown[]): MetricEvent[] {
  return understood(eventRow, rows).map(({ uid, at, kind, model, label }) => ({
    uid,
    at,
    kind,
    model: model ?? undefined,
    label,
  }));
}

export function readHours(rows: readonly unknown[]): HourlyFigures[] {
  return understood(hourRow, rows).map((row) => ({
    at: row.at,
    endpointId: row.endpoint,
    model: row.model,
    action: row.action,
    ok: row.ok,
    failed: row.failed,
    stopped: row.stopped,
    usage: readUsage(row),
    costUSD: row.cost_usd,
    unpriced: row.unpriced,
    firstTokenP50: row.first_token_p50 ?? undefined,
    firstTokenP95: row.first_token_p95 ?? undefined,
    firstTokenP99: row.first_token_p99 ?? undefined,
    totalP50: row.total_p50 ?? undefined,
    totalP95: row.total_p95 ?? undefined,
  }));
}

function toRequest(row: v.InferOutput<typeof requestRow>): MeasuredRequest {
  return {
    uid: row.uid,
    at: row.at,
    endpointId: row.endpoint,
    model: row.model,
    action: row.action,
    outcome: row.outcome,
    stopReason: row.stop_reason ?? undefined,
    errorKind: row.error_kind ?? undefined,
    status: row.status ?? undefined,
    requestId: row.request_id ?? undefined,
    attempts: row.attempts,
    continuations: row.continuations,
    ...(row.served_from !== null && { servedFrom: row.served_from }),
    timing: {
      queueMs: row.queue_ms,
      ...(row.pacing_ms !== null && { pacingMs: row.pacing_ms }),
      backoffMs: row.backoff_ms,
      ...(row.recovery_ms !== null && { recoveryMs: row.recovery_ms }),
      connectMs: row.connect_ms ?? undefined,
      firstByteMs: row.first_byte_ms ?? undefined,
      firstTokenMs: row.first_token_ms ?? undefined,
      totalMs: row.total_ms,
    },
    usage: readUsage(row),
    costUSD: row.cost_usd ?? undefined,
  };
}

function understood<T>(schema: v.GenericSchema<unknown, T>, rows: readonly unknown[]): T[] {
  return rows.flatMap((row) => {
    const result = v.safeParse(schema, row);
    return result.success ? [result.output] : [];
  });
}

function toUsageRow(usage: MeasuredRequest['usage']): UsageRow {
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_tokens: usage.cacheWriteTokens,
  };
}

function readUsage(row: UsageRow): MeasuredRequest['usage'] {
  return {
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cacheReadTokens: row.cache_read_tokens,
    cacheWriteTokens: row.cache_write_tokens,
  };
}
