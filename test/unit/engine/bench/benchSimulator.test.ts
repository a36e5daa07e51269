import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/base/clock';
import type { BenchResult, Scenario } from '../../../../src/engine/bench/benchResult';
import { figuresOf, kneeOf } from '../../../../src/engine/bench/figures';
import { runBench } from '../../../../src/engine/bench/runBench';
import { Engine } from '../../../../src/engine/engine';
import { parseSettings } from '../../../../src/engine/settings';
import { startSimulator } from '../../../../src/simulator/simulator';
import type { Simulator } from '../../../../src/simulator/simulator';

/** The benchmark over the whole engine and real sockets. Counts, shares and order only: times are the machine's. */

const REFUSED = 'status code=400 type=invalid_request_error';

let simulator: Simulator;
let engine: Engine;

async function start(options: Parameters<typeof startSimulator>[0]): Promise<void> {
  simulator = await startSimulator(options);
  engine = new Engine({
    keys: { getKey: () => Promise.resolve('key-123456') },
    endpoint: {
      id: 'simulator',
      baseURL: simulator.url,
      authStyle: 'bearer',
      apiVersion: '2026-10-21',
      headers: {},
    },
    settings: parseSettings({ concurrency: 20, retry: { initialDelayMs: 0, patienceMs: 0 } }),
  });
}

afterEach(async () => {
  engine.dispose();
  await simulator.close();
});

async function measure(
  scenario: Scenario,
  models: readonly string[] = ['simulator-fast'],
): Promise<BenchResult> {
  const plan = { endpointId: 'simulator', scenarios: [scenario], models };
  return runBench(plan, engine, systemClock, {
    signal: AbortSignal.timeout(20_000),
    onProgress: () => undefined,
  });
}

function figures({ measurements }: BenchResult, index = 0) {
  const step = measurements[index]?.steps[0];
  if (step === undefined) throw new Error('nothing was measured');
  return figuresOf(step);
}

describe('against a simulator with paces of its own', () => {
  beforeEach(() => start({ speed: 20 }));

  it('tells the slow model from the fast one', async () => {
    const models = ['simulator-fast', 'simulator-deep'];
    const result = await measure({ kind: 'latency', requests: 7, maxTokens: 48 }, models);
    const [fast, deep] = [figures(result, 0), figures(result, 1)];
    expect(fast).toMatchObject({ answered: 7, firstToken: { count: 7 } });
    expect(deep.answered).toBe(7);
    expect(deep.firstToken?.p50).toBeGreaterThan(fast.firstToken?.p50 ?? Infinity);
    expect(fast.tokensPerSecond).toBeGreaterThan(deep.tokensPerSecond ?? Infinity);
    expect(simulator.counters.requests).toBe(14);
  });
});

describe('against a simulator with faults', () => {
  beforeEach(() => start({ burst: true }));

  it('tells exactly how many failed and how many were repeated', async () => {
    simulator.faultNext(undefined, REFUSED, undefined, 'overload', undefined, REFUSED, REFUSED);
    const { failures, ...rest } = figures(
      await measure({ kind: 'latency', requests: 20, maxTokens: 8 }),
    );
    expect([...failures]).toEqual([['invalid_request', 3]]);
    expect(rest).toMatchObject({ requests: 20, answered: 17, repeated: 1, answeredShare: 0.85 });
  });

  it('tells the share of an availability test', async () => {
    simulator.faultNext(...Array.from({ length: 6 }, () => REFUSED));
    const scenario: Scenario = {
      kind: 'availability',
      requests: 30,
      spreadMs: 30,
      maxTokens: 8,
    };
    expect(figures(await measure(scenario))).toMatchObject({ requests: 30, answered: 24 });
  });

  it('answers every request of a throughput test, with as many tokens as were asked for', async () => {
    const result = await measure({
      kind: 'throughput',
      requests: 60,
      concurrency: 12,
      limitMs: 20_000,
      maxTokens: 4,
    });
    expect(figures(result)).toMatchObject({ requests: 60, answered: 60 });
    const outputs = result.measurements[0]?.steps[0]?.samples.map((sample) =>
      sample.outcome === 'answered' ? sample.outputTokens : 0,
    );
    expect(new Set(outputs)).toEqual(new Set([4]));
  });

  it('ends a load test at the step where requests begin to fail', async () => {
    // 10 each with 1 and 2 at once go well; then all are refused.
    simulator.faultNext(
      ...Array.from({ length: 20 }, () => undefined),
      ...Array.from({ length: 10 }, () => REFUSED),
    );
    const scenario: Scenario = {
      kind: 'load',
      maxConcurrency: 8,
      leastRequests: 10,
      maxTokens: 4,
    };
    const [load] = (await measure(scenario)).measurements;
    const { limit } = load ? kneeOf(load) : { limit: undefined };
    // A machine that stumbles may end it one step earlier, as slow.
    expect(['fails', 'slow']).toContain(limit);
    if (limit === 'fails') expect(load && kneeOf(load)).toMatchObject({ concurrency: 2 });
  });
});
