import { assertNever } from '../../base/assertNever';
import type { ChatRequest } from '../types';
import type { Scenario, ScenarioKind } from './benchResult';

/** As `Pulse: Run Benchmark` runs them: a few minutes and a few cents for a model. */
export const SCENARIOS = {
  // 40: the fewest of which a P95 can be compared with another run's.
  latency: { kind: 'latency', requests: 40, maxTokens: 64 },
  throughput: {
    kind: 'throughput',
    requests: 200,
    concurrency: 10,
    limitMs: 60_000,
    maxTokens: 32,
  },
  availability: { kind: 'availability', requests: 60, spreadMs: 120_000, maxTokens: 8 },
  // 20 at least: one stray request neither moves the P95 nor is more than 5 %.
  load: { kind: 'load', maxConcurrency: 32, leastRequests: 20, maxTokens: 32 },
} as const satisfies Readonly<Record<ScenarioKind, Scenario>>;

export interface PlannedStep {
  readonly concurrency: number;
  readonly requests: number;
}

/** The steps of a scenario in their order; `load` may end before the last one. */
export function stepsOf(scenario: Scenario): readonly PlannedStep[] {
  switch (scenario.kind) {
    case 'latency':
      return [{ concurrency: 1, requests: scenario.requests }];
    case 'throughput':
      return [{ concurrency: scenario.concurrency, requests: scenario.requests }];
    case 'availability':
      // None waits for the one before.
      return [{ concurrency: scenario.requests, requests: scenario.requests }];
    case 'load':
      return loadSteps(scenario.maxConcurrency, scenario.leastRequests);
    default:
      return assertNever(scenario);
  }
}

/** Requests at most for each model, repeats aside. */
export function requestsOf(scenario: Scenario): number {
  return stepsOf(scenario).reduce((sum, { requests }) => sum + requests, 0);
}

/**
 * A short question, another one for each `index`, so that no cache on the way has its answer. It asks for more than `maxTokens`, so
 * that every answer is of about the same length, and for no thought where the model can do without.
 */
export function benchRequest(scenario: Scenario, model: string, index: number): ChatRequest {
  const from = 100 + index;
  return {
    model,
    messages: [
      {
        role: 'user',
        content: `Write the numbers from ${from} to ${from + 50} in words, separated by commas. Write nothing else.`,
      },
    ],
    action: scenario.kind === 'throughput' || scenario.kind === 'load' ? 'batch' : 'chat',
    maxTokens: scenario.maxTokens,
    thinking: 'off',
    effort: 'low',
    fresh: true,
    unkept: true,
  };
}

function loadSteps(maxConcurrency: number, leastRequests: number): readonly PlannedStep[] {
  const steps: PlannedStep[] = [];
  for (let concurrency = 1; concurrency <= maxConcurrency; concurrency *= 2) {
    steps.push({ concurrency, requests: Math.max(leastRequests, 2 * concurrency) });
  }
  return steps;
}
