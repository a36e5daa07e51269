import { beforeEach, describe, expect, it } from 'vitest';
import { budgetConditions } from '../../../../../src/engine/metrics/alerts/budgetConditions';
import { BudgetGuard } from '../../../../../src/engine/metrics/alerts/budgetGuard';
import { localPeriod } from '../../../../../src/engine/metrics/alerts/budgetPeriod';
import type { PeriodBounds } from '../../../../../src/engine/metrics/alerts/budgetPeriod';
import { BudgetTracker } from '../../../../../src/engine/metrics/alerts/budgetTracker';
import type { BudgetLimits } from '../../../../../src/engine/metrics/alerts/budgetTracker';
import { FakeClock } from '../../../../helpers/fakeClock';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;
/** Noon. */
const START = Date.UTC(2026, 2, 10, 12);
/** Periods by universal time, so that the test is the same everywhere. */
const utc: PeriodBounds = (period, at) => {
  const moment = new Date(at);
  const [year, month, day] = [moment.getUTCFullYear(), moment.getUTCMonth(), moment.getUTCDate()];
  return period === 'month'
    ? { from: Date.UTC(year, month, 1), to: Date.UTC(year, month + 1, 1) }
    : { from: Date.UTC(year, month, day), to: Date.UTC(year, month, day + 1) };
};

let clock: FakeClock;
let limits: BudgetLimits;
let tracker: BudgetTracker;

beforeEach(() => {
  clock = new FakeClock(START);
  limits = { day: 5, month: 100 };
  tracker = new BudgetTracker(clock, () => limits, utc);
});

function seed(costUSD: number, unpriced = 0): void {
  for (const wanted of tracker.unseeded) tracker.seed(wanted, { costUSD, unpriced, requests: 1 });
}

function spend(costUSD: number | undefined, at = clock.wallNow()): void {
  tracker.add({ at, costUSD });
}

describe('BudgetTracker', () => {
  it('adds what ends now to what the history knows, whichever comes first', () => {
    spend(1);
    seed(2);
    spend(0.5);
    spend(undefined);
    expect(tracker.state('day')).toMatchObject({
      spentUSD: 3.5,
      share: 0.7,
      unpriced: 1,
      isComplete: true,
    });
    expect(tracker.states().map(({ spentUSD }) => spentUSD)).toEqual([3.5, 3.5]);
  });

  it('counts nothing twice that the first exchange brings of before', () => {
    const [day] = tracker.unseeded;
    expect(day?.range).toEqual({ from: START - 12 * HOUR, to: START - 10 * MINUTE });
    spend(1, START - 11 * MINUTE);
    spend(0.25, START - 9 * MINUTE);
    seed(1);
    expect(tracker.state('day')?.spentUSD).toBe(1.25);
  });

  it('takes each range once', () => {
    const wanted = tracker.unseeded;
    seed(2);
    expect(tracker.unseeded).toEqual([]);
    for (const one of wanted) tracker.seed(one, { costUSD: 2, unpriced: 0, requests: 1 });
    expect(tracker.state('day')?.spentUSD).toBe(2);
  });

  it('does not claim to be complete before the history was read', () => {
    spend(1);
    expect(tracker.state('day')).toMatchObject({ isComplete: false, forecastUSD: undefined });
  });

  it('begins a new day at 0 by itself, without reading anything, and goes on with the month', async () => {
    seed(4);
    await clock.advance(12 * HOUR + 1);
    expect(tracker.unseeded).toEqual([]);
    spend(1, clock.wallNow() - 2);
    expect(tracker.states().map(({ spentUSD }) => spentUSD)).toEqual([0, 5]);
    spend(1);
    expect(tracker.states().map(({ spentUSD }) => spentUSD)).toEqual([1, 6]);
  });

  it('reads again when the clock was set back into another day', () => {
    seed(4);
    clock.jumpWall(-DAY);
    expect(tracker.unseeded.map(({ period }) => period)).toEqual(['day']);
    expect(tracker.state('day')).toMatchObject({ spentUSD: 0, isComplete: false });
  });

  it('reads what was spent in a day that the clock jumped forward into', () => {
    seed(2);
    clock.jumpWall(DAY);
    expect(tracker.unseeded.map(({ period }) => period)).toEqual(['day']);
    expect(tracker.state('day')).toMatchObject({ spentUSD: 0, isComplete: false });
  });

  it('says where the period ends if it goes on so, but not in its first hour', async () => {
    seed(2);
    expect(tracker.state('day')?.forecastUSD).toBeCloseTo(4);
    await clock.advance(12 * HOUR + 59 * MINUTE);
    spend(1);
    expect(tracker.state('day')?.forecastUSD).toBeUndefined();
    await clock.advance(HOUR + MINUTE);
    expect(tracker.state('day')?.forecastUSD).toBeCloseTo(12);
  });

  it('goes by the length that the day has', () => {
    const short: PeriodBounds = (period, at) => {
      const { from, to } = utc(period, at);
      return period === 'day' ? { from, to: to - HOUR } : { from, to };
    };
    tracker = new BudgetTracker(clock, () => limits, short);
    seed(2);
    expect(tracker.state('day')?.forecastUSD).toBeCloseTo((2 / 12) * 23);
  });

  it('follows a limit that is changed, and has no state without one', () => {
    seed(2);
    limits = { day: 0, month: 4 };
    expect(tracker.states()).toMatchObject([{ period: 'month', limitUSD: 4, share: 0.5 }]);
  });
});

describe('the conditions of a budget', () => {
  const kinds = (): string[] =>
    tracker
      .states()
      .slice(0, 1)
      .flatMap(budgetConditions)
      .map(({ state }) => state.kind);

  it('are 80 % and all of it, one at a time', () => {
    seed(3.9);
    expect(kinds()).toEqual(['clear', 'clear']);
    spend(0.1);
    expect(kinds()).toEqual(['crossed', 'clear']);
    spend(1);
    expect(kinds()).toEqual(['clear', 'crossed']);
  });

  it('leave what was before a reload until all is counted', () => {
    expect(kinds()).toEqual(['unknown', 'unknown']);
  });

  it('are others the next day', async () => {
    seed(1);
    const keys = () =>
      tracker
        .states()
        .flatMap(budgetConditions)
        .map(({ key }) => key);
    const before = keys();
    await clock.advance(DAY);
    expect(keys().filter((key) => before.includes(key))).toHaveLength(2);
  });
});

describe('BudgetGuard', () => {
  let hardStop: boolean;
  let guard: BudgetGuard;

  beforeEach(() => {
    hardStop = true;
    guard = new BudgetGuard({ clock, tracker, hardStop: () => hardStop });
  });

  it('refuses when a budget is spent, and says what to do', () => {
    seed(4.99);
    expect(guard.mayAsk()).toBeUndefined();
    spend(0.13);
    const refused = guard.mayAsk();
    expect(refused).toMatchObject({ kind: 'budget', retryable: false });
    expect(refused?.message).toBe(
      'The budget of 5.00 US$ for today is spent (5.12 US$), so nothing was sent. Raise pulse.budget.day, switch pulse.budget.hardStop off, or go on tomorrow.',
    );
    limits = { day: 5, month: 5 };
    expect(guard.mayAsk()?.message).toContain('for this month');
  });

  it('refuses nothing unless that is wished', () => {
    seed(10);
    hardStop = false;
    expect(guard.mayAsk()).toBeUndefined();
  });

  it('lets through until midnight what the user allows, over a reload too', async () => {
    seed(10);
    guard.allowUntilMidnight();
    const { allowedUntil } = guard;
    expect(allowedUntil).toBe(START + 12 * HOUR);
    expect(guard.mayAsk()).toBeUndefined();
    const next = new BudgetGuard({ clock, tracker, hardStop: () => true, allowedUntil });
    expect(next.isOverridden).toBe(true);
    limits = { day: 5, month: 10 };
    await clock.advance(12 * HOUR);
    expect([guard, next].map((one) => one.mayAsk()?.kind)).toEqual(['budget', 'budget']);
  });
});

describe('localPeriod', () => {
  it('goes from midnight to midnight, through every day and month of a year without a gap', () => {
    for (const period of ['day', 'month'] as const) {
      let at = new Date(2026, 0, 1).getTime();
      const end = new Date(2027, 0, 1).getTime();
      let periods = 0;
      while (at < end) {
        const { from, to } = localPeriod(period, at);
        expect(from).toBe(at);
        expect(new Date(to).getHours()).toBe(0);
        expect(localPeriod(period, to - 1)).toEqual({ from, to });
        at = to;
        periods++;
      }
      expect(periods).toBe(period === 'day' ? 365 : 12);
    }
  });
});
