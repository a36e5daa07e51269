import { abortable, LinkedAbort, throwIfAborted } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { causeChain, errorCode } from '../models/errorText';

export interface Failure {
  /** Node's, OpenSSL's or undici's code; the error's name where it has none. */
  readonly code: string;
}

/** What a probe found. `tookMs` is its time, also where it failed or ran into its limit. */
export type Probe<T, F extends Failure = Failure> =
  | { readonly outcome: 'ok'; readonly tookMs: number; readonly value: T }
  | { readonly outcome: 'failed'; readonly tookMs: number; readonly failure: F }
  | { readonly outcome: 'timeout'; readonly tookMs: number }
  /** It does not apply, or what it needs failed before. */
  | { readonly outcome: 'skipped' };

export interface ProbeLimit {
  readonly limitMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Runs one probe within its limit. Rejects only with the reason of the caller's own signal. */
export async function timed<T, F extends Failure>(
  run: (signal: AbortSignal) => Promise<T>,
  describe: (error: unknown) => F,
  { limitMs, clock, signal }: ProbeLimit,
): Promise<Probe<T, F>> {
  throwIfAborted(signal);
  const limit = new LinkedAbort(signal);
  const startedAt = clock.now();
  limit.abortAfter(limitMs, clock);
  try {
    const value = await abortable(run(limit.signal), limit.signal);
    return { outcome: 'ok', tookMs: clock.now() - startedAt, value };
  } catch (error) {
    throwIfAborted(signal);
    const tookMs = clock.now() - startedAt;
    if (limit.signal.aborted) return { outcome: 'timeout', tookMs };
    return { outcome: 'failed', tookMs, failure: describe(error) };
  } finally {
    limit.dispose();
  }
}

/** The innermost code along the causes: the outer ones say only that it failed. */
export function failureOf(error: unknown): Failure {
  const chain = causeChain(error);
  const coded = chain.toReversed().find((each) => errorCode(each) !== undefined);
  const code = coded && errorCode(coded);
  return { code: code ?? chain.at(-1)?.name ?? 'unknown' };
}
