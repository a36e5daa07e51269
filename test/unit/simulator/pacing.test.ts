import { describe, expect, it } from 'vitest';
import { planPace } from '../../../src/simulator/pacing';
import type { PaceOptions } from '../../../src/simulator/pacing';
import { Random } from '../../../src/simulator/random';

const model = { firstTokenMs: 400, tokensPerSecond: 100, sigma: 0.3 };
const usual: PaceOptions = {
  burst: false,
  speed: 1,
  latencyMs: undefined,
  tokensPerSecond: undefined,
};

function firstTokenMs(options: PaceOptions, seed: number, inputTokens = 0): number {
  const pace = planPace(model, options, inputTokens, new Random(seed));
  return pace.beforeHeadersMs + pace.beforeFirstTokenMs;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

describe('planPace', () => {
  it('has the model’s median and a spread around it, the same for the same seed', () => {
    const all = seeds(400).map((seed) => firstTokenMs(usual, seed));
    expect(seeds(400).map((seed) => firstTokenMs(usual, seed))).toEqual(all);
    expect(Math.max(...all)).toBeGreaterThan(600);
    expect(Math.min(...all)).toBeLessThan(300);
    expect(median(all)).toBeGreaterThan(370);
    expect(median(all)).toBeLessThan(430);
  });

  it('takes the given latency and pace instead of the model’s', () => {
    const slow = { ...usual, latencyMs: 4_000 };
    expect(firstTokenMs(slow, 1)).toBeCloseTo(10 * firstTokenMs(usual, 1));
    const quick = planPace(model, { ...usual, tokensPerSecond: 1_000 }, 0, new Random(1));
    const own = planPace(model, usual, 0, new Random(1));
    expect(quick.nextMs(5)).toBeCloseTo(own.nextMs(5) / 10);
  });

  it('takes longer for a longer prompt', () => {
    expect(firstTokenMs(usual, 1, 100_000)).toBeCloseTo(firstTokenMs(usual, 1) + 1_000);
  });

  it('is divided by the speed', () => {
    const double = { ...usual, speed: 2 };
    expect(firstTokenMs(double, 1)).toBeCloseTo(firstTokenMs(usual, 1) / 2);
    expect(planPace(model, double, 0, new Random(1)).nextMs(10)).toBeCloseTo(
      planPace(model, usual, 0, new Random(1)).nextMs(10) / 2,
    );
  });

  it('waits for nothing in burst mode', () => {
    const pace = planPace(model, { ...usual, burst: true }, 100_000, new Random(1));
    expect([pace.beforeHeadersMs, pace.beforeFirstTokenMs, pace.nextMs(50)]).toEqual([0, 0, 0]);
  });
});
