import { FIXED_FIRST_TOKEN_RULE, DEFAULT_RULES } from '../../engine/metrics/alerts/alertRules';
import type { AlertRule } from '../../engine/metrics/alerts/alertRules';
import type { AlertSettings } from '../../engine/metrics/alerts/alertMonitor';
import type { BudgetLimits } from '../../engine/metrics/alerts/budgetTracker';
import { OBJECTIVE } from '../contributions';
import type { Translate } from '../translate';
import { parseAlertRules } from './alertRuleSettings';

/** What each number may be; package.json says the same. */
export const ALERT_NUMBERS = {
  'slo.availability': OBJECTIVE,
  'budget.day': { min: 0, max: 100_000, fallback: 0 },
  'budget.month': { min: 0, max: 1_000_000, fallback: 0 },
} as const;
/** What each flag is by default; package.json says the same. */
export const ALERT_FLAGS = {
  'alerts.enabled': true,
  'alerts.notify': true,
  'alerts.fixedFirstToken': false,
  'budget.hardStop': false,
} as const;

/** The settings under `pulse.alerts`, `pulse.slo` and `pulse.budget`. */
export interface HostAlertSettings {
  /** `undefined`: alerts are switched off. */
  readonly watched: AlertSettings | undefined;
  /** Whether notifications are shown. */
  readonly notify: boolean;
  /** US$; 0 for none. */
  readonly budgets: BudgetLimits;
  /** Whether requests are refused when a budget is spent. */
  readonly hardStop: boolean;
}

/** Reads and checks each by itself; a bad one has its default and is told in `problems`. `read` takes names without `pulse.`. */
export function readAlertSettings(
  read: (key: string) => unknown,
  t: Translate,
): { readonly settings: HostAlertSettings; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const refused = (key: string, expected: string, value: unknown, fallback: unknown): void => {
    const got = (JSON.stringify(value) ?? '').slice(0, 60);
    problems.push(
      t(
        '{0}: expected {1}, got {2}; the default {3} is used',
        `pulse.${key}`,
        expected,
        got,
        String(fallback),
      ),
    );
  };
  const number = (key: keyof typeof ALERT_NUMBERS): number => {
    const { min, max, fallback } = ALERT_NUMBERS[key];
    const value = read(key) ?? fallback;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    refused(key, t('a number from {0} to {1}', min, max), value, fallback);
    return fallback;
  };
  const flag = (key: keyof typeof ALERT_FLAGS): boolean => {
    const fallback = ALERT_FLAGS[key];
    const value = read(key) ?? fallback;
    if (typeof value === 'boolean') return value;
    refused(key, t('true or false'), value, fallback);
    return fallback;
  };
  const { rules, problems: wrongRules } = parseAlertRules(read('alerts.rules'), t);
  problems.push(...wrongRules);
  const objective = number('slo.availability') / 100;
  const own: readonly AlertRule[] = flag('alerts.fixedFirstToken')
    ? [FIXED_FIRST_TOKEN_RULE, ...rules]
    : rules;
  const settings: HostAlertSettings = {
    watched: flag('alerts.enabled') ? { rules: [...DEFAULT_RULES, ...own], objective } : undefined,
    notify: flag('alerts.notify'),
    budgets: { day: number('budget.day'), month: number('budget.month') },
    hardStop: flag('budget.hardStop'),
  };
  return { settings, problems };
}
