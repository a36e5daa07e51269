import { OTEL_METRICS } from '../openTelemetry';
import type { BucketCounts } from './bucketCounts';
import type { Series } from './seriesSet';

/** A metric that is exported: its names, and what it is. */
interface Description {
  /** Prometheus: base units, `_total` for what only grows. */
  readonly name: string;
  /** OpenTelemetry: that of its conventions where they have one. */
  readonly otelName: string;
  /** UCUM. */
  readonly unit: string;
  readonly help: string;
}

export type MetricFamily = Description &
  (
    | { readonly kind: 'counter' | 'gauge'; readonly series: readonly Series<number>[] }
    | { readonly kind: 'histogram'; readonly series: readonly Series<BucketCounts>[] }
  );

export const FAMILIES = {
  requests: {
    name: 'pulse_requests_total',
    otelName: 'pulse.requests',
    unit: '{request}',
    help: 'Turns that ended, by how they ended.',
  },
  retries: {
    name: 'pulse_retries_total',
    otelName: 'pulse.retries',
    unit: '{request}',
    help: 'Requests sent beyond the first of each turn.',
  },
  tokens: {
    name: 'pulse_tokens_total',
    otelName: 'pulse.tokens',
    unit: '{token}',
    help: 'Tokens as the server reported them.',
  },
  cost: {
    name: 'pulse_cost_usd_total',
    otelName: 'pulse.cost',
    unit: '{USD}',
    help: 'Cost in US dollars of the turns whose price is known.',
  },
  unpriced: {
    name: 'pulse_unpriced_requests_total',
    otelName: 'pulse.requests.unpriced',
    unit: '{request}',
    help: 'Turns with tokens whose price is not known.',
  },
  firstToken: {
    name: 'pulse_time_to_first_token_seconds',
    otelName: OTEL_METRICS.firstToken,
    unit: 's',
    help: 'Time to the first text or thinking of turns that were sent.',
  },
  duration: {
    name: 'pulse_request_duration_seconds',
    otelName: OTEL_METRICS.duration,
    unit: 's',
    help: 'Time from question to end of turns that were sent.',
  },
  rate: {
    name: 'pulse_output_token_rate',
    otelName: 'pulse.output.rate',
    unit: '{token}/s',
    help: 'Output tokens per second between first token and end of answered turns.',
  },
  tokenUsage: {
    name: 'pulse_request_tokens',
    otelName: OTEL_METRICS.tokens,
    unit: '{token}',
    help: 'Tokens of a turn, those of caches among its input.',
  },
  running: {
    name: 'pulse_running_requests',
    otelName: 'pulse.requests.running',
    unit: '{request}',
    help: 'Turns on the wire now.',
  },
  queued: {
    name: 'pulse_queued_requests',
    otelName: 'pulse.requests.queued',
    unit: '{request}',
    help: 'Turns that wait for a slot now.',
  },
  concurrency: {
    name: 'pulse_concurrency_limit',
    otelName: 'pulse.concurrency.limit',
    unit: '{request}',
    help: 'Turns that may be on the wire at once now.',
  },
  breakerOpen: {
    name: 'pulse_breaker_open',
    otelName: 'pulse.breaker.open',
    unit: '1',
    help: 'Whether the circuit breaker is open (1), trying again (0.5) or closed (0).',
  },
  headroom: {
    name: 'pulse_rate_limit_headroom_ratio',
    otelName: 'pulse.rate_limit.headroom',
    unit: '1',
    help: 'What is left of a rate limit, 0 to 1.',
  },
  budget: {
    name: 'pulse_budget_used_ratio',
    otelName: 'pulse.budget.used',
    unit: '1',
    help: 'Share of the budget that is spent; above 1 it is exceeded.',
  },
} as const satisfies Readonly<Record<string, Description>>;
