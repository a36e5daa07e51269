import { describe, expect, it } from 'vitest';
import { formatCount, formatDuration, formatExact } from '../../../../src/webview/shared/format';

describe('durations', () => {
  it.each([
    [0, '0 ms'],
    [843.4, '843 ms'],
    [999.6, '1.0 s'],
    [1_000, '1.0 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min'],
    [185_000, '3 min 5 s'],
  ])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('counts', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1k'],
    [1_842, '1.8k'],
    [9_960, '10k'],
    [38_400, '38k'],
    [999_600, '1M'],
    [1_400_000, '1.4M'],
  ])('%d is %s', (count, text) => expect(formatCount(count)).toBe(text));

  it('are exact where there is room', () => expect(formatExact(1_234_567)).toBe('1,234,567'));
});
