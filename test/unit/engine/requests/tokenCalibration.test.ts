import { describe, expect, it } from 'vitest';
import { TokenCalibration } from '../../../../src/engine/requests/tokenCalibration';

function usage(inputTokens: number, cacheReadTokens = 0) {
  return { inputTokens, outputTokens: 9, cacheReadTokens, cacheWriteTokens: 0 };
}

describe('TokenCalibration', () => {
  it('knows nothing at first', () => {
    expect(new TokenCalibration().factor('claude-sonnet-5-5')).toBe(1);
  });

  it('learns by model family what an estimated token really is, cache reads included', () => {
    const calibration = new TokenCalibration();
    calibration.learn('claude-sonnet-5-5', 1_000, usage(300, 1_000));
    expect(calibration.factor('claude-sonnet-5')).toBeCloseTo(1.3);
    expect(calibration.factor('claude-haiku-4-5')).toBe(1);
    for (let n = 0; n < 30; n++) calibration.learn('claude-sonnet-5-5', 1_000, usage(800));
    expect(calibration.factor('claude-sonnet-5-5')).toBeCloseTo(0.8, 2);
  });

  it('takes nothing from small requests, and no absurd figures', () => {
    const calibration = new TokenCalibration();
    calibration.learn('m', 10, usage(5_000));
    expect(calibration.factor('m')).toBe(1);
    calibration.learn('m', 1_000, usage(1_000_000));
    expect(calibration.factor('m')).toBe(3);
  });
});
