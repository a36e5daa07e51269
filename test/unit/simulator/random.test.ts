import { describe, expect, it } from 'vitest';
import { hashSeed, Random } from '../../../src/simulator/random';

function numbers(seed: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: 1_000 }, () => random.next());
}

describe('Random', () => {
  it('gives the same sequence for the same seed and another for another', () => {
    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(7)).not.toEqual(numbers(8));
  });

  it('stays in [0, 1) and is spread evenly', () => {
    const all = numbers(3);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all)).toBeLessThan(1);
    const low = all.filter((number) => number < 0.5).length;
    expect(low).toBeGreaterThan(440);
    expect(low).toBeLessThan(560);
  });

  it('includes both ends of a range of whole numbers', () => {
    const random = new Random(1);
    const seen = new Set(Array.from({ length: 200 }, () => random.integer(2, 4)));
    expect([...seen].sort((a, b) => a - b)).toEqual([2, 3, 4]);
  });

  it('spreads around one, as often above as below', () => {
    const random = new Random(5);
    const factors = Array.from({ length: 1_000 }, () => random.spread(0.3));
    const above = factors.filter((factor) => factor > 1).length;
    expect(above).toBeGreaterThan(440);
    expect(above).toBeLessThan(560);
    expect(Math.min(...factors)).toBeGreaterThan(0);
  });
});

describe('hashSeed', () => {
  it('tells similar texts apart', () => {
    expect(hashSeed('1 request 1')).not.toBe(hashSeed('1 request 2'));
    expect(hashSeed('a')).toBe(hashSeed('a'));
  });
});
