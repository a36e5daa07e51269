import { NO_WORD } from '../../../protocol/dashboard';
import type {
  DashboardEvent,
  DashboardHours,
  DashboardRead,
  DashboardRequests,
  DashboardSamples,
  DashboardSpan,
  Words,
} from '../../../protocol/dashboard';

/** From `from` on, before `to`; ms since 1970. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What the host has read, both spans as one. Rows are requests by number, oldest first. */
export interface Dataset {
  readonly requests: DashboardRequests;
  readonly samples: DashboardSamples;
  readonly hours: DashboardHours;
  readonly events: readonly DashboardEvent[];
  /** What was asked for. */
  readonly stretch: Stretch;
  /** From when on all requests are here, ms since 1970: where there were too many the oldest are left out. */
  readonly wholeFrom: number;
  /** The same for the span that was asked for, without the one before. */
  readonly isCut: boolean;
  readonly objective: number;
  readonly serviceFaults: ReadonlySet<string>;
  /** What kinds of errors are called. */
  readonly errorNames: ReadonlyMap<string, string>;
}

/** The shortest that "everything" is taken for, ms: the first request is not the whole axis. */
const MIN_STRETCH_MS = 3_600_000;

export function datasetOf(read: DashboardRead): Dataset {
  const { span, before, to, objective } = read;
  const { requests, samples, hours, events } = before ? joinSpans(before, span) : span;
  const from = read.from > 0 ? read.from : firstOf([requests.at, hours.at, samples.at], to);
  const beforeFrom = before ? from - (to - from) : from;
  const cutAt = span.isCut ? span.requests.at[0] : before?.isCut ? requests.at[0] : undefined;
  return {
    requests,
    samples,
    hours,
    events,
    stretch: { from, to },
    wholeFrom: cutAt ?? beforeFrom,
    isCut: span.isCut,
    objective,
    serviceFaults: new Set(read.serviceFaults),
    errorNames: new Map(Object.entries(read.errorNames)),
  };
}

/** The stretch before this one, of its length. */
export function stretchBefore({ from, to }: Stretch): Stretch {
  return { from: from - (to - from), to: from };
}

/** A word of a row, or an empty text. */
export function wordAt({ names, values }: Words, row: number): string {
  return names[values[row] ?? NO_WORD] ?? '';
}

/** What a kind of error is called; one that a newer version has written has no other name than its own. */
export function errorNameOf({ errorNames }: Pick<Dataset, 'errorNames'>, kind: string): string {
  return errorNames.get(kind) ?? kind;
}

/** Index of the first value that is not below `least`: times and rows rise. */
export function firstFrom(values: Float64Array | Uint32Array, least: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstOf(columns: readonly Float64Array[], to: number): number {
  const first = Math.min(to, ...columns.map((column) => column[0] ?? to));
  return Math.min(first, to - MIN_STRETCH_MS);
}

type SpanData = Pick<DashboardSpan, 'requests' | 'samples' | 'hours' | 'events'>;

function joinSpans(a: DashboardSpan, b: DashboardSpan): SpanData {
  return {
    requests: joinRequests(a.requests, b.requests),
    samples: joinSamples(a.samples, b.samples),
    hours: joinHours(a.hours, b.hours),
    events: [...a.events, ...b.events],
  };
}

function joinRequests(a: DashboardRequests, b: DashboardRequests): DashboardRequests {
  const areSome = a.at.length > 0 && b.at.length > 0;
  return {
    at: joinTimes(a.at, b.at),
    endpoint: joinWords(a.endpoint, b.endpoint),
    model: joinWords(a.model, b.model),
    action: joinWords(a.action, b.action),
    outcome: joinWords(a.outcome, b.outcome),
    errorKind: joinWords(a.errorKind, b.errorKind),
    servedFrom: joinWords(a.servedFrom, b.servedFrom),
    queueMs: join(a.queueMs, b.queueMs),
    pacingMs: join(a.pacingMs, b.pacingMs),
    backoffMs: join(a.backoffMs, b.backoffMs),
    recoveryMs: join(a.recoveryMs, b.recoveryMs),
    connectMs: join(a.connectMs, b.connectMs),
    firstByteMs: join(a.firstByteMs, b.firstByteMs),
    firstTokenMs: join(a.firstTokenMs, b.firstTokenMs),
    totalMs: join(a.totalMs, b.totalMs),
    inputTokens: join(a.inputTokens, b.inputTokens),
    outputTokens: join(a.outputTokens, b.outputTokens),
    cacheReadTokens: join(a.cacheReadTokens, b.cacheReadTokens),
    cacheWriteTokens: join(a.cacheWriteTokens, b.cacheWriteTokens),
    costUSD: join(a.costUSD, b.costUSD),
    attempts: join(a.attempts, b.attempts),
    continuations: join(a.continuations, b.continuations),
    status: join(a.status, b.status),
    requestIds: a.requestIds + (areSome ? '\n' : '') + b.requestIds,
  };
}

function joinSamples(a: DashboardSamples, b: DashboardSamples): DashboardSamples {
  return {
    at: joinTimes(a.at, b.at),
    cpuShare: join(a.cpuShare, b.cpuShare),
    rssMB: join(a.rssMB, b.rssMB),
    loopDelayMs: join(a.loopDelayMs, b.loopDelayMs),
    running: join(a.running, b.running),
    queued: join(a.queued, b.queued),
    concurrency: join(a.concurrency, b.concurrency),
    headroom: join(a.headroom, b.headroom),
    storeMs: join(a.storeMs, b.storeMs),
    networkMs: join(a.networkMs, b.networkMs),
  };
}

function joinHours(a: DashboardHours, b: DashboardHours): DashboardHours {
  return {
    at: joinTimes(a.at, b.at),
    endpoint: joinWords(a.endpoint, b.endpoint),
    model: joinWords(a.model, b.model),
    ok: join(a.ok, b.ok),
    failed: join(a.failed, b.failed),
    stopped: join(a.stopped, b.stopped),
    inputTokens: join(a.inputTokens, b.inputTokens),
    outputTokens: join(a.outputTokens, b.outputTokens),
    cacheReadTokens: join(a.cacheReadTokens, b.cacheReadTokens),
    cacheWriteTokens: join(a.cacheWriteTokens, b.cacheWriteTokens),
    costUSD: join(a.costUSD, b.costUSD),
    unpriced: join(a.unpriced, b.unpriced),
    firstTokenP50: join(a.firstTokenP50, b.firstTokenP50),
    firstTokenP95: join(a.firstTokenP95, b.firstTokenP95),
    firstTokenP99: join(a.firstTokenP99, b.firstTokenP99),
  };
}

function join(a: Float32Array<ArrayBuffer>, b: Float32Array): Float32Array<ArrayBuffer> {
  const joined = new Float32Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

function joinTimes(a: Float64Array<ArrayBuffer>, b: Float64Array): Float64Array<ArrayBuffer> {
  const joined = new Float64Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

function joinWords(a: Words, b: Words): Words {
  const names = [...new Set([...a.names, ...b.names])];
  const moved = b.names.map((name) => names.indexOf(name));
  const values = new Uint16Array(a.values.length + b.values.length);
  values.set(a.values);
  const at = a.values.length;
  for (const [row, value] of b.values.entries()) values[at + row] = moved[value] ?? NO_WORD;
  return { names, values };
}
