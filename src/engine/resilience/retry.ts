import pRetry from 'p-retry';
import { sleep } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { EngineError } from '../errors';
import type { EngineSettings } from '../settings';
import type { ErrorInfo } from '../types';
import { formatDuration, formatMoment } from './phrases';

/**
 * Estimated tokens of input (about 96 KB of text) from which a request that got no first event in time is not repeated:
 * the limit has already grown with the prompt, the server was most likely still reading it, and reading it is what costs.
 */
export const LONG_PROMPT_TOKENS = 32_000;

export type RetrySettings = EngineSettings['retry'];

/** One failed attempt that is going to be repeated. */
export interface Retry {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly delayMs: number;
  readonly error: ErrorInfo;
}

export interface RetryOptions {
  readonly settings: RetrySettings;
  readonly clock: Clock;
  /** 0 <= x < 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** An estimate of the input; asked only when it matters. */
  readonly promptTokens: () => number;
  /** Whether the attempt that just failed had shown anything that can't be taken back. */
  readonly isVisible: () => boolean;
  /** Asked last, right before a retry is promised: takes it out of the endpoint's budget. */
  readonly mayRetry: () => boolean;
  /** Whether another endpoint can take the request at once, so that there is nothing to wait for. */
  readonly isElsewhere: (error: EngineError) => boolean;
  /** Called before the wait. */
  readonly onRetry: (retry: Retry) => void;
  /** Called after the wait, also when it was cut short. */
  readonly onResume: (waitedMs: number) => void;
}

/**
 * Runs attempts until one succeeds, one fails for good, or the retries are used up: the one place that repeats requests.
 * p-retry counts; the wait is ours, since p-retry knows no delay that depends on the error and none on our clock.
 * @throws EngineError of the last attempt, with what was tried added to its message; the signal's reason when it is
 *   aborted while waiting
 */
export function withRetries<T>(
  attempt: (attempt: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  return pRetry(attempt, {
    retries: options.settings.retries,
    minTimeout: 0,
    onFailedAttempt: async ({ error, attemptNumber }) => {
      // Whatever is thrown here ends the loop.
      if (!(error instanceof EngineError)) throw error;
      const delayMs = delayOrThrow(error, attemptNumber, options);
      options.onRetry({
        attempt: attemptNumber,
        maxAttempts: options.settings.retries + 1,
        delayMs,
        error: error.toInfo(),
      });
      const startedAt = options.clock.now();
      try {
        if (delayMs > 0) await sleep(delayMs, options.signal, options.clock);
      } finally {
        options.onResume(options.clock.now() - startedAt);
      }
    },
  });
}

/** Milliseconds until the next attempt, or the error that ends the turn. */
function delayOrThrow(error: EngineError, attempt: number, options: RetryOptions): number {
  const { settings, clock } = options;
  const elsewhere =
    attempt <= settings.retries && !options.isVisible() && options.isElsewhere(error);
  if (!elsewhere) {
    if (!mayRepeat(error, options)) throw withTries(error, attempt);
    const asked = error.retryAfterMs;
    if (asked !== undefined && asked > settings.retryAfterCapMs) {
      const now = clock.wallNow();
      throw error.with({
        message: `${error.message} The server asks to wait ${formatDuration(asked)}, until ${formatMoment(now + asked, now)}; that is too long to wait for by itself.`,
      });
    }
    if (attempt > settings.retries) throw withTries(error, attempt);
  }
  if (!options.mayRetry()) {
    throw error.with({
      message: `${error.message} It was not tried again: too many requests to this server fail, and repeating them all would make that worse.`,
    });
  }
  if (elsewhere) return 0;
  return Math.max(error.retryAfterMs ?? 0, backoffMs(attempt, settings, options.random));
}

/** Whether sending the same again may help: not after visible text, and not for what another moment does not change. */
function mayRepeat(error: EngineError, options: RetryOptions): boolean {
  if (!error.retryable || options.isVisible()) return false;
  // Refused here, at once: waiting for either would be another, unbounded queue.
  if (error.kind === 'queue_full' || error.kind === 'circuit_open') return false;
  return !(error.kind === 'timeout_first_event' && options.promptTokens() >= LONG_PROMPT_TOKENS);
}

function withTries(error: EngineError, attempts: number): EngineError {
  return attempts === 1
    ? error
    : error.with({ message: `${error.message} Tried ${attempts} times.` });
}

/**
 * Exponential backoff with full jitter: even between 0 and the ceiling, so that clients that failed together do not come back
 * together. Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
 */
export function backoffMs(attempt: number, settings: RetrySettings, random: () => number): number {
  const ceiling = settings.initialDelayMs * settings.factor ** (attempt - 1);
  return Math.round(random() * Math.min(ceiling, settings.maxDelayMs));
}
