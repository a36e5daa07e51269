import type { Clock } from '../../../base/clock';
import { EngineError } from '../../errors';
import type { SpendingGuard } from '../../ports';
import type { BudgetPeriod } from './budgetPeriod';
import type { BudgetState, BudgetTracker } from './budgetTracker';

export interface BudgetGuardOptions {
  readonly clock: Clock;
  readonly tracker: BudgetTracker;
  /** Whether the user wants requests refused when a budget is spent. */
  readonly hardStop: () => boolean;
  /** What it was before a reload; ms since 1970. */
  readonly allowedUntil?: number | undefined;
}

const PERIOD_NAMES: Readonly<
  Record<BudgetPeriod, { readonly now: string; readonly next: string }>
> = {
  day: { now: 'today', next: 'tomorrow' },
  month: { now: 'this month', next: 'the next month' },
};

/** Refuses new requests when a budget is spent and the user wants that, until the user allows more. */
export class BudgetGuard implements SpendingGuard {
  readonly #options: BudgetGuardOptions;
  #allowedUntil: number;

  constructor(options: BudgetGuardOptions) {
    this.#options = options;
    this.#allowedUntil = options.allowedUntil ?? 0;
  }

  /** Until when requests go out although a budget is spent, ms since 1970; 0 for not at all. To be kept over a reload. */
  get allowedUntil(): number {
    return this.#allowedUntil;
  }

  /** Whether the user has let requests through although a budget is spent. */
  get isOverridden(): boolean {
    return this.#options.clock.wallNow() < this.#allowedUntil;
  }

  mayAsk(): EngineError | undefined {
    const { tracker, hardStop } = this.#options;
    if (!hardStop() || this.isOverridden) return undefined;
    const spent = tracker.states().filter(({ share }) => share >= 1);
    // The budget that holds for longest: what helps there helps with the others.
    const state = spent.at(-1);
    return state && new EngineError('budget', refusal(state));
  }

  /** Lets requests through for the rest of the day. */
  allowUntilMidnight(): void {
    this.#allowedUntil = this.#options.tracker.midnight;
  }
}

function refusal({ period, limitUSD, spentUSD }: BudgetState): string {
  const { now, next } = PERIOD_NAMES[period];
  return `The budget of ${dollars(limitUSD)} for ${now} is spent (${dollars(spentUSD)}), so nothing was sent. Raise pulse.budget.${period}, switch pulse.budget.hardStop off, or go on ${next}.`;
}

function dollars(usd: number): string {
  return `${usd.toFixed(2)} US$`;
}
