import type {
  BenchResult,
  Measurement,
  Sample,
  Scenario,
} from '../../src/engine/bench/benchResult';
import { SCENARIOS } from '../../src/engine/bench/scenarios';

/** Answers that took so long to their first token, ms, and `writingMs` longer in all; `waitMs` of it in Pulse's queue. */
export function answers(
  firstTokens: readonly number[],
  waitMs = 0,
  writingMs = 1_000,
): readonly Sample[] {
  return firstTokens.map((firstTokenMs) => ({
    outcome: 'answered',
    firstTokenMs,
    totalMs: firstTokenMs + writingMs,
    waitMs,
    outputTokens: 60,
    attempts: 1,
    costUSD: 0.001,
  }));
}

export function failures(count: number): readonly Sample[] {
  return Array.from({ length: count }, () => ({
    outcome: 'failed',
    failure: 'overloaded',
    totalMs: 10,
  }));
}

/** Numbers around `middle`, evenly spread by up to 10 % of it. */
export function around(middle: number, count: number): readonly number[] {
  return Array.from(
    { length: count },
    (_, index) => middle * (0.9 + (0.2 * ((index * 7) % count)) / count),
  );
}

/** One step with these samples, in ten seconds. */
export function measured(
  kind: keyof typeof SCENARIOS,
  samples: readonly Sample[],
  model = 'a',
): Measurement {
  const scenario: Scenario = SCENARIOS[kind];
  return { scenario, model, steps: [{ concurrency: 1, tookMs: 10_000, samples }] };
}

export function benchResult(
  measurements: readonly Measurement[],
  changes: Partial<BenchResult> = {},
): BenchResult {
  return {
    version: 1,
    endpointId: 'e',
    startedAt: Date.UTC(2026, 0, 1),
    tookMs: 20_000,
    isWhole: true,
    measurements,
    ...changes,
  };
}
