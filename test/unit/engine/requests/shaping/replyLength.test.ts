import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplyLengths } from '../../../../../src/engine/requests/shaping/replyLength';
import { parseSettings } from '../../../../../src/engine/settings';
import { testRequest } from '../../../../helpers/modelHarness';

const request = testRequest({ model: 'claude-sonnet-5-5', action: 'chat' });

function lengths(reply: object = {}): ReplyLengths {
  const settings = parseSettings({ reply }).reply;
  return new ReplyLengths(() => settings);
}

function told(replies: ReplyLengths, outputTokens: number, times = 1): number {
  for (let time = 0; time < times; time++) {
    const visibleTokens = replies.visibleTokens(request);
    const cut = outputTokens > visibleTokens;
    replies.learn(request, {
      outputTokens: Math.min(outputTokens, visibleTokens),
      cut,
      visibleTokens,
    });
  }
  return replies.visibleTokens(request);
}

describe('ReplyLengths', () => {
  it('starts small, and never goes beyond the ceiling', () => {
    expect(lengths().visibleTokens(request)).toBe(1_024);
    expect(lengths({ maxTokens: 500 }).visibleTokens(request)).toBe(500);
  });

  it('doubles after a reply that was cut, up to the ceiling', () => {
    const replies = lengths();
    expect([1, 2, 3].map(() => told(replies, 100_000))).toEqual([2_048, 4_096, 4_096]);
  });

  it('leaves half as much again above what its kind needed', () => {
    expect(told(lengths(), 1_000, 20)).toBe(1_536);
  });

  it('forgets long replies in time', () => {
    const replies = lengths();
    told(replies, 4_000, 5);
    expect(told(replies, 100, 3)).toBeGreaterThan(3_000);
    expect(told(replies, 100, 100)).toBe(1_024);
  });

  it('keeps actions and model families apart', () => {
    const replies = lengths();
    told(replies, 4_000, 5);
    expect(replies.visibleTokens({ ...request, action: 'inline' })).toBe(1_024);
    expect(replies.visibleTokens({ ...request, model: 'claude-opus-5-5' })).toBe(1_024);
    expect(replies.visibleTokens({ ...request, model: 'claude-sonnet-5' })).toBe(4_096);
  });

  it("leaves a request's own figure alone", () => {
    expect(lengths().visibleTokens({ ...request, maxTokens: 7 })).toBe(7);
  });

  it('remembers a bounded number of kinds', () => {
    const replies = lengths();
    told(replies, 4_000, 5);
    for (let name = 0; name < 300; name++) {
      const other = { ...request, model: `model ${name}` };
      replies.learn(other, { outputTokens: 10, cut: false, visibleTokens: 1_024 });
    }
    expect(replies.visibleTokens(request)).toBe(1_024);
  });

  it('stays between start and ceiling, whatever it is told', () => {
    const outcome = fc.record({
      outputTokens: fc.nat(200_000),
      cut: fc.boolean(),
      visibleTokens: fc.integer({ min: 1, max: 128_000 }),
    });
    fc.assert(
      fc.property(fc.array(outcome), (outcomes) => {
        const replies = lengths();
        for (const each of outcomes) replies.learn(request, each);
        const tokens = replies.visibleTokens(request);
        expect(tokens >= 1_024 && tokens <= 4_096 && tokens % 256 === 0).toBe(true);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});
