import { beforeEach, describe, expect, test } from 'vitest';
import { EngineError } from '../../../../src/engine/errors';
import { LONG_PROMPT_TOKENS, withRetries } from '../../../../src/engine/resilience/retry';
import type { Retry, RetryOptions } from '../../../../src/engine/resilience/retry';
import { DEFAULT_SETTINGS } from '../../../../src/engine/settings';
import type { ErrorKind } from '../../../../src/engine/types';
import { ERROR_KINDS } from '../../../../src/engine/types';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import { containing } from '../../../helpers/matchers';

describe('withRetries', () => {
  let clock: FakeClock;
  let retries: Retry[];
  let resumed: number[];
  /** When each attempt began. */
  let begun: number[];

  beforeEach(() => {
    clock = new FakeClock();
    retries = [];
    resumed = [];
    begun = [];
  });

  function options(changes: Partial<RetryOptions> = {}): RetryOptions {
    return {
      settings: DEFAULT_SETTINGS.retry,
      clock,
      random: () => 0.999_999,
      signal: new AbortController().signal,
      promptTokens: () => 100,
      isVisible: () => false,
      mayRetry: () => true,
      isElsewhere: () => false,
      onRetry: (retry) => retries.push(retry),
      onResume: (ms) => resumed.push(ms),
      ...changes,
    };
  }

  /** Fails with the errors in turn, then succeeds. */
  function attempts(errors: readonly Error[]): () => Promise<string> {
    const left = [...errors];
    return () => {
      begun.push(clock.now());
      const error = left.shift();
      return error ? Promise.reject(error) : Promise.resolve('text');
    };
  }

  async function run(errors: readonly Error[], changes: Partial<RetryOptions> = {}) {
    const result = withRetries(attempts(errors), options(changes));
    const outcome = result.then(
      (value) => ({ value, error: undefined }),
      (error: unknown) => ({ value: undefined, error }),
    );
    await clock.advance(3_600_000);
    return outcome;
  }

  const overloaded = () => new EngineError('overloaded', 'Overloaded.', { status: 529 });
  const asking = (retryAfterMs: number) =>
    new EngineError('rate_limit', 'Too fast.', { status: 429, retryAfterMs });

  test('waits 1 s, 2 s, 4 s at most and succeeds with the fourth attempt', async () => {
    const { value } = await run([overloaded(), overloaded(), overloaded()]);
    expect(value).toBe('text');
    expect(begun).toEqual([0, 1_000, 3_000, 7_000]);
    expect(resumed).toEqual([1_000, 2_000, 4_000]);
    expect(retries).toMatchObject([
      { attempt: 1, maxAttempts: 4, delayMs: 1_000, error: { kind: 'overloaded', status: 529 } },
      { attempt: 2, delayMs: 2_000 },
      { attempt: 3, delayMs: 4_000 },
    ]);
  });

  test('takes its delays evenly from nothing to the ceiling', async () => {
    const draws = [0, 0.5, 0.25];
    await run([overloaded(), overloaded(), overloaded()], { random: () => draws.shift() ?? 0 });
    expect(resumed).toEqual([0, 1_000, 1_000]);
  });

  test('grows by the factor up to the longest delay', async () => {
    const settings = { ...DEFAULT_SETTINGS.retry, factor: 3, maxDelayMs: 5_000 };
    await run([overloaded(), overloaded(), overloaded()], { settings });
    expect(resumed).toEqual([1_000, 3_000, 5_000]);
  });

  test('gives up after the last retry and says how often it tried', async () => {
    const { error } = await run(Array.from({ length: 9 }, overloaded));
    expect(begun).toHaveLength(4);
    expect(error).toMatchObject({ kind: 'overloaded', message: 'Overloaded. Tried 4 times.' });
  });

  test('tries once without retries', async () => {
    const { error } = await run([overloaded()], {
      settings: { ...DEFAULT_SETTINGS.retry, retries: 0 },
    });
    expect(begun).toHaveLength(1);
    expect(retries).toEqual([]);
    expect(error).toMatchObject({ message: 'Overloaded.' });
  });

  test('waits at least as long as the server asks', async () => {
    await run([asking(20_000), asking(0)]);
    expect(resumed).toEqual([20_000, 2_000]);
  });

  test('does not wait when the server asks for longer than the cap, and says until when', async () => {
    const { error } = await run([asking(3_600_000)]);
    expect(begun).toEqual([0]);
    expect(retries).toEqual([]);
    const until = new Date(clock.wallStart + 3_600_000);
    expect(error).toMatchObject({
      kind: 'rate_limit',
      retryAfterMs: 3_600_000,
      message: containing(`60 min, until ${String(until.getHours()).padStart(2, '0')}:00:00`),
    });
  });

  const repeated = new Set<ErrorKind>([
    'rate_limit',
    'overloaded',
    'api',
    'timeout_connect',
    'timeout_first_event',
    'timeout_idle',
    'network',
    'offline',
    'truncated',
  ]);
  test.each(ERROR_KINDS)('repeats %s only where that may help', async (kind) => {
    await run([new EngineError(kind, 'x.')]);
    expect(begun).toHaveLength(repeated.has(kind) ? 2 : 1);
  });

  test('follows the word of the server over its own table', async () => {
    await run([new EngineError('api', 'x.', { retryable: false })]);
    expect(begun).toHaveLength(1);
    await run([new EngineError('invalid_request', 'x.', { retryable: true })]);
    expect(begun).toHaveLength(3);
  });

  test('never repeats once something was shown', async () => {
    const { error } = await run([overloaded()], { isVisible: () => true });
    expect(begun).toHaveLength(1);
    expect(error).toMatchObject({ kind: 'overloaded', retryable: true });
  });

  test('never waits for a full queue', async () => {
    await run([new EngineError('queue_full', 'full.', { retryable: true, retryAfterMs: 10 })]);
    expect(begun).toHaveLength(1);
  });

  test('repeats a slow first event for a short prompt only', async () => {
    const slow = () => new EngineError('timeout_first_event', 'Nothing came.');
    await run([slow()], { promptTokens: () => LONG_PROMPT_TOKENS - 1 });
    expect(begun).toHaveLength(2);
    await run([slow()], { promptTokens: () => LONG_PROMPT_TOKENS });
    expect(begun).toHaveLength(3);
  });

  test('a wait ends at once when it is aborted, and its timer with it', async () => {
    const stop = new AbortController();
    const result = withRetries(attempts([overloaded()]), options({ signal: stop.signal }));
    const failed = expect(result).rejects.toThrow('enough');
    await clock.advance(400);
    stop.abort(new Error('enough'));
    await failed;
    expect(resumed).toEqual([400]);
    expect(clock.pending).toBe(0);
    expect(begun).toHaveLength(1);
  });

  test('ends with what is not an EngineError as it is', async () => {
    const fault = new TypeError('fetch failed');
    const { error } = await run([fault]);
    expect(error).toBe(fault);
    expect(begun).toHaveLength(1);
  });

  test('starts the next attempt only after the wait', async () => {
    const result = withRetries(attempts([overloaded()]), options());
    await clock.advance(999);
    expect(begun).toHaveLength(1);
    await clock.advance(1);
    await settle();
    expect(begun).toHaveLength(2);
    await expect(result).resolves.toBe('text');
  });
});
