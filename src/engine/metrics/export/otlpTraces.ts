import type { MeasuredRequest } from '../metricsHistory';
import { OTEL_OPERATION, toOtelAttributes } from '../openTelemetry';
import type { OtelAttributes } from '../openTelemetry';
import { nanoTime, otlpAttributes, otlpResource, otlpScope } from './otlpValues';
import type { OtlpAttribute, OtlpResource, OtlpScope, OtlpSource } from './otlpValues';

/** SPAN_KIND_CLIENT and STATUS_CODE_ERROR of the protocol. */
const CLIENT = 3;
const ERROR = 2;

interface OtlpEvent {
  readonly timeUnixNano: string;
  readonly name: string;
  readonly attributes: readonly OtlpAttribute[];
}

export interface OtlpSpan {
  /** 32 and 16 hex digits. */
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly kind: typeof CLIENT;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly events: readonly OtlpEvent[];
  readonly status: { readonly code?: typeof ERROR };
}

/** ExportTraceServiceRequest of the protocol, version 1. */
export interface OtlpTraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: OtlpResource;
    readonly scopeSpans: readonly {
      readonly scope: OtlpScope;
      readonly spans: readonly OtlpSpan[];
    }[];
  }[];
}

/** So many random bytes as hex digits, never all 0. */
export type RandomHex = (bytes: number) => string;

export function otlpTraces(spans: readonly OtlpSpan[], source: OtlpSource): OtlpTraceRequest {
  return {
    resourceSpans: [
      { resource: otlpResource(source), scopeSpans: [{ scope: otlpScope(source), spans }] },
    ],
  };
}

/** A finished turn as a trace of one span. What it was about, and what its error said, is not in it. */
export function otlpSpan(request: MeasuredRequest, randomHex: RandomHex): OtlpSpan {
  const { at, timing, model, outcome } = request;
  const startedAt = at - timing.totalMs;
  return {
    traceId: randomHex(16),
    spanId: randomHex(8),
    name: `${OTEL_OPERATION} ${model}`,
    kind: CLIENT,
    startTimeUnixNano: nanoTime(startedAt),
    endTimeUnixNano: nanoTime(at),
    attributes: otlpAttributes(spanAttributes(request)),
    events: phaseEvents(request, startedAt),
    status: outcome === 'failed' ? { code: ERROR } : {},
  };
}

function spanAttributes(request: MeasuredRequest): OtelAttributes {
  const { outcome, status, costUSD, attempts, continuations, servedFrom } = request;
  return {
    ...toOtelAttributes(request),
    'pulse.outcome': outcome,
    'pulse.attempts': attempts,
    'pulse.continuations': continuations,
    ...(status === undefined ? {} : { 'http.response.status_code': status }),
    ...(costUSD === undefined ? {} : { 'pulse.cost_usd': costUSD }),
    ...(servedFrom === undefined ? {} : { 'pulse.served_from': servedFrom }),
  };
}

/**
 * What a turn went through. Waits are sums over all attempts: they are laid one after the other at the beginning, each told at its
 * end with how long it took.
 */
function phaseEvents({ timing }: MeasuredRequest, startedAt: number): readonly OtlpEvent[] {
  const { queueMs, pacingMs, recoveryMs, backoffMs, connectMs, firstByteMs, firstTokenMs } = timing;
  const events: OtlpEvent[] = [];
  let endMs = 0;
  const add = (name: string, atMs: number, attributes: OtelAttributes = {}): void => {
    const timeUnixNano = nanoTime(startedAt + Math.min(atMs, timing.totalMs));
    events.push({ timeUnixNano, name, attributes: otlpAttributes(attributes) });
  };
  const wait = (name: string, ms: number | undefined): void => {
    if (ms === undefined || ms <= 0) return;
    endMs += ms;
    add(name, endMs, { 'pulse.phase.seconds': ms / 1_000 });
  };
  wait('pulse.queue', queueMs);
  wait('pulse.pacing', pacingMs);
  wait('pulse.recovery', recoveryMs);
  wait('pulse.backoff', backoffMs);
  wait('pulse.connect', connectMs);
  if (firstByteMs !== undefined) add('pulse.first_byte', firstByteMs);
  if (firstTokenMs !== undefined) add('pulse.first_token', firstTokenMs);
  return events;
}
