/** One bucket as the server described it in an answer. Requests or tokens. */
export interface HeaderBucket {
  readonly limit: number;
  readonly remaining: number;
  /** How far the true figure may lie below `remaining`: tokens come rounded to thousands. */
  readonly slack: number;
}

/** What an answer tells of the limits; a bucket that it did not name is `undefined`. */
export interface RateLimitHeaders {
  readonly requests: HeaderBucket | undefined;
  readonly input: HeaderBucket | undefined;
  readonly output: HeaderBucket | undefined;
  /** Input and output together; only where neither is told by itself. */
  readonly tokens: HeaderBucket | undefined;
}

const ROUNDING = 1_000;

/**
 * Reads `anthropic-ratelimit-*`: answers carry 12, 9, 6 or none of them. `reset` is not read: it tells when the bucket is full, which
 * follows from limit and remaining, by another machine's clock and in whole seconds, a sixtieth of the bucket.
 * `retry-after` is not read either: it comes with good answers, too.
 */
export function readRateLimits(headers: Headers): RateLimitHeaders | undefined {
  const requests = readBucket(
    headers,
    'anthropic-ratelimit-requests-limit',
    'anthropic-ratelimit-requests-remaining',
    1,
  );
  const input = readBucket(
    headers,
    'anthropic-ratelimit-input-tokens-limit',
    'anthropic-ratelimit-input-tokens-remaining',
    ROUNDING,
  );
  const output = readBucket(
    headers,
    'anthropic-ratelimit-output-tokens-limit',
    'anthropic-ratelimit-output-tokens-remaining',
    ROUNDING,
  );
  const tokens =
    (input ?? output)
      ? undefined
      : readBucket(
          headers,
          'anthropic-ratelimit-tokens-limit',
          'anthropic-ratelimit-tokens-remaining',
          ROUNDING,
        );
  if (!requests && !input && !output && !tokens) return undefined;
  return { requests, input, output, tokens };
}

function readBucket(
  headers: Headers,
  limitName: string,
  remainingName: string,
  rounding: number,
): HeaderBucket | undefined {
  const limit = readAmount(headers.get(limitName));
  const remaining = readAmount(headers.get(remainingName));
  if (limit === undefined || limit === 0 || remaining === undefined) return undefined;
  const rounded = rounding > 1 && remaining % rounding === 0 && remaining < limit;
  return { limit, remaining, slack: rounded ? rounding / 2 : 0 };
}

/** Servers of others write anything into headers: only a finite amount from 0 on is taken. */
function readAmount(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
