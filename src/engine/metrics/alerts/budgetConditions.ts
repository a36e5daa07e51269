import type { Condition, ConditionState } from './condition';
import type { BudgetState } from './budgetTracker';

const NEAR_SHARE = 0.8;

/** Two for a budget, of which one at most is met: 80 % are spent, and all is. Each is of its period: the next one is told anew. */
export function budgetConditions(budget: BudgetState): Condition[] {
  const { period, share, from } = budget;
  const isSpent = share >= 1;
  return [
    {
      key: `budget.${period}.near:${from}`,
      level: 'warning',
      forMs: 0,
      state: stateOf(budget, !isSpent && share >= NEAR_SHARE),
    },
    {
      key: `budget.${period}.spent:${from}`,
      level: 'error',
      forMs: 0,
      state: stateOf(budget, isSpent),
    },
  ];
}

function stateOf(budget: BudgetState, isMet: boolean): ConditionState {
  if (isMet) return { kind: 'crossed', detail: { kind: 'budget', budget } };
  return { kind: budget.isComplete ? 'clear' : 'unknown' };
}
