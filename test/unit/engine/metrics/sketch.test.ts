import { array, assert, double, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Sketch, SKETCH_ACCURACY } from '../../../../src/engine/metrics/sketch';

function sketchOf(values: readonly number[]): Sketch {
  const sketch = new Sketch();
  for (const value of values) sketch.add(Sketch.binOf(value));
  return sketch;
}

function exact(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0;
}

describe('Sketch', () => {
  test('is empty at first', () => {
    expect(new Sketch().percentiles()).toEqual({ count: 0, p50: 0, p95: 0, p99: 0 });
    expect(new Sketch().median()).toBeUndefined();
  });

  test('percentiles are within its accuracy of the exact ones, whatever was added', () => {
    const value = double({ min: 0.01, max: 1e9, noNaN: true });
    assert(
      property(array(value, { minLength: 1, maxLength: 300 }), (values) => {
        const { count, p50, p95, p99 } = sketchOf(values).percentiles();
        expect(count).toBe(values.length);
        for (const [found, share] of [
          [p50, 0.5],
          [p95, 0.95],
          [p99, 0.99],
        ] as const) {
          const right = exact(values, share);
          expect(Math.abs(found - right)).toBeLessThanOrEqual(right * SKETCH_ACCURACY * 1.001);
        }
      }),
    );
  });

  test('two of them added up are as one of both', () => {
    const [a, b] = [
      [1, 20, 300],
      [4_000, 50_000],
    ];
    const sum = sketchOf(a ?? []);
    sum.merge(sketchOf(b ?? []));
    expect(sum.percentiles()).toEqual(sketchOf([...(a ?? []), ...(b ?? [])]).percentiles());
  });

  test('what is out of its range counts as the nearer end', () => {
    const low = sketchOf([0, -5, Number.NaN]);
    expect(low.count).toBe(3);
    expect(low.median()).toBeCloseTo(0.01, 3);
    expect(sketchOf([1e12]).median()).toBeCloseTo(1e9, -8);
  });
});
