import * as v from 'valibot';

/** What the dashboard's page and the host say to each other. Figures travel as columns: a hundred thousand requests in one message. */

/** How far back the dashboard looks. `all`: as far as anything is kept. */
export const DASHBOARD_RANGES = ['hour', 'day', 'week', 'month', 'all'] as const;
export type DashboardRange = (typeof DASHBOARD_RANGES)[number];

/** In a column of words: there is none. */
export const NO_WORD = 65_535;

const numbers = v.instance(Float32Array);
const times = v.instance(Float64Array);

/** Each value an index into `names`, or `NO_WORD`. */
const wordsSchema = v.object({ names: v.array(v.string()), values: v.instance(Uint16Array) });
export type Words = v.InferOutput<typeof wordsSchema>;

/** Requests, oldest first. What one has not is NaN. */
const requestsSchema = v.pipe(
  v.object({
    /** When it ended, ms since 1970. */
    at: times,
    endpoint: wordsSchema,
    model: wordsSchema,
    action: wordsSchema,
    /** ok, failed or stopped. */
    outcome: wordsSchema,
    errorKind: wordsSchema,
    /** Whence a kept or shared answer came. */
    servedFrom: wordsSchema,
    queueMs: numbers,
    pacingMs: numbers,
    backoffMs: numbers,
    recoveryMs: numbers,
    connectMs: numbers,
    firstByteMs: numbers,
    firstTokenMs: numbers,
    totalMs: numbers,
    inputTokens: numbers,
    outputTokens: numbers,
    cacheReadTokens: numbers,
    cacheWriteTokens: numbers,
    costUSD: numbers,
    attempts: numbers,
    continuations: numbers,
    /** HTTP status of the failure; 0 for none. */
    status: numbers,
    /** A line each, empty where there is none: one long text crosses the border much faster than many short ones. */
    requestIds: v.string(),
  }),
  v.check((columns) => areAsLong(Object.values(columns)), 'columns of one length'),
);
export type DashboardRequests = v.InferOutput<typeof requestsSchema>;

/** What machine and engine were like, a row about each minute, oldest first. What is not known is NaN. */
const samplesSchema = v.pipe(
  v.object({
    at: times,
    /** Of one core. */
    cpuShare: numbers,
    rssMB: numbers,
    loopDelayMs: numbers,
    running: numbers,
    queued: numbers,
    concurrency: numbers,
    /** Of the tightest rate limit, 0-1. */
    headroom: numbers,
    storeMs: numbers,
    networkMs: numbers,
  }),
  v.check((columns) => areAsLong(Object.values(columns)), 'columns of one length'),
);
export type DashboardSamples = v.InferOutput<typeof samplesSchema>;

/** An hour of one endpoint and model a row: of requests that are gone. */
const hoursSchema = v.pipe(
  v.object({
    /** The hour's beginning, ms since 1970. */
    at: times,
    endpoint: wordsSchema,
    model: wordsSchema,
    ok: numbers,
    failed: numbers,
    stopped: numbers,
    inputTokens: numbers,
    outputTokens: numbers,
    cacheReadTokens: numbers,
    cacheWriteTokens: numbers,
    costUSD: numbers,
    unpriced: numbers,
    /** Of that hour, ms. */
    firstTokenP50: numbers,
    firstTokenP95: numbers,
    firstTokenP99: numbers,
  }),
  v.check((columns) => areAsLong(Object.values(columns)), 'columns of one length'),
);
export type DashboardHours = v.InferOutput<typeof hoursSchema>;

const eventSchema = v.object({
  at: v.number(),
  kind: v.picklist(['up', 'down', 'accepted', 'mark']),
  model: v.optional(v.string()),
  label: v.string(),
});
export type DashboardEvent = v.InferOutput<typeof eventSchema>;

const spanSchema = v.object({
  requests: requestsSchema,
  /** Whether older ones of this span were left out. */
  isCut: v.boolean(),
  samples: samplesSchema,
  hours: hoursSchema,
  events: v.array(eventSchema),
});
export type DashboardSpan = v.InferOutput<typeof spanSchema>;

const readSchema = v.object({
  /** Ms since 1970; 0: as far back as there is anything. */
  from: v.number(),
  to: v.number(),
  span: spanSchema,
  /** The span before, as long as this one; absent where it was not asked for. */
  before: v.optional(spanSchema),
  /** The share of requests that are to be answered, 0-1. */
  objective: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  /** Kinds of errors that count against availability. */
  serviceFaults: v.array(v.string()),
  /** What each kind of error is called, in the reader's language. */
  errorNames: v.record(v.string(), v.string()),
});
export type DashboardRead = v.InferOutput<typeof readSchema>;

export const hostToDashboardSchema = v.variant('type', [
  /** `ask`: the number of the question that this answers. */
  v.object({ type: v.literal('data'), ask: v.number(), read: readSchema }),
  v.object({ type: v.literal('failed'), ask: v.number(), problem: v.string() }),
  /** There is something new to be read. */
  v.object({ type: v.literal('changed') }),
]);
export type HostToDashboard = v.InferOutput<typeof hostToDashboardSchema>;

export const dashboardToHostSchema = v.variant('type', [
  v.object({
    type: v.literal('read'),
    ask: v.number(),
    range: v.picklist(DASHBOARD_RANGES),
    isCompared: v.boolean(),
  }),
  v.object({ type: v.literal('openChat') }),
  /** Something went wrong in the page. */
  v.object({ type: v.literal('fault'), message: v.string() }),
]);
export type DashboardToHost = v.InferOutput<typeof dashboardToHostSchema>;

function areAsLong(columns: readonly (Words | Float32Array | Float64Array | string)[]): boolean {
  const lengths = columns.flatMap((column) => {
    if (typeof column === 'string') return [];
    return 'names' in column ? column.values.length : column.length;
  });
  return lengths.every((length) => length === lengths[0]);
}
