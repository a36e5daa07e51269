import { describe, expect, it } from 'vitest';
import { titleOf } from '../../../src/host/chat/title';
import {
  formatBytes,
  formatCount,
  formatMs,
  formatRate,
  formatSeconds,
  formatShare,
  formatUSD,
} from '../../../src/host/format';

describe('figures', () => {
  it.each([
    [0, '0 ms'],
    [849.6, '850 ms'],
    [1_000, '1.0 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [59_400, '59 s'],
    [59_900, '1 min'],
    [125_000, '2 min 5 s'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  it('keep the form of seconds in the status bar', () => {
    expect([40, 800, 12_000].map(formatSeconds)).toEqual(['0.0 s', '0.8 s', '12 s']);
  });

  it('never show as nothing what is something', () => {
    expect([0, 0.000_01, 0.0012, 0.25, 12.3].map(formatUSD)).toEqual([
      '$0',
      '< $0.0001',
      '$0.0012',
      '$0.25',
      '$12.30',
    ]);
    expect([0, 0.0001, 0.004, 0.05, 0.333, 1].map(formatShare)).toEqual([
      '0 %',
      '< 0.1 %',
      '0.4 %',
      '5 %',
      '33 %',
      '100 %',
    ]);
  });

  it('count and rate', () => {
    expect([12, 1_234, 1_250_000].map(formatCount)).toEqual(['12', '1,234', '1.3 M']);
    expect([15.44, 140.6, 1_653.8].map(formatRate)).toEqual(['15.4', '141', '1,654']);
  });
});

describe('titleOf', () => {
  it.each([
    ['  one\n two', 'one'],
    ['a\t b', 'a b'],
    ['', ''],
    ['x'.repeat(70), `${'x'.repeat(59)}…`],
    ['word '.repeat(20), `${'word '.repeat(11).trim()}…`],
  ])('of %j is %j', (prompt, title) => {
    expect(titleOf(prompt)).toBe(title);
  });

  it('never cuts a character in two', () => {
    expect(titleOf('𝄞'.repeat(70))).toBe(`${'𝄞'.repeat(59)}…`);
  });
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_500, '2 KB'],
  [1_234_567, '1.2 MB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
