import type { AlertLevel, AlertRule, BurnRateRule } from './alertRules';
import type { BudgetState } from './budgetTracker';
import type { OpenBreaker } from './metricSource';

/** What an alert says, with the figures of now. */
export type AlertDetail =
  | {
      readonly kind: 'threshold';
      readonly rule: AlertRule;
      /** `undefined`: all models. */
      readonly model: string | undefined;
      readonly value: number;
      /** Of `firstTokenRatio`, ms. */
      readonly ratioOf: { readonly medianMs: number; readonly usualMs: number } | undefined;
      /** Of `breakerOpen`. */
      readonly breakers: readonly OpenBreaker[];
    }
  | {
      readonly kind: 'burnRate';
      readonly rule: BurnRateRule;
      /** Times the rate that the objective allows, in the long window. */
      readonly burn: number;
      /** Of the long window, 0-1. */
      readonly availability: number;
      /** Failures by the service's fault in the long window. */
      readonly failures: number;
      /** 0-1. */
      readonly objective: number;
    }
  | { readonly kind: 'budget'; readonly budget: BudgetState };

/**
 * What a rule says of the figures of now.
 * - `crossed` past the limit; `between` not any more, and not past where it is cleared either
 * - `unknown` not to be told now: what was stays; `clear` well, or nothing is left that it could be about
 */
export type ConditionState =
  | {
      readonly kind: 'crossed';
      readonly detail: AlertDetail;
    }
  | { readonly kind: 'between'; readonly detail: AlertDetail }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'clear' };

/** One thing that an alert can be about, as it is now. */
export interface Condition {
  /** Stays the same from one evaluation to the next. */
  readonly key: string;
  readonly level: AlertLevel;
  /** How long it has to be crossed before it is raised, ms. */
  readonly forMs: number;
  readonly state: ConditionState;
}
