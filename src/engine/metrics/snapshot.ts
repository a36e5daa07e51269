import type { MeasuredRequest } from './metricsHistory';
import type { ErrorInfo, ErrorKind, Usage } from '../types';

/** One turn as the recorder keeps it. */
export interface RequestRecord extends Omit<MeasuredRequest, 'errorKind' | 'status'> {
  /** Counted up from 1 in this window. */
  readonly id: number;
  readonly error: ErrorInfo | undefined;
}

/** Of a record, what is measured: without the words of its error. */
export function measuredOf(record: RequestRecord): MeasuredRequest {
  const { id: _id, error, ...rest } = record;
  return { ...rest, errorKind: error?.kind, status: error?.status };
}

/** Milliseconds. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface ModelMetrics {
  readonly model: string;
  readonly firstToken: Percentiles;
  readonly total: Percentiles;
  /** Output tokens per second between first token and end: median. */
  readonly tokensPerSecond: number | undefined;
}

export interface ErrorCount {
  readonly kind: ErrorKind;
  readonly count: number;
  /** Of the newest such errors that had one, newest first, at most 5. */
  readonly requestIds: readonly string[];
}

/** Everything shown in the status bar and the metrics tree, since the last reset. */
export interface MetricsSnapshot {
  /** Turns on the wire, waiting for a slot, waiting between attempts. */
  readonly running: number;
  readonly queued: number;
  readonly backingOff: number;
  /** Turns waiting for a rate limit, an endpoint or the network. */
  readonly waiting: number;
  readonly concurrency: number;
  /** Finished turns. */
  readonly ok: number;
  readonly failed: number;
  readonly stopped: number;
  /** Attempts beyond the first, over all turns. */
  readonly retries: number;
  /** Replies gone on with after they broke off. */
  readonly continuations: number;
  readonly firstToken: Percentiles;
  readonly total: Percentiles;
  readonly byModel: readonly ModelMetrics[];
  /** Median time to first token of the last 20 turns that had one, ms. */
  readonly recentFirstTokenMs: number | undefined;
  /** Failed share of the turns that ended in the last hour, 0-1 (stopped ones do not count). */
  readonly errorShareLastHour: number;
  /** Turns that ended in the last minute and in the last hour. */
  readonly turnsLastMinute: number;
  readonly turnsLastHour: number;
  /** Output tokens per second, median over all turns. */
  readonly tokensPerSecond: number | undefined;
  readonly errorsByKind: readonly ErrorCount[];
  readonly usage: Usage;
  /** US$ of the turns whose price is known. */
  readonly costUSD: number;
  /** Turns without a known price. */
  readonly unpriced: number;
  /** Newest first, at most 50. */
  readonly recent: readonly RequestRecord[];
  /** Wall time of the last reset, ms since 1970. */
  readonly since: number;
}
