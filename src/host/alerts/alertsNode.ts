import type { Alert } from '../../engine/metrics/alerts/alertBook';
import type { BudgetPeriod } from '../../engine/metrics/alerts/budgetPeriod';
import type { BudgetState } from '../../engine/metrics/alerts/budgetTracker';
import { formatCount, formatShare, formatTime, formatUSD } from '../format';
import { escapeMarkdown, markdownTable } from '../markdown';
import { idPart, leaf } from '../metricsView/metricNode';
import type { MetricNode } from '../metricsView/metricNode';
import type { Translate } from '../translate';
import { alertText } from './alertTexts';

/** What the group is made from. */
export interface AlertsView {
  /** Oldest first. */
  readonly active: readonly Alert[];
  readonly budgets: readonly BudgetState[];
  /** Whether alerts are watched at all. */
  readonly isWatching: boolean;
}

/** What is wrong now, and how much of the budgets is spent. `now`: ms since 1970. */
export function alertsNode(view: AlertsView, now: number, t: Translate): MetricNode {
  const { active, budgets } = view;
  const lines = [
    ...active.toReversed().map((alert) => alertNode(alert, now, t)),
    ...budgetNodes('alerts', budgets, t),
  ];
  return {
    id: 'alerts',
    label: t('Alerts'),
    ...groupIcon(active),
    description: summary(view, t),
    ...(lines.length === 0 ? {} : { expanded: true, children: lines }),
  };
}

function summary({ active, isWatching }: AlertsView, t: Translate): string {
  if (!isWatching) return t('switched off');
  return active.length === 0 ? t('none') : formatCount(active.length);
}

function groupIcon(active: readonly Alert[]): Pick<MetricNode, 'icon' | 'iconColor'> {
  const loud = active.filter(({ snoozedUntil }) => snoozedUntil === undefined);
  const worst = loud.find(({ level }) => level === 'error') ?? loud[0];
  return worst === undefined
    ? { icon: 'bell' }
    : { icon: 'bell-dot', iconColor: ICONS[worst.level].iconColor };
}

const ICONS = {
  warning: { icon: 'warning', iconColor: 'list.warningForeground' },
  error: { icon: 'error', iconColor: 'list.errorForeground' },
} as const;

function alertNode(alert: Alert, now: number, t: Translate): MetricNode {
  const { key, level, since, snoozedUntil } = alert;
  const { title, value, sentence } = alertText(alert, t);
  const isSnoozed = snoozedUntil !== undefined;
  return leaf(
    `alerts/${idPart(key)}`,
    title,
    [
      value,
      t('since {0}', formatTime(since, now)),
      ...(isSnoozed ? [t('snoozed until {0}', formatTime(snoozedUntil, now))] : []),
    ].join(' · '),
    {
      ...(isSnoozed ? { icon: 'bell-slash' } : ICONS[level]),
      tooltip: escapeMarkdown(sentence),
      alertKey: key,
    },
  );
}

/**
 * A line for each budget: what is spent of it, and what it comes to if it goes on so. `parent`: id of the group, since the group of
 * costs has them, too.
 */
export function budgetNodes(
  parent: string,
  budgets: readonly BudgetState[],
  t: Translate,
): MetricNode[] {
  return budgets.map((budget) => budgetNode(parent, budget, t));
}

function budgetNode(parent: string, budget: BudgetState, t: Translate): MetricNode {
  const { period, limitUSD, spentUSD, share, forecastUSD, unpriced, isComplete } = budget;
  const spent = t('{0} of {1}', formatUSD(spentUSD), formatUSD(limitUSD));
  const label = budgetLabel(period, t);
  const forecast = forecastUSD === undefined ? undefined : formatUSD(forecastUSD);
  return leaf(
    `${parent}.budget.${period}`,
    label,
    [
      spent,
      formatShare(share),
      ...(forecast === undefined ? [] : [t('{0} at the end', forecast)]),
      ...(isComplete ? [] : [t('still counting')]),
    ].join(' · '),
    {
      icon: 'credit-card',
      settingId: `pulse.budget.${period}`,
      tooltip: markdownTable(escapeMarkdown(label), [
        [t('Spent'), spent],
        [t('Share'), formatShare(share)],
        [t('At the end, if it goes on so'), forecast ?? t('not known yet')],
        [t('Turns without a known price'), formatCount(unpriced)],
      ]),
    },
  );
}

function budgetLabel(period: BudgetPeriod, t: Translate): string {
  return period === 'day' ? t('Budget of today') : t('Budget of this month');
}
