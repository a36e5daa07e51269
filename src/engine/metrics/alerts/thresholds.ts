import { clearOf, minRequestsOf } from './alertRules';
import type { AlertRule } from './alertRules';
import type { Condition, ConditionState } from './condition';
import type { Reading, Readings } from './readings';

/** What a rule says now: one condition, or one for each model where it is about each by itself. */
export function thresholdConditions(rule: AlertRule, readings: Readings): Condition[] {
  if (rule.metric !== 'firstTokenRatio' || rule.model !== undefined) {
    return [condition(rule, rule.id, rule.model, readings)];
  }
  return readings.models.map((model) => condition(rule, `${rule.id}:${model}`, model, readings));
}

function condition(
  rule: AlertRule,
  key: string,
  model: string | undefined,
  readings: Readings,
): Condition {
  const { level = 'warning', forMs = 0, metric, window } = rule;
  const reading = readings.of(metric, window, model);
  return { key, level, forMs, state: stateOf(rule, model, reading, readings) };
}

function stateOf(
  rule: AlertRule,
  model: string | undefined,
  reading: Reading,
  readings: Readings,
): ConditionState {
  const { value, requests, ratioOf } = reading;
  if (value === undefined) return requests === 0 ? { kind: 'clear' } : { kind: 'unknown' };
  const breakers = rule.metric === 'breakerOpen' ? readings.gauges.openBreakers : [];
  const detail = { kind: 'threshold', rule, model, value, ratioOf, breakers } as const;
  if (isPast(rule, value)) {
    const isEnough =
      requests >= minRequestsOf(rule) &&
      isSlowEnough(rule, reading) &&
      hasFailed(rule, model, readings);
    return { kind: isEnough ? 'crossed' : 'between', detail };
  }
  return isInside(rule, value) ? { kind: 'clear' } : { kind: 'between', detail };
}

function isPast({ side, limit }: AlertRule, value: number): boolean {
  return side === 'above' ? value > limit : value < limit;
}

function isInside(rule: AlertRule, value: number): boolean {
  const clear = clearOf(rule);
  return rule.side === 'above' ? value <= clear : value >= clear;
}

function isSlowEnough({ leastMs }: AlertRule, { ratioOf }: Reading): boolean {
  return leastMs === undefined || ratioOf === undefined || ratioOf.medianMs > leastMs;
}

function hasFailed(
  { minFailures = 0, window }: AlertRule,
  model: string | undefined,
  readings: Readings,
): boolean {
  return minFailures === 0 || readings.figures(window, model).failed >= minFailures;
}
