import { describe, expect, test } from 'vitest';
import { Pricing } from '../../../../src/engine/metrics/pricing';
import type { Usage } from '../../../../src/engine/types';

const pricing = new Pricing({});

function usage(changes: Partial<Usage>): Usage {
  return { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, ...changes };
}
const million = 1_000_000;

describe('Pricing', () => {
  test('adds up what each kind of token costs', () => {
    const all = usage({
      inputTokens: 10_000,
      outputTokens: 2_000,
      cacheReadTokens: 50_000,
      cacheWriteTokens: 4_000,
    });
    // Sonnet 5.5: 2 in, 10 out, 0.2 cache read, 2.5 cache write, per million.
    expect(pricing.costUSD('claude-sonnet-5-5', all)).toBeCloseTo(0.02 + 0.02 + 0.01 + 0.01, 10);
  });

  test.each([
    ['claude-fable-5-1', 0.25],
    ['claude-opus-5-5', 0.2],
    ['claude-haiku-4-5', 0.1],
    ['claude-opus-5', 0.5],
  ])('%s: a million tokens read from the cache cost US$ %d', (model, expected) => {
    expect(pricing.costUSD(model, usage({ cacheReadTokens: million }))).toBeCloseTo(expected, 10);
  });

  test('the tier goes by the whole prompt, cached or not', () => {
    const short = usage({ inputTokens: 60_000, cacheReadTokens: 40_000, outputTokens: 1_000 });
    expect(pricing.costUSD('claude-haiku-5-5', short)).toBeCloseTo(0.006 + 0.0004 + 0.0005, 10);
    const long = { ...short, cacheReadTokens: 40_001 };
    expect(pricing.costUSD('claude-haiku-5-5', long)).toBeCloseTo(0.03 + 0.00200005 + 0.0025, 10);
  });

  test('cache prices of the first tier rise with the input price', () => {
    const tiered = new Pricing({
      m: { input: 2, output: 4, cacheRead: 0.1, above: { inputTokens: 10, input: 6, output: 8 } },
    });
    expect(tiered.costUSD('m', usage({ cacheReadTokens: million }))).toBeCloseTo(0.3, 10);
    expect(tiered.costUSD('m', usage({ cacheWriteTokens: million }))).toBeCloseTo(7.5, 10);
  });

  test('writing to the cache for an hour costs twice the input', () => {
    const hour = new Pricing({}, '1h');
    expect(hour.costUSD('claude-sonnet-5-5', usage({ cacheWriteTokens: million }))).toBeCloseTo(
      4,
      10,
    );
    expect(hour.costUSD('claude-sonnet-5-5', usage({ cacheReadTokens: million }))).toBeCloseTo(
      0.2,
      10,
    );
  });

  test('knows a model by its dated name', () => {
    const asked = usage({ inputTokens: million });
    expect(pricing.costUSD('claude-haiku-4-5-20251001', asked)).toBe(1);
    expect(pricing.costUSD('claude-opus-4-20250514', asked)).toBe(15);
  });

  test('an unknown price is unknown, not nothing', () => {
    expect(pricing.costUSD('llama3', usage({}))).toBeUndefined();
    expect(pricing.costUSD('claude-mythos-5-2', usage({ inputTokens: 5 }))).toBeUndefined();
  });

  test('a setting adds prices and overrides those of the list', () => {
    const own = new Pricing({
      'claude-opus-5-5': { input: 1, output: 1 },
      free: { input: 0, output: 0 },
    });
    expect(own.costUSD('claude-opus-5-5', usage({ inputTokens: million }))).toBe(1);
    expect(own.costUSD('claude-opus-5-5', usage({ cacheReadTokens: million }))).toBeCloseTo(0.1);
    expect(own.costUSD('free', usage({ inputTokens: million, cacheReadTokens: 9 }))).toBe(0);
    expect(own.costUSD('claude-opus-5', usage({ inputTokens: million }))).toBe(5);
  });
});
