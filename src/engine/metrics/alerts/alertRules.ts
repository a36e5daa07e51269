import type { WindowName } from '../figureWindows';

/**
 * What a rule can be about.
 * - `firstTokenP50` ... `totalP95`, `loopDelayMs`: ms; `errorShare`, `availability`, `headroom`: 0-1; `costUSD`: US$; `rssMB`: MB
 * - `requests`, `failures`, `retries`: in the window; `queued`, `breakerOpen`: at this moment
 * - `tokensPerSecond`: median; `firstTokenRatio`: a model's median to the first token in the window over that of its last day
 */
export const ALERT_METRICS = [
  'firstTokenP50',
  'firstTokenP95',
  'firstTokenP99',
  'firstTokenRatio',
  'totalP50',
  'totalP95',
  'tokensPerSecond',
  'errorShare',
  'availability',
  'requests',
  'failures',
  'retries',
  'costUSD',
  'queued',
  'headroom',
  'breakerOpen',
  'loopDelayMs',
  'rssMB',
] as const;
export type AlertMetric = (typeof ALERT_METRICS)[number];

/** Metrics that are between 0 and 1. */
export const SHARE_METRICS: ReadonlySet<AlertMetric> = new Set<AlertMetric>([
  'errorShare',
  'availability',
  'headroom',
]);

/** Metrics that are as they are now: the window does not matter. */
const GAUGE_METRICS: ReadonlySet<AlertMetric> = new Set<AlertMetric>([
  'queued',
  'headroom',
  'breakerOpen',
  'loopDelayMs',
  'rssMB',
]);

/** Gauges whose every change is told; what is left of a limit grows back by itself. */
const TOLD_METRICS: ReadonlySet<AlertMetric> = new Set<AlertMetric>([
  'queued',
  'breakerOpen',
  'loopDelayMs',
  'rssMB',
]);

/** Metrics that are 0 where nothing happened; all others need something to be measured by. */
const COUNT_METRICS: ReadonlySet<AlertMetric> = new Set<AlertMetric>([
  'requests',
  'failures',
  'retries',
  'costUSD',
]);

export function isGauge(metric: AlertMetric): boolean {
  return GAUGE_METRICS.has(metric);
}

/** Whether a metric can be another without anything that is told. */
export function changesByItself(metric: AlertMetric): boolean {
  return !TOLD_METRICS.has(metric);
}

export type AlertLevel = 'warning' | 'error';

/** A threshold. The alert is raised when the metric is past `limit` and cleared when it is past `clear` in the other direction. */
export interface AlertRule {
  /** Unique among the rules. */
  readonly id: string;
  /** The user's own name for it. */
  readonly name?: string;
  readonly metric: AlertMetric;
  readonly window: WindowName;
  /** Absent: all together; `firstTokenRatio` is then looked at for each model by itself. */
  readonly model?: string;
  readonly side: 'above' | 'below';
  readonly limit: number;
  /** Default: 10 % inside of the limit, see `clearOf`. */
  readonly clear?: number;
  /** Raised only where so many turns were measured in the window. Default: 5, and 0 for counts and what is as it is now. */
  readonly minRequests?: number;
  /** Raised only where so many turns failed in the window: two of five may be chance. Default: 0. */
  readonly minFailures?: number;
  /** Raised only when it was past the limit for so long, ms. Default: 0. */
  readonly forMs?: number;
  /** Of `firstTokenRatio`: raised only where the median itself is above this, ms. */
  readonly leastMs?: number;
  /** Default: `warning`. */
  readonly level?: AlertLevel;
}

const MIN_REQUESTS = 5;
const INSIDE = 0.1;

export function minRequestsOf({ metric, minRequests }: AlertRule): number {
  return minRequests ?? (isGauge(metric) || COUNT_METRICS.has(metric) ? 0 : MIN_REQUESTS);
}

/** Where the alert is cleared. By default 10 % inside of the limit; of shares near 1, 10 % of what is left to 1. */
export function clearOf({ metric, side, limit, clear }: AlertRule): number {
  if (clear !== undefined) return clear;
  if (side === 'above') return limit - INSIDE * limit;
  const room = SHARE_METRICS.has(metric) ? Math.min(limit, 1 - limit) : limit;
  return limit + INSIDE * room;
}

/**
 * How much faster than the objective allows failures come, over a long window and, so that it is over soon after the failures are,
 * over a short one. From the Google SRE workbook, chapter 5, "multiwindow, multi-burn-rate alerts".
 */
export interface BurnRateRule {
  readonly id: string;
  /** Times the rate that uses up the error budget exactly. */
  readonly factor: number;
  readonly long: WindowName;
  readonly short: WindowName;
  /** Failures in the short window at least: with one person's traffic a single one would be a high rate. */
  readonly minFailures: number;
  readonly level: AlertLevel;
}

export const BURN_RATE_RULES: readonly BurnRateRule[] = [
  {
    id: 'burnRate.fast',
    factor: 14.4,
    long: 'hour',
    short: 'fiveMinutes',
    minFailures: 3,
    level: 'error',
  },
  { id: 'burnRate.slow', factor: 3, long: 'day', short: 'hour', minFailures: 4, level: 'warning' },
];

/** Rules that hold without any setting; none of them is met on a day when all is well. */
export const DEFAULT_RULES: readonly AlertRule[] = [
  {
    id: 'firstTokenRatio',
    metric: 'firstTokenRatio',
    window: 'fiveMinutes',
    side: 'above',
    limit: 3,
    minRequests: 5,
    leastMs: 2_000,
  },
  {
    id: 'errorShare',
    metric: 'errorShare',
    window: 'fiveMinutes',
    side: 'above',
    limit: 0.25,
    minRequests: 4,
    minFailures: 3,
    level: 'error',
  },
  {
    id: 'breakerOpen',
    metric: 'breakerOpen',
    window: 'minute',
    side: 'above',
    limit: 0,
    level: 'error',
  },
];

/** The fixed limit of 2 s to the first token: many models are slower on a good day, so that it is to be switched on. */
export const FIXED_FIRST_TOKEN_RULE: AlertRule = {
  id: 'fixedFirstToken',
  metric: 'firstTokenP95',
  window: 'fiveMinutes',
  side: 'above',
  limit: 2_000,
};
