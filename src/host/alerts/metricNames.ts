import type { AlertMetric } from '../../engine/metrics/alerts/alertRules';
import type { WindowName } from '../../engine/metrics/figureWindows';
import { formatBytes, formatCount, formatMs, formatRate, formatShare, formatUSD } from '../format';
import type { Translate } from '../translate';

export function metricName(metric: AlertMetric, t: Translate): string {
  return NAMES[metric](t);
}

const NAMES: Readonly<Record<AlertMetric, (t: Translate) => string>> = {
  firstTokenP50: (t) => t('First token, P50'),
  firstTokenP95: (t) => t('First token, P95'),
  firstTokenP99: (t) => t('First token, P99'),
  firstTokenRatio: (t) => t('First token against its usual'),
  totalP50: (t) => t('Whole answer, P50'),
  totalP95: (t) => t('Whole answer, P95'),
  tokensPerSecond: (t) => t('Tokens per second'),
  errorShare: (t) => t('Share of errors'),
  availability: (t) => t('Availability'),
  requests: (t) => t('Requests'),
  failures: (t) => t('Failures'),
  retries: (t) => t('Attempts repeated'),
  costUSD: (t) => t('Cost'),
  queued: (t) => t('Waiting for a slot'),
  headroom: (t) => t('Rate limit left'),
  breakerOpen: (t) => t('Endpoints held back from'),
  loopDelayMs: (t) => t('Event loop delay'),
  rssMB: (t) => t('Memory'),
};

/** A value of the metric with its unit. */
export function metricValue(metric: AlertMetric, value: number): string {
  switch (metric) {
    case 'firstTokenP50':
    case 'firstTokenP95':
    case 'firstTokenP99':
    case 'totalP50':
    case 'totalP95':
    case 'loopDelayMs':
      return formatMs(value);
    case 'firstTokenRatio':
      return `${formatRate(value)} ×`;
    case 'tokensPerSecond':
      return formatRate(value);
    case 'errorShare':
    case 'headroom':
      return formatShare(value);
    case 'availability':
      return formatAvailability(value);
    case 'requests':
    case 'failures':
    case 'retries':
    case 'queued':
    case 'breakerOpen':
      return formatCount(value);
    case 'costUSD':
      return formatUSD(value);
    case 'rssMB':
      return formatBytes(value * 1_000_000);
  }
}

/** A share of 0-1 that is near 1: "99.95 %"; what is not 1 is never shown as 100. */
export function formatAvailability(share: number): string {
  const percent = share === 1 ? 100 : Math.min(share * 100, 99.999);
  return `${Number(percent.toFixed(3))} %`;
}

export function windowName(window: WindowName, t: Translate): string {
  switch (window) {
    case 'minute':
      return t('the last minute');
    case 'fiveMinutes':
      return t('the last 5 minutes');
    case 'hour':
      return t('the last hour');
    case 'day':
      return t('the last day');
  }
}
