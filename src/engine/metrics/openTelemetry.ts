import type { MeasuredRequest } from './metricsHistory';

/**
 * A finished turn in the names of OpenTelemetry's semantic conventions for generative AI (status: Development), so that what
 * is copied or printed can be fed to tools that know them. The one place that holds these names.
 */

export type OtelAttributes = Readonly<Record<string, string | number | readonly string[]>>;

/** What is told of a finished turn: neither words of it nor of its error. */
export type OtelTurn = Pick<
  MeasuredRequest,
  'endpointId' | 'model' | 'action' | 'errorKind' | 'timing' | 'usage' | 'stopReason' | 'requestId'
>;

export const OTEL_OPERATION = 'chat';

/** On everything that is told in the conventions' names. */
export const OTEL_CONSTANTS = {
  'gen_ai.operation.name': OTEL_OPERATION,
  'gen_ai.provider.name': 'anthropic',
} as const;

/** Where the conventions have names for what Pulse tells turns apart by; its own are used for the rest. */
export const OTEL_NAMES = {
  endpoint: 'pulse.endpoint.id',
  model: 'gen_ai.request.model',
  action: 'pulse.action',
  error: 'error.type',
  tokenType: 'gen_ai.token.type',
} as const;

export const OTEL_METRICS = {
  duration: 'gen_ai.client.operation.duration',
  firstToken: 'gen_ai.client.operation.time_to_first_chunk',
  tokens: 'gen_ai.client.token.usage',
} as const;

export interface OtelMeasurement {
  readonly name: string;
  /** UCUM: `s`, `{token}`. */
  readonly unit: string;
  readonly value: number;
  readonly attributes: OtelAttributes;
}

/** What a span of this turn carries. */
export function toOtelAttributes(record: OtelTurn): OtelAttributes {
  const { usage, stopReason, requestId } = record;
  return {
    ...commonAttributes(record),
    'gen_ai.usage.input_tokens': promptTokens(record),
    'gen_ai.usage.output_tokens': usage.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': usage.cacheReadTokens,
    'gen_ai.usage.cache_creation.input_tokens': usage.cacheWriteTokens,
    ...(stopReason === undefined ? {} : { 'gen_ai.response.finish_reasons': [stopReason] }),
    ...(requestId === undefined ? {} : { 'anthropic.request_id': requestId }),
  };
}

/** What this turn adds to the conventions' client metrics. */
export function toOtelMeasurements(record: OtelTurn): OtelMeasurement[] {
  const attributes = commonAttributes(record);
  const { totalMs, firstTokenMs } = record.timing;
  const seconds = (name: string, ms: number): OtelMeasurement => ({
    name,
    unit: 's',
    value: ms / 1_000,
    attributes,
  });
  const tokens = (type: 'input' | 'output', value: number): OtelMeasurement => ({
    name: OTEL_METRICS.tokens,
    unit: '{token}',
    value,
    attributes: { ...attributes, [OTEL_NAMES.tokenType]: type },
  });
  return [
    seconds(OTEL_METRICS.duration, totalMs),
    ...(firstTokenMs === undefined ? [] : [seconds(OTEL_METRICS.firstToken, firstTokenMs)]),
    tokens('input', promptTokens(record)),
    tokens('output', record.usage.outputTokens),
  ];
}

function commonAttributes(record: OtelTurn): OtelAttributes {
  return {
    ...OTEL_CONSTANTS,
    [OTEL_NAMES.model]: record.model,
    [OTEL_NAMES.endpoint]: record.endpointId,
    [OTEL_NAMES.action]: record.action,
    ...(record.errorKind === undefined ? {} : { [OTEL_NAMES.error]: record.errorKind }),
  };
}

/** The conventions count cached tokens as input; the Messages API reports them apart. */
export function promptTokens({ usage }: Pick<OtelTurn, 'usage'>): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
}
