import type {
  HourlyFigures,
  MetricsHistoryRead,
  RequestColumns,
  SystemSample,
  WordColumn,
} from '../../engine/metrics/metricsHistory';
import { NO_WORD } from '../../protocol/dashboard';
import type {
  DashboardHours,
  DashboardRequests,
  DashboardSamples,
  DashboardSpan,
  Words,
} from '../../protocol/dashboard';

/** What was read, as it goes to the page: columns with memory of their own, since the whole of what a view shows a part of is sent. */
export function spanOf(read: MetricsHistoryRead): DashboardSpan {
  return {
    requests: requestsOf(read.requests),
    isCut: read.isCut,
    samples: samplesOf(read.samples.toSorted((a, b) => a.at - b.at)),
    hours: hoursOf(read.hours.toSorted((a, b) => a.at - b.at)),
    events: read.events.map(({ at, kind, model, label }) => ({ at, kind, model, label })),
  };
}

function requestsOf(columns: RequestColumns): DashboardRequests {
  return {
    at: new Float64Array(columns.at),
    endpoint: copyOf(columns.endpoint),
    model: copyOf(columns.model),
    action: copyOf(columns.action),
    outcome: copyOf(columns.outcome),
    errorKind: copyOf(columns.errorKind),
    servedFrom: copyOf(columns.servedFrom),
    queueMs: new Float32Array(columns.queueMs),
    pacingMs: new Float32Array(columns.pacingMs),
    backoffMs: new Float32Array(columns.backoffMs),
    recoveryMs: new Float32Array(columns.recoveryMs),
    connectMs: new Float32Array(columns.connectMs),
    firstByteMs: new Float32Array(columns.firstByteMs),
    firstTokenMs: new Float32Array(columns.firstTokenMs),
    totalMs: new Float32Array(columns.totalMs),
    inputTokens: new Float32Array(columns.inputTokens),
    outputTokens: new Float32Array(columns.outputTokens),
    cacheReadTokens: new Float32Array(columns.cacheReadTokens),
    cacheWriteTokens: new Float32Array(columns.cacheWriteTokens),
    costUSD: new Float32Array(columns.costUSD),
    attempts: new Float32Array(columns.attempts),
    continuations: new Float32Array(columns.continuations),
    status: new Float32Array(columns.status),
    requestIds: columns.requestId.join('\n'),
  };
}

function copyOf({ names, values }: WordColumn): Words {
  return { names: [...names], values: new Uint16Array(values) };
}

function samplesOf(samples: readonly SystemSample[]): DashboardSamples {
  const column = columnsOf(samples);
  return {
    at: Float64Array.from(samples, ({ at }) => at),
    cpuShare: column(({ cpuShare }) => cpuShare),
    rssMB: column(({ rssMB }) => rssMB),
    loopDelayMs: column(({ loopDelayMs }) => loopDelayMs),
    running: column(({ running }) => running),
    queued: column(({ queued }) => queued),
    concurrency: column(({ concurrency }) => concurrency),
    headroom: column(({ headroom }) => headroom),
    storeMs: column(({ storeMs }) => storeMs),
    networkMs: column(({ networkMs }) => networkMs),
  };
}

function hoursOf(hours: readonly HourlyFigures[]): DashboardHours {
  const column = columnsOf(hours);
  return {
    at: Float64Array.from(hours, ({ at }) => at),
    endpoint: wordsOf(hours.map(({ endpointId }) => endpointId)),
    model: wordsOf(hours.map(({ model }) => model)),
    ok: column(({ ok }) => ok),
    failed: column(({ failed }) => failed),
    stopped: column(({ stopped }) => stopped),
    inputTokens: column(({ usage }) => usage.inputTokens),
    outputTokens: column(({ usage }) => usage.outputTokens),
    cacheReadTokens: column(({ usage }) => usage.cacheReadTokens),
    cacheWriteTokens: column(({ usage }) => usage.cacheWriteTokens),
    costUSD: column(({ costUSD }) => costUSD),
    unpriced: column(({ unpriced }) => unpriced),
    firstTokenP50: column(({ firstTokenP50 }) => firstTokenP50),
    firstTokenP95: column(({ firstTokenP95 }) => firstTokenP95),
    firstTokenP99: column(({ firstTokenP99 }) => firstTokenP99),
  };
}

/** Makes a column of one figure of each row; NaN where a row has none. */
function columnsOf<T>(
  rows: readonly T[],
): (of: (row: T) => number | undefined) => Float32Array<ArrayBuffer> {
  return (of) => Float32Array.from(rows, (row) => of(row) ?? Number.NaN);
}

function wordsOf(words: readonly string[]): Words {
  const indexes = new Map<string, number>();
  for (const word of words) if (!indexes.has(word)) indexes.set(word, indexes.size);
  const values = Uint16Array.from(words, (word) => indexes.get(word) ?? NO_WORD);
  return { names: [...indexes.keys()], values };
}
