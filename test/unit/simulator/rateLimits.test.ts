import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../helpers/fakeClock';
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
