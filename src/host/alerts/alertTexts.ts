import { assertNever } from '../../base/assertNever';
import type { Alert } from '../../engine/metrics/alerts/alertBook';
import { isGauge } from '../../engine/metrics/alerts/alertRules';
import type { BudgetPeriod } from '../../engine/metrics/alerts/budgetPeriod';
import type { BudgetState } from '../../engine/metrics/alerts/budgetTracker';
import type { AlertDetail } from '../../engine/metrics/alerts/condition';
import { formatCount, formatMs, formatRate, formatShare, formatUSD } from '../format';
import type { Translate } from '../translate';
import { formatAvailability, metricName, metricValue, windowName } from './metricNames';

/** What is read of an alert. */
export interface AlertText {
  /** What it is about, in a few words. */
  readonly title: string;
  /** Its figure of now, as short as can be: "6.1 s". */
  readonly value: string;
  /** What is wrong, with figures. */
  readonly sentence: string;
}

type Detail<Kind extends AlertDetail['kind']> = Extract<AlertDetail, { readonly kind: Kind }>;

export function alertText({ detail }: Pick<Alert, 'detail'>, t: Translate): AlertText {
  switch (detail.kind) {
    case 'threshold':
      return thresholdText(detail, t);
    case 'burnRate':
      return burnRateText(detail, t);
    case 'budget':
      return budgetText(detail.budget, t);
    default:
      return assertNever(detail);
  }
}

function thresholdText(detail: Detail<'threshold'>, t: Translate): AlertText {
  const { rule } = detail;
  const text = metricText(detail, t);
  if (rule.name === undefined) return text;
  return { ...text, title: rule.name, sentence: t('{0}: {1}', rule.name, text.sentence) };
}

function metricText(detail: Detail<'threshold'>, t: Translate): AlertText {
  const { metric } = detail.rule;
  if (metric === 'firstTokenRatio') return ratioText(detail, t);
  if (metric === 'breakerOpen') return breakerText(detail, t);
  return limitText(detail, t);
}

function ratioText({ model, value, ratioOf }: Detail<'threshold'>, t: Translate): AlertText {
  const title = t('{0} is slow to begin', model ?? '');
  const times = formatRate(value);
  if (ratioOf === undefined) return { title, value: `${times} ×`, sentence: title };
  const [median, usual] = [formatMs(ratioOf.medianMs), formatMs(ratioOf.usualMs)];
  return {
    title,
    value: median,
    sentence: t(
      'First token of {0}: {1}, {2} times its usual {3}.',
      model ?? '',
      median,
      times,
      usual,
    ),
  };
}

function breakerText({ value, breakers }: Detail<'threshold'>, t: Translate): AlertText {
  const names = breakers.map(({ family, endpointId }) => t('{0} at {1}', family, endpointId));
  return {
    title: t('Requests are held back'),
    value: formatCount(value),
    sentence: t(
      'Held back because of failures: {0}. It is tried again by itself.',
      names.join(', '),
    ),
  };
}

function limitText({ rule, model, value }: Detail<'threshold'>, t: Translate): AlertText {
  const { metric, window, side, limit } = rule;
  const name = metricName(metric, t);
  const subject = model === undefined ? name : `${name} (${model})`;
  const [now, bound] = [metricValue(metric, value), metricValue(metric, limit)];
  const relation = side === 'above' ? t('above {0}', bound) : t('below {0}', bound);
  return {
    title: side === 'above' ? t('{0} is high', subject) : t('{0} is low', subject),
    value: now,
    sentence: isGauge(metric)
      ? t('{0}: {1} now, {2}.', subject, now, relation)
      : t('{0}: {1} in {2}, {3}.', subject, now, windowName(window, t), relation),
  };
}

function burnRateText(detail: Detail<'burnRate'>, t: Translate): AlertText {
  const { rule, burn, availability, failures, objective } = detail;
  const value = formatAvailability(availability);
  return {
    title: t('Availability is below its objective'),
    value,
    sentence: t(
      'Availability in {0}: {1} instead of {2}, {3} failed. That uses the error budget up {4} times too fast.',
      windowName(rule.long, t),
      value,
      formatAvailability(objective),
      formatCount(failures),
      formatRate(burn),
    ),
  };
}

function budgetText(budget: BudgetState, t: Translate): AlertText {
  const { period, limitUSD, spentUSD, share, forecastUSD } = budget;
  const [spent, limit] = [formatUSD(spentUSD), formatUSD(limitUSD)];
  const title = budgetTitle(period, share >= 1, t);
  const said = t('{0}: {1} of {2}.', title, spent, limit);
  const isMore = forecastUSD !== undefined && share < 1 && forecastUSD > limitUSD;
  return {
    title,
    value: formatShare(share),
    sentence: isMore
      ? `${said} ${t('At this rate it will be {0}.', formatUSD(forecastUSD))}`
      : said,
  };
}

function budgetTitle(period: BudgetPeriod, isSpent: boolean, t: Translate): string {
  if (period === 'day') {
    return isSpent ? t('The budget of today is spent') : t('The budget of today is nearly spent');
  }
  return isSpent
    ? t('The budget of this month is spent')
    : t('The budget of this month is nearly spent');
}
