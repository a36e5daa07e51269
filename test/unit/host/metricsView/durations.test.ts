import { describe, expect, it } from 'vitest';
import { age, countdown, exactDuration } from '../../../../src/host/metricsView/durations';

describe('durations', () => {
  it('count down in whole seconds, never to 0 before the end', () => {
    expect([1, 1_000, 2_001, 59_999, 125_000, 0, -5].map(countdown)).toEqual([
      '1 s',
      '1 s',
      '3 s',
      '1 min 0 s',
      '2 min 5 s',
      '0 s',
      '0 s',
    ]);
  });

  it('tell an age coarsely', () => {
    expect([0, 12_900, 60_000, 3_599_000, 7_200_000, -1].map(age)).toEqual([
      '0 s',
      '12 s',
      '1 min',
      '59 min',
      '2 h',
      '0 s',
    ]);
  });

  it('give a setting as it is', () => {
    expect([0, 500, 90_000, 300_000, 86_400_000, 1_500].map(exactDuration)).toEqual([
      '0',
      '500 ms',
      '90 s',
      '5 min',
      '24 h',
      '1500 ms',
    ]);
  });
});
