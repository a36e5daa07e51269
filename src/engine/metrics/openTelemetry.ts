import type { RequestRecord } from './snapshot';

/**
 * A finished turn in the names of OpenTelemetry's semantic conventions for generative AI (status: Development), so that what
 * is copied or printed can be fed to tools that know them. The one place that holds these names.
 */

export type OtelAttributes = Readonly<Record<string, string | number | readonly string[]>>;

export interface OtelMeasurement {
  readonly name: string;
  /** UCUM: `s`, `{token}`. */
  readonly unit: string;
  readonly value: number;
  readonly attributes: OtelAttributes;
}

/** What a span of this turn carries. */
export function toOtelAttributes(record: RequestRecord): OtelAttributes {
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
export function toOtelMeasurements(record: RequestRecord): OtelMeasurement[] {
  const attributes = commonAttributes(record);
  const { totalMs, firstTokenMs } = record.timing;
  const seconds = (name: string, ms: number): OtelMeasurement => ({
    name,
    unit: 's',
    value: ms / 1_000,
    attributes,
  });
  const tokens = (type: 'input' | 'output', value: number): OtelMeasurement => ({
    name: 'gen_ai.client.token.usage',
    unit: '{token}',
    value,
    attributes: { ...attributes, 'gen_ai.token.type': type },
  });
  return [
    seconds('gen_ai.client.operation.duration', totalMs),
    ...(firstTokenMs === undefined
      ? []
      : [seconds('gen_ai.client.operation.time_to_first_chunk', firstTokenMs)]),
    tokens('input', promptTokens(record)),
    tokens('output', record.usage.outputTokens),
  ];
}

function commonAttributes(record: RequestRecord): OtelAttributes {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': record.model,
    'pulse.endpoint.id': record.endpointId,
    'pulse.action': record.action,
    ...(record.error ? { 'error.type': record.error.kind } : {}),
  };
}

/** The conventions count cached tokens as input; the Messages API reports them apart. */
function promptTokens({ usage }: RequestRecord): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
}
