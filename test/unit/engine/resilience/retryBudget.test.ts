import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { RetryBudget } from '../../../../src/engine/resilience/retryBudget';
import { FakeClock } from '../../../helpers/fakeClock';

describe('RetryBudget', () => {
  let clock: FakeClock;
  let share: number;
  let budget: RetryBudget;

  const earn = (times: number): void => {
    for (let i = 0; i < times; i++) budget.earned();
  };
  const takeAll = (): number => {
    let taken = 0;
    while (budget.tryTake()) taken++;
    return taken;
  };

  beforeEach(() => {
    clock = new FakeClock();
    share = 0.5;
    budget = new RetryBudget(() => share, clock);
  });

  test('starts with the reserve, which comes back by one a second', async () => {
    expect(budget.available).toBe(10);
    expect(takeAll()).toBe(10);
    await clock.advance(999);
    expect(budget.tryTake()).toBe(false);
    await clock.advance(1);
    expect(budget.available).toBe(1);
    await clock.advance(3_600_000);
    expect(takeAll()).toBe(10);
  });

  test('each first attempt earns the share', () => {
    takeAll();
    earn(20);
    expect(budget.available).toBe(10);
    expect(takeAll()).toBe(10);
  });

  test('ten tenths are one', () => {
    share = 0.1;
    takeAll();
    earn(9);
    expect(budget.tryTake()).toBe(false);
    earn(1);
    expect(budget.tryTake()).toBe(true);
  });

  test('a share of 0 leaves the reserve', () => {
    share = 0;
    earn(1_000);
    expect(takeAll()).toBe(10);
  });

  test('what was earned is worth nothing a minute later', async () => {
    earn(100);
    expect(budget.available).toBe(60);
    await clock.advance(54_000);
    expect(budget.available).toBe(60);
    await clock.advance(6_000);
    expect(budget.available).toBe(10);
  });

  test('the oldest tokens go first, and the reserve last', async () => {
    earn(20);
    await clock.advance(30_000);
    earn(20);
    for (let i = 0; i < 10; i++) budget.tryTake();
    await clock.advance(30_000);
    expect(budget.available).toBe(20);
  });

  test('does not grow without end', () => {
    earn(100_000);
    expect(takeAll()).toBe(110);
  });

  test('is never negative, never above its cap, and gives no more than was put in', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ max: 70_000, min: 0 }) }),
      fc.record({ kind: fc.constant('earn' as const), times: fc.integer({ max: 60, min: 1 }) }),
      fc.record({ kind: fc.constant('take' as const), times: fc.integer({ max: 60, min: 1 }) }),
    );
    const history = fc.array(step, { maxLength: 60 });
    fc.assert(
      fc.property(history, fc.double({ min: 0, max: 2, noNaN: true }), (steps, share) => {
        let now = 0;
        const budget = new RetryBudget(() => share, {
          now: () => now,
          wallNow: () => now,
          setTimeout: () => {
            throw new Error('a budget needs no timer');
          },
        });
        let earnedAt: number[] = [];
        let taken = 0;
        let attempts = 0;
        for (const step of steps) {
          if (step.kind === 'advance') now += step.ms;
          if (step.kind === 'earn') {
            for (let i = 0; i < step.times; i++) budget.earned();
            attempts += step.times;
            earnedAt.push(...Array.from({ length: step.times }, () => now));
          }
          if (step.kind === 'take') {
            for (let i = 0; i < step.times; i++) {
              const before = budget.available;
              const got = budget.tryTake();
              expect(got).toBe(before >= 1);
              expect(budget.available).toBe(got ? before - 1 : before);
              taken += got ? 1 : 0;
            }
          }
          earnedAt = earnedAt.filter((at) => at > now - 60_000);
          const { available } = budget;
          expect(available).toBeGreaterThanOrEqual(0);
          expect(available).toBeLessThanOrEqual(Math.min(110, 10 + earnedAt.length * share + 1e-6));
          expect(taken).toBeLessThanOrEqual(10 + now / 1_000 + attempts * share + 1e-6);
        }
      }),
      { seed: 11, numRuns: 150 },
    );
  });
});
