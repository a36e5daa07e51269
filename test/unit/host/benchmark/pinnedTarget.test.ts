import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/base/clock';
import { figuresOf } from '../../../../src/engine/bench/figures';
import { runBench } from '../../../../src/engine/bench/runBench';
import { runBenches } from '../../../../src/engine/bench/runBenches';
import { Engine } from '../../../../src/engine/engine';
import { parseSettings } from '../../../../src/engine/settings';
import { pinnedTarget } from '../../../../src/host/benchmark/pinnedTarget';
import { startSimulator } from '../../../../src/simulator/simulator';
import type { Simulator } from '../../../../src/simulator/simulator';
import { ScriptedBenchTarget } from '../../../helpers/benchTarget';
import { FakeClock } from '../../../helpers/fakeClock';
import { testEndpoint, testKeys } from '../../../helpers/modelHarness';

it('stops the benchmark when its endpoint is no longer in use, and sends nothing elsewhere', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const target = new ScriptedBenchTarget(clock, () => ({}));
  let endpoints = [testEndpoint('https://e', { id: 'e' })];
  const engine = {
    models: {
      get endpoints() {
        return endpoints;
      },
    },
    stream: (...[request, options]: Parameters<typeof target.stream>) => {
      if (target.requests.length === 4) endpoints = [testEndpoint('https://other')];
      return target.stream(request, options);
    },
  };
  const running = runBench(
    {
      endpointId: 'e',
      scenarios: [{ kind: 'latency', requests: 20, maxTokens: 8 }],
      models: ['a', 'b'],
    },
    pinnedTarget(engine, 'e', stop),
    clock,
    { signal: stop.signal, onProgress: () => undefined },
  );
  await clock.advance(60_000);
  const result = await running;
  expect(target.requests).toHaveLength(5);
  expect(result.isWhole).toBe(false);
  expect(result.measurements.map(({ steps }) => steps[0]?.samples.length)).toEqual([5]);
});

/** The whole engine and real sockets; counts only. */
describe('with two simulators', () => {
  let near: Simulator;
  let far: Simulator;
  let engine: Engine;

  beforeEach(async () => {
    [near, far] = await Promise.all([
      startSimulator({ burst: true }),
      startSimulator({ burst: true }),
    ]);
  });

  afterEach(async () => {
    engine.dispose();
    await Promise.all([near.close(), far.close()]);
  });

  function open(group: string | undefined): void {
    engine = new Engine({
      keys: testKeys(),
      endpoint: testEndpoint(near.url, { id: 'near' }),
      others: [testEndpoint(far.url, { id: 'far', ...(group === undefined ? {} : { group }) })],
      settings: parseSettings({
        'pacing.enabled': false,
        retry: { initialDelayMs: 0, patienceMs: 0 },
      }),
    });
  }

  async function measure(endpointIds: readonly string[]) {
    const stop = new AbortController();
    const plans = endpointIds.map((endpointId) => ({
      endpointId,
      scenarios: [{ kind: 'latency', requests: 12, maxTokens: 4 } as const],
      models: ['simulator-fast'],
    }));
    const targetOf = (endpointId: string) => pinnedTarget(engine, endpointId, stop);
    const results = await runBenches(plans, targetOf, systemClock, {
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(20_000)]),
      onProgress: () => undefined,
    });
    return results.map(({ endpointId, isWhole, measurements }) => {
      const step = measurements[0]?.steps[0];
      return { endpointId, isWhole, answered: step && figuresOf(step).answered };
    });
  }

  it.each([undefined, 'apart'])(
    'measures each endpoint by itself (group of the other: %s)',
    async (group) => {
      open(group);
      expect(await measure(['near', 'far'])).toEqual([
        { endpointId: 'near', isWhole: true, answered: 12 },
        { endpointId: 'far', isWhole: true, answered: 12 },
      ]);
      expect([near.counters.requests, far.counters.requests]).toEqual([12, 12]);
    },
  );

  it('takes nothing elsewhere from an endpoint that fails', async () => {
    open(undefined);
    far.faultAlways('overload');
    const [result] = await measure(['far']);
    expect(result).toMatchObject({ endpointId: 'far', isWhole: true, answered: 0 });
    expect(near.counters.requests).toBe(0);
  });
});
