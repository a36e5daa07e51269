import { describe, expect, it } from 'vitest';
import { contextGauge, turnTokens } from '../../../../src/host/context/gauge';
import type { GaugeInput } from '../../../../src/host/context/gauge';
import { english } from '../../../../src/host/translate';

const BASE: GaugeInput = {
  instructions: [{ label: 'CLAUDE.md', text: 'x'.repeat(300) }],
  turns: [
    { id: 'a', tokens: 1_000 },
    { id: 'b', tokens: 500 },
    { id: 'c', tokens: 200 },
  ],
  compaction: undefined,
  attachments: [{ label: 'app.ts', tokens: 3_000 }],
  question: 'y'.repeat(30),
  windowTokens: 200_000,
  replyTokens: 4_000,
  price: { input: 3, output: 15 },
  limits: { warnTokens: 0, warnCostUSD: 0 },
  translate: english,
};

describe('the context gauge', () => {
  it('adds up its parts, largest first, and what they cost', () => {
    expect(contextGauge(BASE)).toEqual({
      used: 4_810,
      window: 200_000,
      parts: [
        { label: 'app.ts', tokens: 3_000 },
        { label: 'Conversation', tokens: 1_700 },
        { label: 'CLAUDE.md', tokens: 100 },
        { label: 'Question', tokens: 10 },
      ],
      cost: '$0.0144',
    });
  });

  it('counts a summary instead of the turns it stands for, on their branch only', () => {
    const compaction = { throughTurnId: 'b', tokensAfter: 50 };
    expect(contextGauge({ ...BASE, compaction }).used).toBe(4_810 - 1_500 + 50);
    expect(contextGauge({ ...BASE, compaction: { ...compaction, throughTurnId: 'x' } }).used).toBe(
      4_810,
    );
  });

  it('warns above the user’s limits and, first of all, the window', () => {
    const warn = (change: Partial<GaugeInput>) => contextGauge({ ...BASE, ...change }).warning;
    expect(warn({})).toBeUndefined();
    expect(warn({ limits: { warnTokens: 4_810, warnCostUSD: 0.02 } })).toBeUndefined();
    expect(warn({ limits: { warnTokens: 4_809, warnCostUSD: 0 } })).toMatch(/limit of 4,809/u);
    expect(warn({ limits: { warnTokens: 0, warnCostUSD: 0.01 } })).toMatch(/limit of \$0.01/u);
    expect(warn({ windowTokens: 8_000, limits: { warnTokens: 1, warnCostUSD: 0 } })).toMatch(
      /window of 8,000/u,
    );
  });

  it('says nothing of a cost it does not know, nor warns of one', () => {
    const gauge = contextGauge({
      ...BASE,
      price: undefined,
      limits: { warnTokens: 0, warnCostUSD: 0.001 },
    });
    expect([gauge.cost, gauge.warning]).toEqual(['', undefined]);
  });

  it('counts a turn by what is told again of it', () => {
    expect(turnTokens({ asked: 'abc', attachments: [{ tokens: 10 }], text: 'abcdef' })).toBe(
      8 + 10 + 1 + 2,
    );
  });
});
