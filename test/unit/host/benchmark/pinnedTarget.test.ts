import { expect, it } from 'vitest';
import { runBench } from '../../../../src/engine/bench/runBench';
import { pinnedTarget } from '../../../../src/host/benchmark/pinnedTarget';
import { ScriptedBenchTarget } from '../../../helpers/benchTarget';
import { FakeClock } from '../../../helpers/fakeClock';

it('stops the benchmark when the engine is pointed elsewhere, and sends nothing there', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const target = new ScriptedBenchTarget(clock, () => ({}));
  let id = 'e';
  const engine = {
    get endpoint() {
      return { id, baseURL: '', authStyle: 'none', apiVersion: '', headers: {} } as const;
    },
    stream: (...[request, options]: Parameters<typeof target.stream>) => {
      if (target.requests.length === 4) id = 'other';
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
