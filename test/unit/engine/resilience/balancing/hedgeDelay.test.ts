import { describe, expect, test } from 'vitest';
import { HedgeDelays } from '../../../../../src/engine/resilience/balancing/hedgeDelay';

function recorded(...samples: readonly number[]): HedgeDelays {
  const delays = new HedgeDelays();
  for (const sample of samples) delays.record('m', sample);
  return delays;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('HedgeDelays', () => {
  test('tells nothing before 20 samples of that model', () => {
    const delays = recorded(...upTo(19));
    expect(delays.delayMs('m')).toBeUndefined();
    expect(delays.delayMs('other')).toBeUndefined();
    delays.record('m', 20);
    expect(delays.delayMs('m')).toBe(19);
    expect(delays.delayMs('other')).toBeUndefined();
  });

  test('is the P95, whatever the order of the samples', () => {
    expect(recorded(...upTo(100)).delayMs('m')).toBe(95);
    expect(recorded(...upTo(100).toReversed()).delayMs('m')).toBe(95);
  });

  test('forgets all but the last 100', () => {
    const delays = recorded(...Array.from({ length: 100 }, () => 60_000));
    expect(delays.delayMs('m')).toBe(60_000);
    for (const sample of upTo(100)) delays.record('m', sample);
    expect(delays.delayMs('m')).toBe(95);
  });
});
