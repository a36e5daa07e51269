import type { Action, ErrorKind, ServedFrom, StopReason, Timing, Usage } from '../types';

/** A finished turn as figures and the history take it: without a word of what was asked or answered. */
export interface MeasuredRequest {
  /** Unique over all windows. */
  readonly uid: string;
  /** When it ended, ms since 1970. */
  readonly at: number;
  readonly endpointId: string;
  readonly model: string;
  readonly action: Action;
  readonly outcome: 'ok' | 'failed' | 'stopped';
  readonly stopReason: StopReason | undefined;
  readonly errorKind: ErrorKind | undefined;
  /** HTTP status of the failure. */
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly attempts: number;
  /** Times that the reply broke off after visible text and was gone on with. */
  readonly continuations: number;
  /** Absent where the answer was asked for. */
  readonly servedFrom?: ServedFrom;
  readonly timing: Timing;
  readonly usage: Usage;
  /** US$; `undefined` when the price is not known. */
  readonly costUSD: number | undefined;
}

/** What the machine and the engine were like for some time, about a minute. */
export interface SystemSample {
  /** The end of that time, ms since 1970. */
  readonly at: number;
  /** Of one core, by the extension host, 0 and up. */
  readonly cpuShare: number;
  readonly rssMB: number;
  readonly heapMB: number;
  /** How late the event loop was: P99, ms. */
  readonly loopDelayMs: number;
  /** Turns on the wire and waiting for a slot, the most that were seen, and how many may run at once. */
  readonly running: number;
  readonly queued: number;
  readonly concurrency: number;
  /** What is left of the tightest rate limit, 0-1; `undefined` where none is known. */
  readonly headroom: number | undefined;
  /** The longest call of the store, ms; `undefined` without one. */
  readonly storeMs: number | undefined;
  /** The shortest time in which a new connection was made, ms; `undefined` where none was. */
  readonly networkMs: number | undefined;
}

/**
 * - `up`, `down`: a thumb; `accepted`: something of an answer was taken over (copied code, inserted, applied)
 * - `mark`: the user marked a change, to compare before and after
 */
export const METRIC_EVENT_KINDS = ['up', 'down', 'accepted', 'mark'] as const;

export interface MetricEvent {
  /** Unique over all windows. A thumb's is that of its turn, so that another one takes its place. */
  readonly uid: string;
  readonly at: number;
  readonly kind: (typeof METRIC_EVENT_KINDS)[number];
  readonly model: string | undefined;
  /** What a mark says; empty otherwise. */
  readonly label: string;
}

/** What one window gives the others. */
export interface MetricsBatch {
  readonly requests: readonly MeasuredRequest[];
  readonly samples: readonly SystemSample[];
  readonly events: readonly MetricEvent[];
}

/** What a column of words holds where there is none. */
export const NO_WORD = 65_535;

/** Column `values` of words, each an index into `names`, or `NO_WORD`. */
export interface WordColumn {
  readonly names: readonly string[];
  readonly values: Uint16Array;
}

/** Requests by column, oldest first, all columns of one length. Numbers that a request has not are NaN, its status 0. */
export interface RequestColumns {
  /** Ms since 1970. */
  readonly at: Float64Array;
  readonly endpoint: WordColumn;
  readonly model: WordColumn;
  readonly action: WordColumn;
  readonly outcome: WordColumn;
  readonly errorKind: WordColumn;
  /** Ms, as in `Timing`. */
  readonly queueMs: Float32Array;
  readonly pacingMs: Float32Array;
  readonly backoffMs: Float32Array;
  readonly recoveryMs: Float32Array;
  readonly connectMs: Float32Array;
  readonly firstByteMs: Float32Array;
  readonly firstTokenMs: Float32Array;
  readonly totalMs: Float32Array;
  readonly inputTokens: Float32Array;
  readonly outputTokens: Float32Array;
  readonly cacheReadTokens: Float32Array;
  readonly cacheWriteTokens: Float32Array;
  readonly costUSD: Float32Array;
  readonly attempts: Uint16Array;
  readonly continuations: Uint16Array;
  readonly status: Uint16Array;
  /** Where the answer was kept or shared: none where it was asked for. */
  readonly servedFrom: WordColumn;
  /** Empty where there is none. */
  readonly requestId: readonly string[];
}

/** An hour of one endpoint, model and action, kept after its requests are gone. */
export interface HourlyFigures {
  /** The hour's beginning, ms since 1970. */
  readonly at: number;
  readonly endpointId: string;
  readonly model: string;
  readonly action: Action;
  readonly ok: number;
  readonly failed: number;
  readonly stopped: number;
  readonly usage: Usage;
  readonly costUSD: number;
  readonly unpriced: number;
  /** Ms: percentiles of that hour; `undefined` where nothing was measured. */
  readonly firstTokenP50: number | undefined;
  readonly firstTokenP95: number | undefined;
  readonly firstTokenP99: number | undefined;
  readonly totalP50: number | undefined;
  readonly totalP95: number | undefined;
}

export interface MetricsRange {
  /** Ms since 1970: `from` is in it, `to` is not. */
  readonly from: number;
  readonly to: number;
}

export interface MetricsHistoryRead {
  readonly requests: RequestColumns;
  /** Whether there are more in this range than were asked for: the newest are here. */
  readonly isCut: boolean;
  /** Of more than 5,000, those of equal stretches of time are put together: mean of CPU and network, worst of the others. */
  readonly samples: readonly SystemSample[];
  readonly events: readonly MetricEvent[];
  /** Of hours whose requests are gone. */
  readonly hours: readonly HourlyFigures[];
}

/** What requests of a range cost. */
export interface Spending {
  /** US$ of those whose price is known. */
  readonly costUSD: number;
  readonly unpriced: number;
  readonly requests: number;
}

/** How long things are kept; 0: they are neither written nor kept. */
export interface MetricsRetention {
  /** Requests, samples and thumbs, days. Requests that are older live on by the hour; with 0 they go without. */
  readonly requestDays: number;
  /** Hours and marks, days. */
  readonly hourDays: number;
}

/** Metrics on disk, shared by all windows. Every call rejects with a `StoreError` on failure; none blocks the caller's thread. */
export interface MetricsHistory {
  /**
   * Writes down what this window measured, and returns what other windows wrote since this one's last call. The first call of a
   * window returns all of the last 24 hours, its own of before a reload included, at most 20,000 requests. A batch may
   * come again when its outcome is not known. `invalid` when a number in it is none.
   */
  exchangeMetrics(batch: MetricsBatch, retention: MetricsRetention): Promise<MetricsBatch>;
  /** At most `maxRequests`, the newest. */
  readMetrics(range: MetricsRange, maxRequests: number): Promise<MetricsHistoryRead>;
  /** Over all windows. Of requests that are gone, the hours count that begin in the range. */
  spending(range: MetricsRange): Promise<Spending>;
  /** Takes a thumb or a mark back. */
  removeMetricEvent(uid: string): Promise<void>;
  /** All of it, in the journal too. "Delete all chats" leaves it: nothing of a conversation is in it. */
  clearMetrics(): Promise<void>;
}
