import { describe, expect, it } from 'vitest';
import { readContextSettings } from '../../../../src/host/context/contextSettings';
import { english } from '../../../../src/host/translate';

describe('settings of context', () => {
  it('are taken within their ranges; a wrong one has its default and is told', () => {
    const values: Record<string, unknown> = {
      'context.maxFileKB': 1,
      'context.maxTotalKB': 0,
      'context.warnCostUSD': 0.5,
      'context.warnTokens': 1.5,
    };
    const { settings, problems } = readContextSettings((key) => values[key], english);
    expect(settings).toEqual({
      maxFileKB: 1,
      maxTotalKB: 2_000,
      maxFolderFiles: 200,
      warnTokens: 0,
      warnCostUSD: 0.5,
    });
    expect(problems).toEqual([
      'pulse.context.maxTotalKB: expected a whole number from 1 to 20000, got 0; the default 2000 is used',
      'pulse.context.warnTokens: expected a whole number from 0 to 10000000, got 1.5; the default 0 is used',
    ]);
  });
});
