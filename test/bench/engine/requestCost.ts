import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { systemClock } from '../../../src/base/clock';
import type { Engine } from '../../../src/engine/engine';
import { MetricsRecorder, type FinishedTurn } from '../../../src/engine/metrics/recorder';
import type {
  AttemptIO,
  AttemptResult,
  BaseModel,
  TokenCount,
} from '../../../src/engine/models/baseModel';
import type { ModelContext } from '../../../src/engine/models/modelFactory';
import type { BenchReport } from '../lib/benchReport';
import { interleave, type Contender } from '../lib/interleave';
import { median, quantile, rounded } from '../lib/statistics';
import {
  BENCH_MODEL,
  benchRequest,
  newBenchEngine,
  newSdkClient,
  sdkRequest,
} from '../lib/streamClients';
import { makeWireStream } from '../lib/wireStream';

/** Nothing is ever sent here. */
const NOWHERE = 'http://127.0.0.1:1';
const CALLS_PER_SAMPLE = 5_000;
const UNCOUNTED_CALLS = 200;
const NOTE =
  'CPU time of this process (user and system, all threads) for one call, called one after the other.';

/** What a request costs on top of the network and the SDK, and what the parts it goes through cost alone. */
export async function benchRequestCost(report: BenchReport, quick: boolean): Promise<void> {
  const engine = newInstantEngine();
  const recorder = newRecorder();
  const pulse = perCallCost('Pulse: a whole turn over a model that answers at once', () =>
    engine.stream(benchRequest),
  );
  const recording = perCallCost('recorder alone', () => recorder.turnEnded(finishedTurn));
  const stubbed = newBenchEngine(NOWHERE, 10, answerAtOnce);
  const contenders = [pulse, recording, ...libraries(), ...overStubFetch(stubbed)];
  const costs = await interleave(contenders, {
    warmUp: quick ? 3 : 6,
    measured: quick ? 6 : 24,
  });
  for (const owner of [recorder, engine, stubbed]) owner.dispose();
  const rows = contenders.map(({ name }, index) => {
    const samples = costs[index] ?? [];
    return {
      name,
      medianUs: rounded(median(samples), 2),
      p10Us: rounded(quantile(samples, 0.1), 2),
      p90Us: rounded(quantile(samples, 0.9), 2),
    };
  });
  report.addTable('CPU per request', NOTE, rows);
  report.addTarget('own cost per request', '<=', 15, rows[0]?.medianUs ?? Number.NaN, 'us');
  report.addTarget('recorder, of that', '<=', 5, rows[1]?.medianUs ?? Number.NaN, 'us');
}

/** Microseconds of CPU for one call. */
function perCallCost(name: string, call: () => Promise<unknown> | void): Contender {
  return {
    name,
    sample: async () => {
      for (let count = 0; count < UNCOUNTED_CALLS; count++) await call();
      const before = process.cpuUsage();
      for (let count = 0; count < CALLS_PER_SAMPLE; count++) await call();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / CALLS_PER_SAMPLE;
    },
  };
}

/** The whole engine over a model that answers without a network. */
function newInstantEngine(): Engine {
  const engine = newBenchEngine(NOWHERE, 10);
  engine.models.registerType({
    type: 'instant',
    defaultModel: BENCH_MODEL,
    create: (context) => new InstantModel(context),
  });
  engine.models.setDefaultType('instant');
  return engine;
}

/** A model whose whole reply is there at once: one text event and its usage. */
class InstantModel implements BaseModel {
  readonly type;
  readonly name;
  readonly info;

  constructor({ type, name, catalog }: ModelContext) {
    this.type = type;
    this.name = name;
    this.info = catalog.info(name);
  }

  startReply(_request: unknown, { progress, onEvent }: AttemptIO): Promise<AttemptResult> {
    const now = systemClock.now();
    progress.sentAt = now;
    progress.firstByteAt = now;
    progress.firstTokenAt = now;
    progress.usage = usage;
    onEvent({ type: 'text', text: 'yes' });
    return Promise.resolve({
      model: this.name,
      content: [{ type: 'text', text: 'yes' }],
      stopReason: 'end_turn',
    });
  }

  countTokens(): Promise<TokenCount> {
    return Promise.resolve({ tokens: usage.inputTokens, estimated: false });
  }

  isAvailable(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

const usage = { inputTokens: 12, outputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0 };

const finishedTurn: FinishedTurn = {
  endpointId: 'bench',
  model: BENCH_MODEL,
  action: 'chat',
  outcome: 'ok',
  stopReason: 'end_turn',
  error: undefined,
  timing: {
    queueMs: 0,
    backoffMs: 0,
    connectMs: 0,
    firstByteMs: 310,
    firstTokenMs: 420,
    totalMs: 2_300,
  },
  usage,
  costUSD: 0.001,
  requestId: 'req_bench',
  attempts: 1,
};

function newRecorder(): MetricsRecorder {
  const recorder = new MetricsRecorder(systemClock, { running: 0, queued: 0, concurrency: 10 });
  recorder.onChange(() => recorder.snapshot());
  return recorder;
}

const answer = (): Promise<number> => Promise.resolve(1);

function libraries(): Contender[] {
  const queue = new PQueue({ concurrency: 10 });
  return [
    perCallCost('a bare await', answer),
    perCallCost('p-retry alone', () => pRetry(answer, { retries: 3 })),
    perCallCost('p-queue add alone', () => queue.add(answer)),
    perCallCost('p-queue around p-retry', () => queue.add(() => pRetry(answer, { retries: 3 }))),
  ];
}

const shortReply = Buffer.concat(makeWireStream(1, 1).events);
const answerAtOnce = (): Promise<Response> =>
  Promise.resolve(new Response(shortReply, { headers: { 'content-type': 'text/event-stream' } }));

/** Whole requests with a reply of one word over a `fetch` that answers at once: what SDK, parser and `Response` add. */
function overStubFetch(engine: Engine): Contender[] {
  const client = newSdkClient(NOWHERE, answerAtOnce);
  const params = { ...sdkRequest, stream: true } as const;
  return [
    perCallCost('stub fetch: the Response alone, read to its end', async () =>
      (await answerAtOnce()).arrayBuffer(),
    ),
    perCallCost('stub fetch: SDK create({stream: true}).asResponse(), not read', () =>
      client.messages.create(params).asResponse(),
    ),
    perCallCost('stub fetch: SDK create({stream: true}), iterated', async () => {
      for await (const event of await client.messages.create(params)) void event;
    }),
    perCallCost('stub fetch: Pulse, the whole engine', () => engine.stream(benchRequest)),
  ];
}
