import * as v from 'valibot';
import { ALERT_METRICS, clearOf, SHARE_METRICS } from '../../engine/metrics/alerts/alertRules';
import type { AlertRule } from '../../engine/metrics/alerts/alertRules';
import { WINDOW_NAMES } from '../../engine/metrics/figureWindows';
import { HOST_SETTINGS } from '../contributions';
import type { Translate } from '../translate';

/** Rules of the user's own at most; package.json says the same. */
export const MAX_ALERT_RULES = 50;

const limit = v.pipe(v.number(), v.minValue(0), v.maxValue(1e9));

/** One entry of `pulse.alerts.rules`; package.json says the same. */
export const alertRuleSchema = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(80)),
  metric: v.picklist(ALERT_METRICS),
  window: v.optional(v.picklist(WINDOW_NAMES), 'fiveMinutes'),
  model: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(256))),
  above: v.exactOptional(limit),
  below: v.exactOptional(limit),
  clear: v.exactOptional(limit),
  minRequests: v.exactOptional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000)),
  ),
  forSeconds: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(86_400))),
});
type Entry = v.InferOutput<typeof alertRuleSchema>;

/** The rules of the setting. One with a fault anywhere is left out and told in `problems`, since half of it may be meant otherwise. */
export function parseAlertRules(
  value: unknown,
  t: Translate,
): { readonly rules: readonly AlertRule[]; readonly problems: readonly string[] } {
  if (value === undefined || value === null) return { rules: [], problems: [] };
  const where = HOST_SETTINGS.alertRules;
  if (!Array.isArray(value)) {
    return { rules: [], problems: [t('{0}: expected a list; it is not used', where)] };
  }
  const entries: readonly unknown[] = value;
  const rules: AlertRule[] = [];
  const problems: string[] = [];
  const fault = (place: string, what: string): void => {
    problems.push(t('{0}: {1}; this rule is not used', place, what));
  };
  if (entries.length > MAX_ALERT_RULES) {
    problems.push(t('{0}: only the first {1} are used', where, MAX_ALERT_RULES));
  }
  for (const [index, entry] of entries.slice(0, MAX_ALERT_RULES).entries()) {
    const place = `${where}[${index}]`;
    const parsed = v.safeParse(alertRuleSchema, entry);
    if (!parsed.success) {
      const [issue] = parsed.issues;
      const path = v.getDotPath(issue);
      fault(path === null ? place : `${place}.${path}`, issueText(issue, t));
      continue;
    }
    const rule = toRule(parsed.output);
    const problem = rule === undefined ? t('expected either above or below') : faultOf(rule, t);
    if (rule === undefined || problem !== undefined) fault(place, problem ?? '');
    else if (rules.some(({ id }) => id === rule.id)) fault(place, t('two rules have one name'));
    else rules.push(rule);
  }
  return { rules, problems };
}

/** `undefined` unless it has exactly one limit. */
function toRule(entry: Entry): AlertRule | undefined {
  const { name, above, below, forSeconds, ...rest } = entry;
  const side = above === undefined ? 'below' : 'above';
  const limit = above ?? below;
  if (limit === undefined || (above !== undefined && below !== undefined)) return undefined;
  return {
    ...rest,
    id: `own:${name}`,
    name,
    side,
    limit,
    ...(forSeconds === undefined ? {} : { forMs: forSeconds * 1_000 }),
  };
}

/** What does not go together. */
function faultOf(rule: AlertRule, t: Translate): string | undefined {
  const { metric, window, side, limit } = rule;
  if (SHARE_METRICS.has(metric) && limit > 1) {
    return t('{0} is a share from 0 to 1', metric);
  }
  if (metric === 'firstTokenRatio' && window === 'day') {
    return t('{0} compares with the last day, so it needs a shorter window', metric);
  }
  const clear = clearOf(rule);
  if (side === 'above' ? clear > limit : clear < limit) {
    return t('clear has to be on the good side of the limit');
  }
  return undefined;
}

function issueText(issue: v.BaseIssue<unknown>, t: Translate): string {
  if (issue.expected === 'never') return t('there is no such member');
  if (issue.received === 'undefined') return t('it is missing');
  return t('expected {0}, got {1}', issue.expected ?? t('a whole number'), issue.received);
}
