import type { Clock } from '../../../base/clock';
import type { MeasuredRequest, MetricsRange, Spending } from '../metricsHistory';
import { BUDGET_PERIODS } from './budgetPeriod';
import type { BudgetPeriod, PeriodBounds } from './budgetPeriod';

/** Requests that ended longer ago are in the history, whichever window they are of, ms; newer ones come through `add`. */
const WRITTEN_AFTER_MS = 600_000;
/** Before that much of a period is over, ms, the rate so far says nothing about its end. */
const FORECAST_AFTER_MS = 3_600_000;

/** US$; 0 for no budget. */
export type BudgetLimits = Readonly<Record<BudgetPeriod, number>>;

/** A budget as it is now, US$. */
export interface BudgetState {
  readonly period: BudgetPeriod;
  /** Above 0. */
  readonly limitUSD: number;
  readonly spentUSD: number;
  /** Of the limit, 0 and up. */
  readonly share: number;
  /** At the end of the period, if it goes on as so far; `undefined` in its first hour. */
  readonly forecastUSD: number | undefined;
  /** Requests without a known price: what they cost comes on top. */
  readonly unpriced: number;
  /** Ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** Whether all of the period is counted: `false` until what came before this window has been read. */
  readonly isComplete: boolean;
}

/** A range whose spending is to be read from the history and handed to `seed`. */
export interface Unseeded {
  readonly period: BudgetPeriod;
  readonly range: MetricsRange;
}

interface Count {
  readonly range: MetricsRange;
  /** What ended before is known by the seed, what ended from then on is added. Ms since 1970. */
  readonly cutAt: number;
  /** By how much the wall clock was ahead of the monotonic one, ms: it is more when it was set, or the machine slept. */
  readonly aheadMs: number;
  isSeeded: boolean;
  spentUSD: number;
  unpriced: number;
}

/**
 * What was spent in this day and this month, over all windows. What ended up to ten minutes before the tracker was made comes from
 * the history in one sum, everything since then request by request: nothing is counted twice or left out, in whatever order the two
 * arrive. A new period begins by itself, at 0.
 */
export class BudgetTracker {
  readonly #clock: Clock;
  readonly #limits: () => BudgetLimits;
  readonly #boundsOf: PeriodBounds;
  readonly #counts: Record<BudgetPeriod, Count>;

  /** @param boundsOf `localPeriod`, but for tests that want another calendar */
  constructor(clock: Clock, limits: () => BudgetLimits, boundsOf: PeriodBounds) {
    this.#clock = clock;
    this.#limits = limits;
    this.#boundsOf = boundsOf;
    this.#counts = { day: this.#begin('day'), month: this.#begin('month') };
  }

  /**
   * What is to be read: at the start, and when the clock jumped into another period. `MetricsHistory.spending(range)` gives
   * what `seed` wants. Empty when all is known.
   */
  get unseeded(): readonly Unseeded[] {
    return BUDGET_PERIODS.flatMap((period) => {
      const { range, cutAt, isSeeded } = this.#countOf(period);
      return isSeeded ? [] : [{ period, range: { from: range.from, to: cutAt } }];
    });
  }

  /** What the history says of a range of `unseeded`. One that is no longer asked for is passed over. */
  seed({ period, range }: Unseeded, spending: Spending): void {
    const count = this.#countOf(period);
    if (count.isSeeded || range.from !== count.range.from || range.to !== count.cutAt) return;
    count.isSeeded = true;
    count.spentUSD += spending.costUSD;
    count.unpriced += spending.unpriced;
  }

  /** A request that has ended, of this window or another: each once, also those that the first exchange with the history brings. */
  add({ at, costUSD }: Pick<MeasuredRequest, 'at' | 'costUSD'>): void {
    for (const period of BUDGET_PERIODS) {
      const count = this.#countOf(period);
      if (at < count.cutAt) continue;
      if (costUSD === undefined) count.unpriced++;
      else count.spentUSD += costUSD;
    }
  }

  /** `undefined` where there is no budget for this period. */
  state(period: BudgetPeriod): BudgetState | undefined {
    const limitUSD = this.#limits()[period];
    if (limitUSD <= 0) return undefined;
    const { range, spentUSD, unpriced, isSeeded } = this.#countOf(period);
    return {
      period,
      limitUSD,
      spentUSD,
      share: spentUSD / limitUSD,
      forecastUSD: isSeeded ? this.#forecast(range, spentUSD) : undefined,
      unpriced,
      ...range,
      isComplete: isSeeded,
    };
  }

  states(): readonly BudgetState[] {
    return BUDGET_PERIODS.flatMap((period) => this.state(period) ?? []);
  }

  /** When the present day ends, ms since 1970. */
  get midnight(): number {
    return this.#boundsOf('day', this.#clock.wallNow()).to;
  }

  #forecast({ from, to }: MetricsRange, spentUSD: number): number | undefined {
    const elapsedMs = this.#clock.wallNow() - from;
    if (elapsedMs < FORECAST_AFTER_MS) return undefined;
    return (spentUSD / elapsedMs) * (to - from);
  }

  #countOf(period: BudgetPeriod): Count {
    const count = this.#counts[period];
    const now = this.#clock.wallNow();
    if (now >= count.range.from && now < count.range.to) return count;
    const hasJumped = Math.abs(this.#aheadMs() - count.aheadMs) > WRITTEN_AFTER_MS;
    const next = this.#begin(period, now >= count.range.to && !hasJumped);
    this.#counts[period] = next;
    return next;
  }

  /** @param isWitnessed whether all of the period that is over by now came through `add` */
  #begin(period: BudgetPeriod, isWitnessed = false): Count {
    const now = this.#clock.wallNow();
    const range = this.#boundsOf(period, now);
    const cutAt = isWitnessed ? range.from : Math.max(range.from, now - WRITTEN_AFTER_MS);
    const isSeeded = cutAt === range.from;
    return { range, cutAt, aheadMs: this.#aheadMs(), isSeeded, spentUSD: 0, unpriced: 0 };
  }

  #aheadMs(): number {
    return this.#clock.wallNow() - this.#clock.now();
  }
}
