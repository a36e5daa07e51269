import { describe, expect, test } from 'vitest';
import { Histogram } from '../../../../src/engine/metrics/histogram';

describe('Histogram', () => {
  test('tells nothing when it is empty', () => {
    const histogram = new Histogram();
    expect(histogram.percentiles()).toEqual({ count: 0, p50: 0, p95: 0, p99: 0 });
    expect(histogram.median()).toBeUndefined();
  });

  test('tells percentiles within 1 %', () => {
    const histogram = new Histogram();
    for (let value = 1; value <= 10_000; value++) histogram.record(value);
    const { count, p50, p95, p99 } = histogram.percentiles();
    expect(count).toBe(10_000);
    for (const [told, exact] of [
      [p50, 5_000],
      [p95, 9_500],
      [p99, 9_900],
    ] as const) {
      expect(Math.abs(told - exact) / exact).toBeLessThan(0.01);
    }
  });

  test('takes fractions, zeros and values out of range', () => {
    const histogram = new Histogram();
    for (const value of [0, -3, 0.2, 2.6, 1e12]) histogram.record(value);
    expect(histogram.percentiles().count).toBe(5);
    expect(histogram.median()).toBe(1);
    expect(histogram.percentiles().p99).toBeGreaterThan(3_500_000);
  });

  test('forgets on reset', () => {
    const histogram = new Histogram();
    histogram.record(5);
    histogram.reset();
    expect(histogram.percentiles().count).toBe(0);
  });
});
