import { expect, test } from 'vitest';
import {
  formatCount,
  formatDuration,
  formatMoment,
} from '../../../../src/engine/resilience/phrases';

test.each([
  [0, '0 ms'],
  [850.2, '851 ms'],
  [1_001, '2 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [3_600_000, '60 min'],
  [7_200_000, '2 h'],
])('%d ms is "%s"', (ms, expected) => {
  expect(formatDuration(ms)).toBe(expected);
});

test('a moment of today is a time, of another day a date too', () => {
  const now = new Date(2026, 4, 6, 7, 8, 9).getTime();
  expect(formatMoment(now + 1_000, now)).toBe('07:08:10');
  expect(formatMoment(now + 86_400_000, now)).toBe('2026-05-07 07:08:09');
});

test('counts are grouped', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
});
