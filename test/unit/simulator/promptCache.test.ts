import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../helpers/fakeClock';
import { PromptCache } from '../../../src/simulator/promptCache';
import type { InputUsage } from '../../../src/simulator/promptCache';
import { countInput } from '../../../src/simulator/requests/countInput';
import { validateRequest } from '../../../src/simulator/requests/validateRequest';

const LONG = 'A paragraph that stays the same from turn to turn. '.repeat(80);
const MARK = { cache_control: { type: 'ephemeral' } };

function request(body: Record<string, unknown>): ReturnType<typeof validateRequest> {
  return validateRequest(
    { model: 'simulator-fast', max_tokens: 10, ...body },
    {
      apiVersion: '2026-10-21',
      strictModels: true,
      endpoint: 'messages',
      wasPaused: () => false,
    },
  );
}

function system(text: string, mark: Record<string, unknown> = MARK): Record<string, unknown> {
  return { system: [{ type: 'text', text, ...mark }] };
}

function user(content: string): Record<string, unknown> {
  return { messages: [{ role: 'user', content }] };
}

function sum(usage: InputUsage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.write5mTokens + usage.write1hTokens;
}

describe('PromptCache', () => {
  it('writes a marked prefix the first time and reads it the next', () => {
    const cache = new PromptCache(new FakeClock());
    const first = cache.use(request({ ...system(LONG), ...user('one') }));
    const second = cache.use(request({ ...system(LONG), ...user('another') }));
    expect(first.cacheReadTokens).toBe(0);
    expect(first.write5mTokens).toBeGreaterThan(1_000);
    expect(second.cacheReadTokens).toBe(first.write5mTokens);
    expect(second.write5mTokens).toBe(0);
  });

  it('accounts for every token of the prompt', () => {
    const cache = new PromptCache(new FakeClock());
    const asked = request({ ...system(LONG), ...user('one') });
    expect(sum(cache.use(asked))).toBe(countInput(asked));
    expect(sum(cache.use(asked))).toBe(countInput(asked));
  });

  it('reads the earlier turns of a conversation whose whole request is marked', () => {
    const cache = new PromptCache(new FakeClock());
    const opening = [{ role: 'user', content: LONG }];
    const first = cache.use(request({ messages: opening, ...MARK }));
    const next = [
      ...opening,
      { role: 'assistant', content: 'Yes.' },
      { role: 'user', content: LONG },
    ];
    const second = cache.use(request({ messages: next, ...MARK }));
    expect(second.cacheReadTokens).toBe(first.write5mTokens);
    expect(second.write5mTokens).toBeGreaterThan(1_000);
  });

  it('forgets after five minutes, or after an hour when asked to keep it that long', async () => {
    const clock = new FakeClock();
    const cache = new PromptCache(clock);
    const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } };
    const short = request({ ...system(LONG), ...user('x') });
    const long = request({ ...system(`${LONG}!`, hour), ...user('x') });
    cache.use(short);
    expect(cache.use(long).write1hTokens).toBeGreaterThan(1_000);
    await clock.advance(6 * 60_000);
    expect(cache.use(short).cacheReadTokens).toBe(0);
    expect(cache.use(long).cacheReadTokens).toBeGreaterThan(1_000);
  });

  it('caches nothing without a mark, or when the prefix is short', () => {
    const cache = new PromptCache(new FakeClock());
    for (const body of [{ ...system(LONG, {}) }, { ...system('short') }]) {
      cache.use(request({ ...body, ...user('x') }));
      const again = cache.use(request({ ...body, ...user('x') }));
      expect(again.inputTokens).toBe(sum(again));
    }
  });

  it('keeps models apart', () => {
    const cache = new PromptCache(new FakeClock());
    cache.use(request({ ...system(LONG), ...user('x') }));
    const other = cache.use(
      request({ ...system(LONG), ...user('x'), model: 'simulator-balanced' }),
    );
    expect(other.cacheReadTokens).toBe(0);
  });
});
