import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PeakEwma } from '../../../../../src/engine/resilience/balancing/peakEwma';

describe('PeakEwma', () => {
  test('knows nothing before the first sample, then the sample', () => {
    const latency = new PeakEwma();
    expect(latency.value).toBeUndefined();
    latency.observe(800, 1_000);
    expect(latency.value).toBe(800);
  });

  test('follows a rise at once', () => {
    const latency = new PeakEwma();
    latency.observe(500, 0);
    latency.observe(9_000, 1);
    expect(latency.value).toBe(9_000);
  });

  test('forgets a peak slowly: a third of its lead is left after a minute', () => {
    const latency = new PeakEwma();
    latency.observe(10_000, 0);
    latency.observe(1_000, 1_000);
    expect(latency.value).toBeGreaterThan(9_800);
    const minute = new PeakEwma();
    minute.observe(10_000, 0);
    minute.observe(0, 60_000);
    expect(minute.value).toBeCloseTo(10_000 / Math.E);
  });

  test('stays between the lowest and the highest sample', () => {
    const sample = fc.record({ ms: fc.nat(100_000), laterMs: fc.nat(600_000) });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 30 }), (samples) => {
        const latency = new PeakEwma();
        let now = 0;
        for (const { ms, laterMs } of samples) {
          now += laterMs;
          latency.observe(ms, now);
        }
        const all = samples.map(({ ms }) => ms);
        expect(latency.value).toBeGreaterThanOrEqual(Math.min(...all) - 1e-6);
        expect(latency.value).toBeLessThanOrEqual(Math.max(...all) + 1e-6);
      }),
      { seed: 1 },
    );
  });
});
