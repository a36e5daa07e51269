import type { OtelAttributes } from '../openTelemetry';

/** OTLP in its JSON form: 64-bit whole numbers are strings, ids are hex. Source: opentelemetry.io/docs/specs/otlp. */

type OtlpValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } };

export interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

export interface OtlpResource {
  readonly attributes: readonly OtlpAttribute[];
}

export interface OtlpScope {
  readonly name: string;
  readonly version: string;
}

/** Who tells. `instanceId`: another for each window. */
export interface OtlpSource {
  readonly version: string;
  readonly instanceId: string;
}

const NAME = 'pulse-for-claude';

export function otlpResource({ version, instanceId }: OtlpSource): OtlpResource {
  return {
    attributes: otlpAttributes({
      'service.name': NAME,
      'service.version': version,
      'service.instance.id': instanceId,
    }),
  };
}

export function otlpScope({ version }: OtlpSource): OtlpScope {
  return { name: NAME, version };
}

/** Those without a text are left out: they do not apply. */
export function otlpAttributes(attributes: OtelAttributes): readonly OtlpAttribute[] {
  return Object.entries(attributes)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => ({ key, value: otlpValue(value) }));
}

function otlpValue(value: OtelAttributes[string]): OtlpValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value !== 'number') {
    return { arrayValue: { values: value.map((text) => ({ stringValue: text })) } };
  }
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** Nanoseconds since 1970 as text. `ms`: since 1970, to the microsecond. */
export function nanoTime(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}
