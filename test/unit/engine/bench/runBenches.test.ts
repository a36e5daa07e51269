import { beforeEach, describe, expect, it } from 'vitest';
import { AbortError } from '../../../../src/base/abort';
import type { BenchResult, Scenario } from '../../../../src/engine/bench/benchResult';
import { figuresOf } from '../../../../src/engine/bench/figures';
import { runBench } from '../../../../src/engine/bench/runBench';
import { runBenches } from '../../../../src/engine/bench/runBenches';
import type { BenchesProgress } from '../../../../src/engine/bench/runBenches';
import { ScriptedBenchTarget } from '../../../helpers/benchTarget';
import { FakeClock } from '../../../helpers/fakeClock';

const LATENCY: Scenario = { kind: 'latency', requests: 5, maxTokens: 16 };
const LOAD: Scenario = { kind: 'load', maxConcurrency: 2, leastRequests: 10, maxTokens: 16 };

let clock: FakeClock;
let stop: AbortController;
let progress: BenchesProgress[];
let near: ScriptedBenchTarget;
let far: ScriptedBenchTarget;
/** Called when the second request gets there. */
let onSecondFar: () => void;

beforeEach(() => {
  clock = new FakeClock();
  stop = new AbortController();
  progress = [];
  near = new ScriptedBenchTarget(clock, () => ({ firstTokenMs: 100, totalMs: 200 }));
  far = new ScriptedBenchTarget(clock, (_, index) => {
    if (index === 1) onSecondFar();
    return { firstTokenMs: 700, totalMs: 900 };
  });
  onSecondFar = () => undefined;
});

const planOf = (endpointId: string, scenario: Scenario = LATENCY) => ({
  endpointId,
  scenarios: [scenario],
  models: ['a'],
});

async function run(plans: readonly ReturnType<typeof planOf>[]): Promise<readonly BenchResult[]> {
  const targetOf = (endpointId: string) => (endpointId === 'near' ? near : far);
  const running = runBenches(plans, targetOf, clock, {
    signal: stop.signal,
    onProgress: (step) => progress.push(step),
  });
  await clock.advance(3_600_000);
  return running;
}

function firstTokenOf({ measurements }: BenchResult): number | undefined {
  const step = measurements[0]?.steps[0];
  return step && figuresOf(step).firstToken?.p50;
}

describe('a benchmark of several endpoints', () => {
  it('measures one like that endpoint alone', async () => {
    const [result] = await run([planOf('near')]);
    const startedAt = result?.startedAt;
    const alone = runBench(planOf('near'), near, clock, {
      signal: stop.signal,
      onProgress: () => undefined,
    });
    await clock.advance(3_600_000);
    expect({ ...(await alone), startedAt }).toEqual(result);
    expect(progress.map(({ done, of }) => `${done}/${of}`)).toEqual([
      '1/5',
      '2/5',
      '3/5',
      '4/5',
      '5/5',
    ]);
  });

  it('measures each for itself, one after the other', async () => {
    const results = await run([planOf('near'), planOf('far')]);
    expect(results.map(({ endpointId }) => endpointId)).toEqual(['near', 'far']);
    expect(results.map(firstTokenOf)).toEqual([100, 700]);
    expect(results.every(({ isWhole }) => isWhole)).toBe(true);
    expect([near.requests.length, far.requests.length]).toEqual([5, 5]);
    const lastNear = (near.startedAt.at(-1) ?? Infinity) + 200;
    expect(far.startedAt[0]).toBeGreaterThanOrEqual(lastNear);
  });

  it('tells how far all of it is, also where a load test ends early', async () => {
    near = new ScriptedBenchTarget(clock, () => ({ fails: 'overloaded' }));
    await run([planOf('near', LOAD), planOf('far')]);
    // The second step's ten were not needed.
    expect(progress[0]).toMatchObject({ endpointId: 'near', done: 1, of: 25 });
    expect(progress.at(-1)).toMatchObject({ endpointId: 'far', done: 15, of: 15 });
  });

  it('sends nothing more anywhere when it is stopped', async () => {
    onSecondFar = () => stop.abort(new AbortError());
    const results = await run([planOf('near'), planOf('far'), planOf('near')]);
    expect(results.map(({ isWhole }) => isWhole)).toEqual([true, false, false]);
    expect(results.map(({ measurements }) => measurements[0]?.steps[0]?.samples.length)).toEqual([
      5,
      1,
      undefined,
    ]);
    expect([near.requests.length, far.requests.length]).toEqual([5, 2]);
  });
});
