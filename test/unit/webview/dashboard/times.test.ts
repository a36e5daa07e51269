// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { bucketTime } from '../../../../src/webview/dashboard/texts/times';

const DAY_MS = 86_400_000;

describe('days, where the clocks were changed since', () => {
  it.each([
    ['an hour before midnight', new Date(2026, 2, 26, 23)],
    ['at midnight', new Date(2026, 2, 27)],
    ['an hour after midnight', new Date(2026, 2, 27, 1)],
  ])('have the name of the day that they are mostly of: %s', (_, from) => {
    expect(bucketTime(from.getTime(), DAY_MS)).toBe('Mar 27');
    expect(bucketTime(from.getTime(), 7 * DAY_MS)).toBe('Mar 27 – Apr 2');
  });
});
