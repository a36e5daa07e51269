import type { Clock } from '../../base/clock';
import type { BenchResult } from './benchResult';
import { requestsOfPlan, runBench } from './runBench';
import type { BenchPlan, BenchProgress, BenchTarget } from './runBench';

/** `done` and `of` are those of all plans. */
export interface BenchesProgress extends BenchProgress {
  readonly endpointId: string;
}

interface BenchesOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BenchesProgress) => void;
}

/**
 * Runs each plan at its endpoint, one after the other, so that none is measured under another's load. Never rejects. There is a result for
 * each plan: when the signal is aborted, those that were still to come are empty, with `isWhole: false`.
 */
export async function runBenches(
  plans: readonly BenchPlan[],
  targetOf: (endpointId: string) => BenchTarget,
  clock: Clock,
  { signal, onProgress }: BenchesOptions,
): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const [index, plan] of plans.entries()) {
    const { endpointId } = plan;
    const before = requestsIn(results);
    const later = plans.slice(index + 1).reduce((sum, next) => sum + requestsOfPlan(next), 0);
    const result = await runBench(plan, targetOf(endpointId), clock, {
      signal,
      onProgress: (step) =>
        onProgress({
          ...step,
          endpointId,
          done: before + step.done,
          of: before + step.of + later,
        }),
    });
    results.push(result);
  }
  return results;
}

function requestsIn(results: readonly BenchResult[]): number {
  return results
    .flatMap(({ measurements }) => measurements)
    .flatMap(({ steps }) => steps)
    .reduce((sum, { samples }) => sum + samples.length, 0);
}
