import type {
  MeasuredRequest,
  MetricEvent,
  MetricsBatch,
  SystemSample,
} from '../../src/engine/metrics/metricsHistory';
import { seededRandom } from './seededRandom';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

interface Model {
  readonly name: string;
  readonly share: number;
  /** Median, ms. */
  readonly firstTokenMs: number;
  readonly tokensPerSecond: number;
  /** US$ per million tokens. */
  readonly input: number;
  readonly output: number;
}

const MODELS: readonly Model[] = [
  {
    name: 'claude-sonnet-5-5',
    share: 0.6,
    firstTokenMs: 900,
    tokensPerSecond: 75,
    input: 3,
    output: 15,
  },
  {
    name: 'claude-haiku-4-5',
    share: 0.3,
    firstTokenMs: 420,
    tokensPerSecond: 150,
    input: 1,
    output: 5,
  },
  {
    name: 'claude-opus-5',
    share: 0.1,
    firstTokenMs: 1_600,
    tokensPerSecond: 48,
    input: 5,
    output: 25,
  },
];

/**
 * A week of work as one person has it, up to `until` (ms since 1970): busy by day and quiet at night, three models, some errors, an
 * outage of three quarters of an hour two days ago, a change marked before it. The same every time.
 */
export function metricsWeek(until: number): MetricsBatch {
  const random = seededRandom(11);
  const requests: MeasuredRequest[] = [];
  const samples: SystemSample[] = [];
  const outageAt = until - 2 * DAY_MS;
  for (let at = until - 7 * DAY_MS; at < until; at += (2 + 10 * random()) * MINUTE_MS) {
    if (random() > busyness(at)) continue;
    const isOut = at > outageAt && at < outageAt + 0.75 * HOUR_MS;
    requests.push(request(requests.length, at, isOut, random));
    samples.push(sample(at, isOut, random));
  }
  return { requests, samples, events: eventsOf(requests, outageAt) };
}

/** 0-1, by the hour of the day. */
function busyness(at: number): number {
  const hour = (at % DAY_MS) / HOUR_MS;
  return hour > 7 && hour < 19 ? 0.95 : 0.12;
}

function request(index: number, at: number, isOut: boolean, random: () => number): MeasuredRequest {
  const model = modelOf(random());
  const common = {
    uid: `week-${index}`,
    at: Math.round(at),
    endpointId: 'api.anthropic.com',
    model: model.name,
    action: random() < 0.8 ? 'chat' : 'inline',
    requestId: `req_01${index.toString(36).padStart(8, '0')}`,
    continuations: 0,
  } as const;
  return random() < (isOut ? 0.7 : 0.008)
    ? { ...common, ...failure(isOut) }
    : { ...common, ...answer(model, isOut, random) };
}

type Ending = Omit<
  MeasuredRequest,
  'uid' | 'at' | 'endpointId' | 'model' | 'action' | 'requestId' | 'continuations'
>;

function failure(isOut: boolean): Ending {
  return {
    outcome: 'failed',
    stopReason: undefined,
    errorKind: isOut ? 'overloaded' : 'network',
    status: isOut ? 529 : undefined,
    attempts: 4,
    timing: {
      queueMs: 0,
      backoffMs: 7_000,
      connectMs: 0,
      firstByteMs: undefined,
      firstTokenMs: undefined,
      totalMs: 8_000,
    },
    usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
    costUSD: undefined,
  };
}

function answer(model: Model, isOut: boolean, random: () => number): Ending {
  const spread = Math.exp(0.45 * normal(random));
  const firstTokenMs = model.firstTokenMs * spread * (isOut ? 3 : 1);
  const outputTokens = Math.round(80 + 900 * random() ** 2);
  const read = Math.round(12_000 * random());
  const inputTokens = Math.round(200 + 1_500 * random());
  const rate = model.tokensPerSecond * spread ** -0.3;
  return {
    outcome: random() < 0.03 ? 'stopped' : 'ok',
    stopReason: 'end_turn',
    errorKind: undefined,
    status: undefined,
    attempts: 1,
    timing: {
      queueMs: random() < 0.1 ? 120 * random() : 0,
      backoffMs: 0,
      connectMs: random() < 0.2 ? 40 + 60 * random() : 0,
      firstByteMs: 0.7 * firstTokenMs,
      firstTokenMs,
      totalMs: firstTokenMs + (1_000 * outputTokens) / rate,
    },
    usage: { inputTokens, outputTokens, cacheReadTokens: read, cacheWriteTokens: 300 },
    costUSD: (model.input * (inputTokens + 0.1 * read) + model.output * outputTokens) / 1e6,
  };
}

function modelOf(share: number): Model {
  let sum = 0;
  const found = MODELS.find((model) => (sum += model.share) > share);
  if (!found) throw new Error('shares of models that add up to less than 1');
  return found;
}

function sample(at: number, isOut: boolean, random: () => number): SystemSample {
  return {
    at: Math.round(at),
    cpuShare: 0.03 + 0.2 * random() ** 3,
    rssMB: 310 + 40 * random(),
    heapMB: 90 + 25 * random(),
    loopDelayMs: 1 + 8 * random() ** 4,
    running: 1 + Math.floor(3 * random() ** 2),
    queued: isOut ? 2 : 0,
    concurrency: isOut ? 3 : 10,
    headroom: 1 - 0.5 * random() ** 2,
    storeMs: 1 + 6 * random() ** 2,
    networkMs: 35 + 20 * random(),
  };
}

function eventsOf(requests: readonly MeasuredRequest[], outageAt: number): MetricEvent[] {
  const answered = requests.filter(({ outcome }) => outcome === 'ok');
  const event = (kind: MetricEvent['kind'], every: number): MetricEvent[] =>
    answered
      .filter((_, index) => index % every === 0)
      .map(({ uid, at, model }) => ({ uid: `${kind}-${uid}`, at, kind, model, label: '' }));
  const mark: MetricEvent = {
    uid: 'mark-week',
    at: Math.round(outageAt - DAY_MS),
    kind: 'mark',
    model: 'claude-haiku-4-5',
    label: 'Small questions go to Haiku',
  };
  return [...event('up', 14), ...event('down', 90), ...event('accepted', 5), mark];
}

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
