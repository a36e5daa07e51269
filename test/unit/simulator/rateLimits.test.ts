import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../helpers/fakeClock';
import { ApiProblem } from '../../../src/simulator/apiProblem';
import { resolveRatePolicy } from '../../../src/simulator/ratePolicy';
import { RateLimits } from '../../../src/simulator/rateLimits';

function remaining(limits: RateLimits, what: string): number {
  const headers = new Map(limits.headers('fast', false));
  return Number(headers.get(`anthropic-ratelimit-${what}-remaining`));
}

describe('RateLimits', () => {
  it.each([0, 6, 9, 12] as const)('reports %i headers', (count) => {
    expect(new RateLimits(new FakeClock(), count).headers('fast', false)).toHaveLength(count);
  });

  it('goes down with use, rounded to thousands, and recovers within a minute', async () => {
    const clock = new FakeClock();
    const limits = new RateLimits(clock, 12);
    limits.take('fast', 'input-tokens', 100_400);
    limits.take('fast', 'requests', 3);
    expect(remaining(limits, 'input-tokens')).toBe(300_000);
    expect(remaining(limits, 'tokens')).toBe(380_000);
    expect(remaining(limits, 'requests')).toBe(3_997);
    await clock.advance(60_000);
    expect(remaining(limits, 'input-tokens')).toBe(400_000);
  });

  it('tells when the bucket is full again, in RFC 3339 seconds', () => {
    const limits = new RateLimits(new FakeClock(Date.UTC(2026, 0, 1)), 12);
    limits.take('fast', 'input-tokens', 200_000);
    const headers = new Map(limits.headers('fast', false));
    expect(headers.get('anthropic-ratelimit-input-tokens-reset')).toBe('2026-01-01T00:00:30Z');
  });

  it('has nothing left of the input tokens beside a 429', () => {
    const headers = new Map(new RateLimits(new FakeClock(), 12).headers('fast', true));
    expect(headers.get('anthropic-ratelimit-input-tokens-remaining')).toBe('0');
  });

  it('keeps families apart', () => {
    const limits = new RateLimits(new FakeClock(), 12);
    limits.take('deep', 'output-tokens', 80_000);
    expect(remaining(limits, 'output-tokens')).toBe(80_000);
  });
});

const LIMITS = { requests: 50, inputTokens: 30_000, outputTokens: 8_000 };

interface Enforced {
  readonly clock: FakeClock;
  readonly limits: RateLimits;
  /** The refusal, or nothing when the request was accepted. */
  readonly ask: (inputTokens: number) => ApiProblem | undefined;
}

function enforced(more: Readonly<Record<string, unknown>> = {}): Enforced {
  const clock = new FakeClock();
  const limits = new RateLimits(clock, 12, resolveRatePolicy({ limits: LIMITS, ...more }), 7);
  return {
    clock,
    limits,
    ask: (inputTokens) => {
      try {
        limits.admit('key fast', inputTokens);
        return undefined;
      } catch (error) {
        if (error instanceof ApiProblem) return error;
        throw error;
      }
    },
  };
}

function header(problem: ApiProblem | undefined, name: string): string | undefined {
  return new Map(problem?.headers).get(name);
}

describe('enforced limits', () => {
  it('refuse the request for which there is not enough left, in the words of the API', () => {
    const { ask } = enforced();
    expect(ask(29_000)).toBeUndefined();
    const problem = ask(2_000);
    expect(problem).toMatchObject({ status: 429, type: 'rate_limit_error' });
    expect(problem?.message).toContain(
      "This request would exceed your organization's rate limit of 30,000 input tokens per minute.",
    );
    expect(header(problem, 'x-should-retry')).toBe('true');
    // 1,000 are missing at 500 a second.
    expect(header(problem, 'retry-after')).toBe('2');
    expect(header(problem, 'anthropic-ratelimit-input-tokens-remaining')).toBe('1000');
    expect(header(problem, 'anthropic-ratelimit-input-tokens-reset')).toBe('2026-01-01T00:00:58Z');
  });

  it('do not charge what they refuse', () => {
    const { ask, limits } = enforced();
    ask(29_000);
    for (let times = 0; times < 100; times += 1) ask(2_000);
    expect(ask(1_000)).toBeUndefined();
    expect(limits.use()).toMatchObject([
      { keyId: 'key', family: 'fast', refused: 100, requests: { used: 2 } },
    ]);
  });

  it('accept the request after the time that they named, and not before', async () => {
    const { ask, clock } = enforced();
    ask(30_000);
    const problem = ask(10_250);
    const seconds = Number(header(problem, 'retry-after'));
    expect(seconds).toBe(21);
    await clock.advance(20_400);
    expect(ask(10_250)).toBeDefined();
    await clock.advance(600);
    expect(ask(10_250)).toBeUndefined();
  });

  it('count requests', async () => {
    const { ask, clock } = enforced();
    for (let count = 0; count < 50; count += 1) expect(ask(1)).toBeUndefined();
    expect(ask(1)?.message).toContain('50 requests per minute');
    await clock.advance(1_200);
    expect(ask(1)).toBeUndefined();
  });

  it('want something left of the output, and charge what is produced even beyond it', async () => {
    const { ask, clock, limits } = enforced();
    ask(1);
    limits.take('key fast', 'output-tokens', 7_999);
    expect(ask(1)).toBeUndefined();
    limits.take('key fast', 'output-tokens', 801);
    const problem = ask(1);
    expect(problem?.message).toContain('8,000 output tokens per minute');
    expect(header(problem, 'anthropic-ratelimit-output-tokens-remaining')).toBe('0');
    expect(header(problem, 'retry-after')).toBe('7');
    await clock.advance(7_000);
    expect(ask(1)).toBeUndefined();
  });

  it('have nothing at first when the buckets start empty', async () => {
    const { ask, clock } = enforced({ initialFill: 0 });
    expect(ask(1)).toBeDefined();
    await clock.advance(1_200);
    expect(ask(1)).toBeUndefined();
  });

  it('are only reported when they are not enforced', () => {
    const { ask, limits } = enforced({ enforce: false });
    for (let count = 0; count < 60; count += 1) expect(ask(10_000)).toBeUndefined();
    expect(
      new Map(limits.headers('key fast', false)).get('anthropic-ratelimit-requests-limit'),
    ).toBe('50');
  });

  it('never give more than the capacity and the refill in any window', () => {
    const steps = fc.array(
      fc.record({
        waitMs: fc.integer({ min: 0, max: 20_000 }),
        tokens: fc.integer({ min: 1, max: 30_000 }),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, fc.constantFrom(0, 0.2, 0.9), (all, share) => {
        let now = 0;
        const clock = {
          now: () => now,
          wallNow: () => now,
          setTimeout: () => ({ dispose: () => undefined }),
        };
        const policy = resolveRatePolicy({ limits: LIMITS, foreign: { share } });
        const limits = new RateLimits(clock, 12, policy);
        const accepted: { at: number; tokens: number }[] = [];
        for (const { waitMs, tokens } of all) {
          now += waitMs;
          try {
            limits.admit('key fast', tokens);
            accepted.push({ at: now, tokens });
          } catch {
            // Refused: not charged.
          }
        }
        for (const [first, { at }] of accepted.entries()) {
          let taken = 0;
          for (const later of accepted.slice(first)) {
            taken += later.tokens;
            expect(taken).toBeLessThanOrEqual(30_000 + ((later.at - at) / 60_000) * 30_000 + 0.001);
          }
        }
        const [use] = limits.use();
        if (!use) return;
        for (const { offered, spilled, used, foreign, left } of [use.requests, use.inputTokens]) {
          expect(left).toBeGreaterThan(-0.001);
          expect(offered - spilled - used - foreign).toBeCloseTo(left, 3);
        }
      }),
      { seed: 5, numRuns: 100 },
    );
  });
});

describe('foreign traffic', () => {
  it('takes its share of the refill in lumps, the same for the same seed', async () => {
    const run = async (): Promise<number[]> => {
      const { limits, clock } = enforced({ initialFill: 0, foreign: { share: 0.2 } });
      const taken: number[] = [];
      for (let second = 0; second < 120; second += 1) {
        limits.headers('key fast', false);
        await clock.advance(1_000);
        taken.push(limits.use()[0]?.inputTokens.foreign ?? 0);
      }
      return taken;
    };
    const taken = await run();
    expect(await run()).toEqual(taken);
    // 20 % of two minutes' refill, but for the lump that is still to come.
    expect(taken.at(-1)).toBeGreaterThan(12_000 - 3 * 100 - 1);
    expect(taken.at(-1)).toBeLessThanOrEqual(12_000);
    const still = taken.filter((amount, index) => amount === taken[index - 1]);
    expect(still.length).toBeGreaterThan(20);
  });

  it('takes only what is there', async () => {
    const { ask, limits, clock } = enforced({ initialFill: 0, foreign: { share: 1 } });
    limits.headers('key fast', false);
    await clock.advance(60_000);
    ask(Math.max(1, Math.floor(limits.use()[0]?.inputTokens.left ?? 0)));
    await clock.advance(60_000);
    const [use] = limits.use();
    expect(use?.inputTokens.left).toBeGreaterThanOrEqual(0);
    expect(use?.requests.foreign).toBeGreaterThan(90);
  });
});
