import type { AlertMetric } from '../../engine/metrics/alerts/alertRules';
import type { WindowName } from '../../engine/metrics/figureWindows';
import { formatBytes, formatCount, formatMs, formatRate, formatShare, formatUSD } from '../format';
import type { Translate } from '../translate';

interface ShownMetric {
  readonly name: (t: Translate) => string;
  /** With its unit. */
  readonly format: (value: number) => string;
}

const METRICS: Readonly<Record<AlertMetric, ShownMetric>> = {
  firstTokenP50: { name: (t) => t('First token, P50'), format: formatMs },
  firstTokenP95: { name: (t) => t('First token, P95'), format: formatMs },
  firstTokenP99: { name: (t) => t('First token, P99'), format: formatMs },
  firstTokenRatio: {
    name: (t) => t('First token against its usual'),
    format: (times) => `${formatRate(times)} ×`,
  },
  totalP50: { name: (t) => t('Whole answer, P50'), format: formatMs },
  totalP95: { name: (t) => t('Whole answer, P95'), format: formatMs },
  tokensPerSecond: { name: (t) => t('Tokens per second'), format: formatRate },
  errorShare: { name: (t) => t('Share of errors'), format: formatShare },
  availability: { name: (t) => t('Availability'), format: formatAvailability },
  requests: { name: (t) => t('Requests'), format: formatCount },
  failures: { name: (t) => t('Failures'), format: formatCount },
  retries: { name: (t) => t('Attempts repeated'), format: formatCount },
  costUSD: { name: (t) => t('Cost'), format: formatUSD },
  queued: { name: (t) => t('Waiting for a slot'), format: formatCount },
  headroom: { name: (t) => t('Rate limit left'), format: formatShare },
  breakerOpen: { name: (t) => t('Endpoints held back from'), format: formatCount },
  loopDelayMs: { name: (t) => t('Event loop delay'), format: formatMs },
  rssMB: { name: (t) => t('Memory'), format: (megabytes) => formatBytes(megabytes * 1_000_000) },
};

export function metricName(metric: AlertMetric, t: Translate): string {
  return METRICS[metric].name(t);
}

/** A value of the metric with its unit. */
export function metricValue(metric: AlertMetric, value: number): string {
  return METRICS[metric].format(value);
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
