import type { RequestFigures } from '../requestFigures';
import type { BurnRateRule } from './alertRules';
import type { Condition, ConditionState } from './condition';
import type { Readings } from './readings';

/** Cleared below this share of the factor, so that it does not come and go. */
const CLEAR_BELOW = 0.9;

/** How fast the error budget is used up: 1 uses it up exactly; 0 where nothing was asked. `objective`: 0-1, below 1. */
export function burnRate({ availability }: RequestFigures, objective: number): number {
  return (1 - (availability ?? 1)) / (1 - objective);
}

/** What the rule says now of an objective of availability, 0-1. */
export function burnRateCondition(
  rule: BurnRateRule,
  objective: number,
  readings: Readings,
): Condition {
  const { id, level } = rule;
  return { key: id, level, forMs: 0, state: stateOf(rule, objective, readings) };
}

function stateOf(rule: BurnRateRule, objective: number, readings: Readings): ConditionState {
  const { factor, minFailures } = rule;
  const long = readings.figures(rule.long);
  const short = readings.figures(rule.short);
  const burns = [burnRate(long, objective), burnRate(short, objective)];
  if (burns.some((burn) => burn < CLEAR_BELOW * factor)) return { kind: 'clear' };
  const detail = {
    kind: 'burnRate',
    rule,
    burn: burnRate(long, objective),
    availability: long.availability ?? 1,
    failures: long.unavailable,
    objective,
  } as const;
  const isCrossed = burns.every((burn) => burn > factor) && short.unavailable >= minFailures;
  return { kind: isCrossed ? 'crossed' : 'between', detail };
}
