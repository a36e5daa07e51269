import type {
  DashboardEvent,
  DashboardHours,
  DashboardRead,
  DashboardRequests,
  DashboardSamples,
  DashboardSpan,
  Words,
} from '../../src/protocol/dashboard';
import { NO_WORD } from '../../src/protocol/dashboard';

export const HOUR_MS = 3_600_000;
/** When the dashboards of the tests are read: noon, UTC. */
export const NOON = Date.UTC(2026, 10, 24, 12);

export interface Row {
  readonly at: number;
  readonly model: string;
  readonly endpoint: string;
  readonly action: string;
  readonly outcome: string;
  readonly errorKind: string;
  readonly servedFrom: string;
  readonly queueMs: number;
  readonly pacingMs: number;
  readonly backoffMs: number;
  readonly recoveryMs: number;
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly firstTokenMs: number;
  readonly totalMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly costUSD: number;
  readonly attempts: number;
  readonly continuations: number;
  readonly status: number;
  readonly requestId: string;
}

const PLAIN: Row = {
  at: NOON,
  model: 'sonnet',
  endpoint: 'api',
  action: 'chat',
  outcome: 'ok',
  errorKind: '',
  servedFrom: '',
  queueMs: 0,
  pacingMs: 0,
  backoffMs: 0,
  recoveryMs: 0,
  connectMs: 0,
  firstByteMs: 400,
  firstTokenMs: 500,
  totalMs: 1_500,
  inputTokens: 100,
  outputTokens: 50,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUSD: 0.01,
  attempts: 1,
  continuations: 0,
  status: 0,
  requestId: '',
};

export function requestsOf(rows: readonly Partial<Row>[]): DashboardRequests {
  const whole = rows.map((row) => ({ ...PLAIN, ...row }));
  const numbers = (of: (row: Row) => number) => Float32Array.from(whole, of);
  const words = (of: (row: Row) => string) => wordsOf(whole.map(of));
  return {
    at: Float64Array.from(whole, ({ at }) => at),
    endpoint: words((row) => row.endpoint),
    model: words((row) => row.model),
    action: words((row) => row.action),
    outcome: words((row) => row.outcome),
    errorKind: words((row) => row.errorKind),
    servedFrom: words((row) => row.servedFrom),
    queueMs: numbers((row) => row.queueMs),
    pacingMs: numbers((row) => row.pacingMs),
    backoffMs: numbers((row) => row.backoffMs),
    recoveryMs: numbers((row) => row.recoveryMs),
    connectMs: numbers((row) => row.connectMs),
    firstByteMs: numbers((row) => row.firstByteMs),
    firstTokenMs: numbers((row) => row.firstTokenMs),
    totalMs: numbers((row) => row.totalMs),
    inputTokens: numbers((row) => row.inputTokens),
    outputTokens: numbers((row) => row.outputTokens),
    cacheReadTokens: numbers((row) => row.cacheReadTokens),
    cacheWriteTokens: numbers((row) => row.cacheWriteTokens),
    costUSD: numbers((row) => row.costUSD),
    attempts: numbers((row) => row.attempts),
    continuations: numbers((row) => row.continuations),
    status: numbers((row) => row.status),
    requestIds: whole.map(({ requestId }) => requestId).join('\n'),
  };
}

type Sample = { readonly [K in keyof DashboardSamples]: number };

export function samplesOf(samples: readonly Partial<Sample>[]): DashboardSamples {
  const column = (name: keyof Sample) =>
    Float32Array.from(samples, (sample) => sample[name] ?? Number.NaN);
  return {
    at: Float64Array.from(samples, ({ at = NOON }) => at),
    cpuShare: column('cpuShare'),
    rssMB: column('rssMB'),
    loopDelayMs: column('loopDelayMs'),
    running: column('running'),
    queued: column('queued'),
    concurrency: column('concurrency'),
    headroom: column('headroom'),
    storeMs: column('storeMs'),
    networkMs: column('networkMs'),
  };
}

type Hour = {
  readonly [K in keyof DashboardHours]: DashboardHours[K] extends Words ? string : number;
};

export function hoursOf(hours: readonly Partial<Hour>[]): DashboardHours {
  const column = (name: Exclude<keyof Hour, 'endpoint' | 'model'>) =>
    Float32Array.from(hours, (hour) => hour[name] ?? 0);
  return {
    at: Float64Array.from(hours, ({ at = NOON }) => at),
    endpoint: wordsOf(hours.map(({ endpoint = 'api' }) => endpoint)),
    model: wordsOf(hours.map(({ model = 'sonnet' }) => model)),
    ok: column('ok'),
    failed: column('failed'),
    stopped: column('stopped'),
    inputTokens: column('inputTokens'),
    outputTokens: column('outputTokens'),
    cacheReadTokens: column('cacheReadTokens'),
    cacheWriteTokens: column('cacheWriteTokens'),
    costUSD: column('costUSD'),
    unpriced: column('unpriced'),
    firstTokenP50: column('firstTokenP50'),
    firstTokenP95: column('firstTokenP95'),
    firstTokenP99: column('firstTokenP99'),
  };
}

export interface SpanParts {
  readonly rows?: readonly Partial<Row>[];
  readonly samples?: readonly Partial<Sample>[];
  readonly hours?: readonly Partial<Hour>[];
  readonly events?: readonly DashboardEvent[];
  readonly isCut?: boolean;
}

export function spanWith(parts: SpanParts): DashboardSpan {
  return {
    requests: requestsOf(parts.rows ?? []),
    samples: samplesOf(parts.samples ?? []),
    hours: hoursOf(parts.hours ?? []),
    events: [...(parts.events ?? [])],
    isCut: parts.isCut ?? false,
  };
}

/** The hour before noon, and the one before that where `before` is given. */
export function readWith(
  parts: SpanParts,
  before?: SpanParts,
  { from = NOON - HOUR_MS, to = NOON }: { from?: number; to?: number } = {},
): DashboardRead {
  return {
    from,
    to,
    span: spanWith(parts),
    before: before && spanWith(before),
    objective: 0.99,
    serviceFaults: ['overloaded', 'network'],
    errorNames: { overloaded: 'Overloaded', network: 'No network' },
  };
}

function wordsOf(words: readonly string[]): Words {
  const names = [...new Set(words)].filter((word) => word !== '');
  const indexOf = (word: string): number => (word === '' ? NO_WORD : names.indexOf(word));
  return { names, values: Uint16Array.from(words, indexOf) };
}
