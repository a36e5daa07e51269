import { beforeEach, describe, expect, it } from 'vitest';
import type { BenchResult, Scenario } from '../../../../src/engine/bench/benchResult';
import { parseBenchResult } from '../../../../src/engine/bench/benchResult';
import { costOf, figuresOf, kneeOf } from '../../../../src/engine/bench/figures';
import { runBench } from '../../../../src/engine/bench/runBench';
import type { BenchProgress } from '../../../../src/engine/bench/runBench';
import { benchRequest, requestsOf, SCENARIOS } from '../../../../src/engine/bench/scenarios';
import { ScriptedBenchTarget } from '../../../helpers/benchTarget';
import type { ScriptedRequest } from '../../../helpers/benchTarget';
import { FakeClock } from '../../../helpers/fakeClock';

const LATENCY: Scenario = { kind: 'latency', requests: 100, maxTokens: 16 };
const LOAD: Scenario = { kind: 'load', maxConcurrency: 8, leastRequests: 20, maxTokens: 16 };

let clock: FakeClock;
let stop: AbortController;
let progress: BenchProgress[];

beforeEach(() => {
  clock = new FakeClock();
  stop = new AbortController();
  progress = [];
});

function scripted(script: (index: number, running: number, model: string) => ScriptedRequest) {
  return new ScriptedBenchTarget(clock, ({ model }, index, running) =>
    script(index, running, model),
  );
}

async function run(
  target: ScriptedBenchTarget,
  scenarios: readonly Scenario[],
  models = ['a'],
): Promise<BenchResult> {
  const running = runBench({ endpointId: 'e', scenarios, models }, target, clock, {
    signal: stop.signal,
    onProgress: (step) => progress.push(step),
  });
  await clock.advance(3_600_000);
  return running;
}

function onlyStep(result: BenchResult) {
  const step = result.measurements[0]?.steps[0];
  if (step === undefined) throw new Error('nothing was measured');
  return step;
}

describe('the latency scenario', () => {
  it('tells the exact percentiles that the target was set to, one request after the other', async () => {
    const target = scripted((index) => ({
      firstTokenMs: 1_000 + index,
      totalMs: 2_000 + index,
      outputTokens: 50,
    }));
    const result = await run(target, [LATENCY]);
    expect(target.mostAtOnce).toBe(1);
    expect(figuresOf(onlyStep(result))).toMatchObject({
      requests: 100,
      answered: 100,
      firstToken: { count: 100, p50: 1_049, p95: 1_094, p99: 1_098 },
      total: { p50: 2_049, p95: 2_094, p99: 2_098 },
      tokensPerSecond: 50,
    });
    expect(result).toMatchObject({ isWhole: true, startedAt: clock.wallStart, tookMs: 204_950 });
  });

  it('counts failures by kind and leaves them out of the times', async () => {
    const target = scripted((index) =>
      index % 4 === 0 ? { totalMs: 5, fails: 'overloaded' } : { firstTokenMs: 300 },
    );
    const { failures, ...figures } = figuresOf(onlyStep(await run(target, [LATENCY])));
    expect([...failures]).toEqual([['overloaded', 25]]);
    expect(figures).toMatchObject({ answered: 75, answeredShare: 0.75, firstToken: { p50: 300 } });
  });

  it('gives up a request that takes longer than a minute, and goes on', async () => {
    const target = scripted((index) => ({ totalMs: index === 3 ? 600_000 : 100 }));
    const step = onlyStep(await run(target, [LATENCY]));
    expect(step.samples[3]).toEqual({ outcome: 'failed', failure: 'too_slow', totalMs: 60_000 });
    expect(figuresOf(step).answered).toBe(99);
    expect(clock.pending).toBe(0);
  });

  it('takes the answer of another model for none', async () => {
    const target = scripted((index) => (index === 0 ? { answeredBy: 'b' } : { answeredBy: 'a' }));
    expect([...figuresOf(onlyStep(await run(target, [LATENCY]))).failures]).toEqual([
      ['other_model', 1],
    ]);
  });
});

describe('the throughput scenario', () => {
  const throughput: Scenario = {
    kind: 'throughput',
    requests: 100,
    concurrency: 10,
    limitMs: 60_000,
    maxTokens: 16,
  };

  it('tells requests and output tokens per second', async () => {
    const target = scripted(() => ({ totalMs: 500, outputTokens: 30 }));
    expect(figuresOf(onlyStep(await run(target, [throughput])))).toMatchObject({
      requests: 100,
      requestsPerSecond: 20,
      outputTokensPerSecond: 600,
    });
    expect(target.mostAtOnce).toBe(10);
  });

  it('begins nothing more when its time is over', async () => {
    const target = scripted(() => ({ totalMs: 20_000 }));
    const step = onlyStep(await run(target, [throughput]));
    expect(target.requests).toHaveLength(30);
    expect(step).toMatchObject({ tookMs: 60_000 });
    expect(progress.at(-1)).toMatchObject({ done: 30 });
  });
});

describe('the availability scenario', () => {
  it('sends at even distances, whatever becomes of the ones before', async () => {
    const scenario: Scenario = {
      kind: 'availability',
      requests: 5,
      spreadMs: 40_000,
      maxTokens: 8,
    };
    const target = scripted((index) =>
      index === 1 ? { totalMs: 30_000, fails: 'timeout_idle' } : { attempts: index === 2 ? 2 : 1 },
    );
    const figures = figuresOf(onlyStep(await run(target, [scenario])));
    expect(target.startedAt).toEqual([0, 10_000, 20_000, 30_000, 40_000]);
    expect(figures).toMatchObject({ answeredShare: 0.8, repeated: 1 });
  });
});

describe('the load scenario', () => {
  it('stops at the first step whose first token takes more than twice as long', async () => {
    const target = scripted((_, running) => ({ firstTokenMs: running > 3 ? 450 : 200 }));
    const { measurements } = await run(target, [LOAD]);
    const [load] = measurements;
    expect(load?.steps.map(({ concurrency }) => concurrency)).toEqual([1, 2, 4]);
    expect(load && kneeOf(load)).toEqual({ concurrency: 2, limit: 'slow' });
  });

  it('stops at the first step of which more than one in twenty fails', async () => {
    const target = scripted((index) => {
      // Of 20 each: one fails in the second step, two in the third.
      return [25, 50, 51].includes(index) ? { fails: 'rate_limit' } : {};
    });
    const [load] = (await run(target, [LOAD])).measurements;
    expect(load?.steps).toHaveLength(3);
    expect(load && kneeOf(load)).toEqual({ concurrency: 2, limit: 'fails' });
  });

  it('ends at the cap where everything holds', async () => {
    const [load] = (
      await run(
        scripted(() => ({})),
        [LOAD],
      )
    ).measurements;
    expect(load?.steps.map(({ samples }) => samples.length)).toEqual([20, 20, 20, 20]);
    expect(load && kneeOf(load)).toEqual({ concurrency: 8, limit: 'cap' });
  });

  it('has no knee where not even one at a time holds', async () => {
    const [load] = (
      await run(
        scripted(() => ({ fails: 'api' })),
        [LOAD],
      )
    ).measurements;
    expect(load?.steps).toHaveLength(1);
    expect(load && kneeOf(load)).toEqual({ concurrency: undefined, limit: 'fails' });
  });
});

describe('a benchmark', () => {
  it('measures each model in turn and tells how far it is', async () => {
    const target = scripted((_index, _running, model) => ({
      firstTokenMs: model === 'slow' ? 900 : 90,
      totalMs: 1_000,
    }));
    const models = ['fast', 'slow'];
    const { measurements } = await run(target, [LATENCY, LOAD], models);
    expect(measurements.map(({ scenario, model }) => `${scenario.kind} ${model}`)).toEqual([
      'latency fast',
      'latency slow',
      'load fast',
      'load slow',
    ]);
    expect(progress[0]).toEqual({ done: 1, of: 360, scenario: 'latency', model: 'fast' });
    expect(progress.at(-1)).toEqual({ done: 360, of: 360, scenario: 'load', model: 'slow' });
  });

  it('has less to do when a load test ends early', async () => {
    await run(
      scripted(() => ({ fails: 'api' })),
      [LOAD],
      ['a', 'b'],
    );
    expect(progress.at(-1)).toMatchObject({ done: 40, of: 100 });
    expect(progress.at(20)).toMatchObject({ done: 21, of: 100, model: 'b' });
  });

  it('stops at any moment, with what was measured until then', async () => {
    const target = scripted(() => ({ totalMs: 1_000 }));
    clock.setTimeout(() => stop.abort(), 10_250);
    const result = await run(target, [LATENCY, SCENARIOS.availability]);
    expect(result).toMatchObject({ isWhole: false, tookMs: 10_250 });
    expect(result.measurements).toHaveLength(1);
    expect(figuresOf(onlyStep(result))).toMatchObject({ requests: 10, answered: 10 });
    expect(target.requests).toHaveLength(11);
    expect(clock.pending).toBe(0);
  });

  it('stops between two requests of an availability test', async () => {
    const target = scripted(() => ({}));
    clock.setTimeout(() => stop.abort(), 3_000);
    const result = await run(target, [SCENARIOS.availability]);
    expect(result).toMatchObject({ isWhole: false, tookMs: 3_000 });
    expect(target.requests).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it('takes what is no error of the engine for a fault of Pulse and goes on', async () => {
    const broken = { stream: () => Promise.reject(new Error('bug')) };
    const plan = { endpointId: 'e', scenarios: [LATENCY], models: ['a'] };
    const options = { signal: stop.signal, onProgress: () => undefined };
    const { failures } = figuresOf(onlyStep(await runBench(plan, broken, clock, options)));
    expect([...failures]).toEqual([['internal', 100]]);
  });

  it('asks each question once, for an answer of its own that is not kept', () => {
    const requests = Array.from({ length: 50 }, (_, index) => benchRequest(LOAD, 'a', index));
    expect(new Set(requests.map(({ messages }) => JSON.stringify(messages))).size).toBe(50);
    expect(requests[0]).toMatchObject({ fresh: true, unkept: true, maxTokens: 16 });
  });

  it('adds up what it cost, where that is known', async () => {
    const priced = await run(
      scripted(() => ({ costUSD: 0.01 })),
      [LATENCY],
    );
    expect(costOf(priced.measurements)).toBeCloseTo(1, 9);
    const unpriced = await run(
      scripted(() => ({})),
      [LATENCY],
    );
    expect(costOf(unpriced.measurements)).toBeUndefined();
  });

  it('is read again from what was kept, and nothing else is', async () => {
    const result = await run(
      scripted((index) => (index % 2 === 0 ? { costUSD: 1 } : { fails: 'api' })),
      Object.values(SCENARIOS),
    );
    const kept: unknown = JSON.parse(JSON.stringify(result));
    expect(parseBenchResult(kept)).toEqual(result);
    expect(parseBenchResult({ ...result, version: 2 })).toBeUndefined();
    expect(parseBenchResult(undefined)).toBeUndefined();
  });

  it('sends no more than was planned', async () => {
    for (const scenario of Object.values(SCENARIOS)) {
      const target = scripted(() => ({ totalMs: 1 }));
      await run(target, [scenario]);
      expect(target.requests).toHaveLength(requestsOf(scenario));
    }
  });
});
