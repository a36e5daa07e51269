import { describe, expect, it } from 'vitest';
import {
  meanChangeInterval,
  percentile,
  percentileChangeInterval,
  rateRatioInterval,
  shareChangeInterval,
  spreadChangeInterval,
  spreadOf,
  wilsonInterval,
} from '../../../src/engine/statistics';
import { seededRandom } from '../../helpers/seededRandom';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Values of a normal distribution. */
function normal(count: number, mean: number, deviation: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * random());
  });
}

describe('percentile', () => {
  it('is the nearest rank, whatever the order', () => {
    const values = upTo(100).toReversed();
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([
      50, 95, 99, 100,
    ]);
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeUndefined();
  });
});

describe('wilsonInterval', () => {
  it('is that of the textbook, also at the ends', () => {
    const half = wilsonInterval(5, 10);
    expect(half.low).toBeCloseTo(0.2366, 4);
    expect(half.high).toBeCloseTo(0.7634, 4);
    const all = wilsonInterval(30, 30);
    expect(all.low).toBeCloseTo(0.8865, 4);
    expect(all.high).toBe(1);
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

describe('shareChangeInterval', () => {
  it("is that of Newcombe's example", () => {
    // Newcombe 1998, table II, contrast (a): 56/70 less 48/80 is 0.20 (0.0524 to 0.3339).
    const { low, high } = shareChangeInterval({ hits: 48, count: 80 }, { hits: 56, count: 70 });
    expect(low).toBeCloseTo(0.0524, 4);
    expect(high).toBeCloseTo(0.3339, 4);
  });
});

describe('percentileChangeInterval', () => {
  it('holds a change that is there and leaves out none', () => {
    const change = percentileChangeInterval(normal(40, 500, 50, 1), normal(40, 600, 50, 2), 0.5);
    expect(change?.low).toBeGreaterThan(0);
    expect(change?.low).toBeLessThan(100);
    expect(change?.high).toBeGreaterThan(100);
  });

  it('takes no noise for a change in about nineteen of twenty cases', () => {
    let found = 0;
    for (let seed = 0; seed < 20; seed++) {
      const [a, b] = [normal(40, 500, 50, 2 * seed), normal(40, 500, 50, 2 * seed + 1)];
      const { low = 0, high = 0 } = percentileChangeInterval(a, b, 0.5) ?? {};
      if (low > 0 || high < 0) found++;
    }
    expect(found).toBeLessThanOrEqual(3);
  });

  it('is the same for the same samples, and says nothing of too few', () => {
    const [a, b] = [upTo(40), upTo(40).map((value) => value + 3)];
    expect(percentileChangeInterval(a, b, 0.95)).toEqual(percentileChangeInterval(a, b, 0.95));
    expect(percentileChangeInterval(a, upTo(39), 0.95)).toBeUndefined();
    expect(percentileChangeInterval(a, b, 0.99)).toBeUndefined();
    expect(percentileChangeInterval(upTo(7), a, 0.5)).toBeUndefined();
  });
});

describe('rateRatioInterval', () => {
  it('gets narrower with more events', () => {
    const ratio = (events: number) =>
      rateRatioInterval({ events, perSecond: 10 }, { events, perSecond: 12 });
    expect(ratio(50)?.low).toBeLessThan(1);
    expect(ratio(5_000)?.low).toBeGreaterThan(1);
    expect(ratio(0)).toBeUndefined();
  });
});

describe('spread', () => {
  it('is the distance of the quartiles as a share of the median', () => {
    expect(spreadOf(upTo(100))).toBe(1);
    expect(spreadOf([5])).toBe(0);
    expect(spreadOf([])).toBeUndefined();
  });

  it('is found to have changed, and not to have', () => {
    const [wide, narrow] = [normal(200, 500, 100, 1), normal(200, 500, 20, 2)];
    expect(spreadChangeInterval(wide, narrow)?.high).toBeLessThan(0);
    const same = spreadChangeInterval(wide, normal(200, 500, 100, 3));
    expect(same?.low).toBeLessThan(0);
    expect(same?.high).toBeGreaterThan(0);
    expect(spreadChangeInterval(wide, narrow.slice(0, 39))).toBeUndefined();
  });
});

describe('meanChangeInterval', () => {
  it('is that of the formula', () => {
    const first = Array.from({ length: 50 }, (_, index) => index % 2);
    const second = first.map((value) => value + 1);
    // Variances of 0.25 * 50 / 49 each: 1.96 * sqrt(2 * 0.2551 / 50).
    const { low = 0, high = 0 } = meanChangeInterval(first, second) ?? {};
    expect(low).toBeCloseTo(1 - 0.198, 3);
    expect(high).toBeCloseTo(1 + 0.198, 3);
    expect(meanChangeInterval(first, second.slice(0, 19))).toBeUndefined();
  });
});

describe('drawing anew without drawing', () => {
  it('gives bounds for a median as wide as drawing does', () => {
    // The median of n even numbers from 0 to 1 deviates by 1 / (2 sqrt(n)).
    const even = upTo(2_500).map((value) => value / 2_500);
    const { low = 0, high = 0 } = percentileChangeInterval(even, even, 0.5) ?? {};
    const deviation = Math.SQRT2 / (2 * Math.sqrt(2_500));
    expect(high - low).toBeGreaterThan(2 * 1.96 * deviation * 0.9);
    expect(high - low).toBeLessThan(2 * 1.96 * deviation * 1.1);
  });
});
