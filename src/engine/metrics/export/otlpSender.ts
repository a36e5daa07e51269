import * as v from 'valibot';
import { limited } from '../../../base/abort';
import type { Clock } from '../../../base/clock';
import { retryAfterMs } from '../../models/httpErrors';
import { parseBody, readText } from '../../models/responseBody';

const LIMIT_MS = 10_000;
const ANSWER = { maxBytes: 65_536, maxMs: 2_000 };
/** Of a collector's own words, UTF-16 units. */
const MAX_SAID = 200;
/** What another moment may change. Source: OTLP specification, "Retryable Response Codes". */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** What of the collector's answer counts: it may have taken only a part. */
const count = v.optional(v.union([v.string(), v.number()]), 0);
const answerSchema = v.object({
  partialSuccess: v.optional(
    v.object({
      rejectedSpans: count,
      rejectedDataPoints: count,
      errorMessage: v.optional(v.string(), ''),
    }),
  ),
});

/**
 * - `sent`; `rejected` of it were not taken, `said` is the collector's word about that
 * - `again`: it may be taken at another moment, `afterMs` from now at the earliest where the collector said so
 * - `refused`: it never will be
 */
export type OtlpOutcome =
  | { readonly kind: 'sent'; readonly rejected: number; readonly said: string }
  | { readonly kind: 'again'; readonly why: string; readonly afterMs: number | undefined }
  | { readonly kind: 'refused'; readonly why: string };

export interface OtlpTarget {
  /** Base address: `/v1/metrics` and `/v1/traces` are put behind it. */
  readonly endpoint: string;
  /** Asked before each request and not kept. Rejects when they can't be had. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
}

/** Sends one export to a collector. Never rejects but when the signal is aborted. */
export async function sendOtlp(
  target: OtlpTarget,
  path: '/v1/metrics' | '/v1/traces',
  body: unknown,
  signal: AbortSignal,
): Promise<OtlpOutcome> {
  const { clock } = target;
  try {
    const text = JSON.stringify(body);
    return await limited((within) => post(target, path, text, within), {
      signal,
      limitMs: LIMIT_MS,
      clock,
      reason: () => new Error(`No answer within ${LIMIT_MS / 1_000} s`),
    });
  } catch (error) {
    if (signal.aborted) throw error;
    return { kind: 'again', why: messageOf(error), afterMs: undefined };
  }
}

async function post(
  { endpoint, headers, fetch, clock }: OtlpTarget,
  path: string,
  body: string,
  signal: AbortSignal,
): Promise<OtlpOutcome> {
  const own = await headers();
  const response = await fetch(`${endpoint.replace(/\/+$/u, '')}${path}`, {
    method: 'POST',
    headers: { ...own, 'content-type': 'application/json' },
    body,
    // The headers are meant for this address only.
    redirect: 'error',
    signal,
  });
  const { text } = await readText(response, ANSWER, clock);
  if (response.ok) return sent(text);
  const why = `HTTP ${response.status}`;
  if (!RETRYABLE.has(response.status)) return { kind: 'refused', why };
  return { kind: 'again', why, afterMs: retryAfterMs(response.headers, clock.wallNow()) };
}

/** An answer that says nothing readable is one that took everything. */
function sent(text: string): OtlpOutcome {
  const answer = v.safeParse(answerSchema, parseBody(text));
  const partial = answer.success ? answer.output.partialSuccess : undefined;
  if (!partial) return { kind: 'sent', rejected: 0, said: '' };
  const rejected = Number(partial.rejectedSpans) + Number(partial.rejectedDataPoints);
  return {
    kind: 'sent',
    rejected: Number.isFinite(rejected) ? rejected : 0,
    said: partial.errorMessage.slice(0, MAX_SAID),
  };
}

/** Of a failed connection the cause says what it was. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
