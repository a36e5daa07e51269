import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { AdaptiveLimit } from '../../../../src/engine/resilience/adaptiveLimit';

const ok = { kind: 'ok', firstTokenMs: 500 } as const;
const slow = { kind: 'ok', firstTokenMs: 5_000 } as const;

describe('AdaptiveLimit', () => {
  let limit: AdaptiveLimit;
  let now: number;

  beforeEach(() => {
    limit = new AdaptiveLimit(10);
    now = 0;
  });

  function tell(event: Parameters<AdaptiveLimit['feedback']>[0], times = 1, running = 10): void {
    for (let each = 0; each < times; each++) limit.feedback(event, now, running);
  }

  test('starts at the setting and never goes above it', () => {
    expect(limit.limit).toBe(10);
    tell(ok, 100);
    expect(limit.limit).toBe(10);
  });

  test('goes down by 0.7 at 529 and by 0.8 at 429', () => {
    tell({ kind: 'overloaded' });
    expect(limit.limit).toBe(7);
    limit = new AdaptiveLimit(10);
    tell({ kind: 'throttled' });
    expect(limit.limit).toBe(8);
  });

  test('counts a burst of failures once, and the next one after a second', () => {
    tell({ kind: 'overloaded' }, 20);
    expect(limit.limit).toBe(7);
    now += 999;
    tell({ kind: 'throttled' });
    expect(limit.limit).toBe(7);
    now += 1;
    tell({ kind: 'overloaded' });
    expect(limit.limit).toBe(4);
  });

  test('counts for one burst what fails within a first-token time, at most 10 s', () => {
    tell({ kind: 'ok', firstTokenMs: 4_000 }, 10);
    tell({ kind: 'overloaded' });
    now += 3_999;
    tell({ kind: 'overloaded' });
    expect(limit.limit).toBe(7);
    now += 1;
    tell({ kind: 'overloaded' });
    expect(limit.limit).toBe(4);
    limit = new AdaptiveLimit(10);
    tell({ kind: 'ok', firstTokenMs: 60_000 }, 10);
    tell({ kind: 'overloaded' });
    now += 10_000;
    tell({ kind: 'overloaded' });
    expect(limit.limit).toBe(4);
  });

  test('comes back by one for as many successes as the limit is', () => {
    tell({ kind: 'throttled' });
    tell(ok, 8);
    expect(limit.limit).toBe(9);
    tell(ok, 9);
    expect(limit.limit).toBe(10);
  });

  test('after an outage is back where it began with one success each', () => {
    for (let each = 0; each < 10; each++) {
      tell({ kind: 'overloaded' });
      now += 5_000;
    }
    expect(limit.limit).toBe(1);
    tell(ok, 6);
    expect(limit.limit).toBe(7);
    tell(ok);
    expect(limit.limit).toBe(7);
  });

  test('goes down while first tokens take far longer than usual, and up when they do not', () => {
    tell(ok, 100);
    tell(slow, 1);
    expect(limit.limit).toBe(10);
    tell(slow, 4);
    expect(limit.limit).toBeLessThan(10);
    for (let each = 0; each < 20; each++) {
      now += 10_000;
      tell(slow);
    }
    // Slowness alone does not take it below a quarter.
    expect(limit.limit).toBe(2);
    tell(ok, 60);
    expect(limit.limit).toBe(10);
  });

  test('does not count slow first tokens as its own doing where little is under way', () => {
    tell(ok, 100);
    for (let each = 0; each < 20; each++) {
      now += 10_000;
      tell(slow, 1, 4);
    }
    expect(limit.limit).toBe(10);
  });

  test('takes slow first tokens for usual when they stay', () => {
    tell(ok, 100);
    for (let each = 0; each < 200; each++) {
      now += 10_000;
      tell(slow);
    }
    expect(limit.limit).toBe(10);
  });

  test('follows another setting: at the top along with it, else only where it must', () => {
    limit.setMax(20);
    expect(limit.limit).toBe(20);
    tell({ kind: 'overloaded' });
    limit.setMax(30);
    expect(limit.limit).toBe(14);
    limit.setMax(5);
    expect(limit.limit).toBe(5);
    tell(ok, 100);
    expect(limit.limit).toBe(5);
  });

  test('stays a whole number from 1 to the setting, whatever comes', () => {
    const event = fc.oneof(
      fc.constant({ kind: 'overloaded' as const }),
      fc.constant({ kind: 'throttled' as const }),
      fc.record({
        kind: fc.constant('ok' as const),
        firstTokenMs: fc.option(fc.double({ min: 0, max: 100_000, noNaN: true }), {
          nil: undefined,
        }),
      }),
    );
    const step = fc.record({ event, ms: fc.nat(20_000), running: fc.nat(40), max: fc.nat(60) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const each = new AdaptiveLimit(10);
        let max = 10;
        let at = 0;
        for (const { event: told, ms, running, max: next } of steps) {
          at += ms;
          if (next > 50) each.setMax((max = next - 50));
          each.feedback(told, at, running);
          expect(Number.isInteger(each.limit)).toBe(true);
          expect(each.limit).toBeGreaterThanOrEqual(1);
          expect(each.limit).toBeLessThanOrEqual(max);
        }
      }),
      { seed: 3 },
    );
  });
});
