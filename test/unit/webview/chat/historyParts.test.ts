// @vitest-environment jsdom
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { piecesOf } from '../../../../src/webview/chat/history/pieces';
import { daysBetween, timeAgo } from '../../../../src/webview/shared/dates';

describe('marks of a search', () => {
  it('lose and double no text, whatever the ranges', () => {
    const range = fc.tuple(fc.integer({ min: -3, max: 30 }), fc.integer({ min: -3, max: 30 }));
    fc.assert(
      fc.property(
        fc.string({ maxLength: 20 }),
        fc.array(range, { maxLength: 6 }),
        (text, ranges) => {
          const pieces = piecesOf(text, ranges);
          expect(pieces.map((piece) => piece.text).join('')).toBe(text);
        },
      ),
    );
  });

  it('are where the ranges are', () => {
    expect(
      piecesOf('abcdef', [
        [4, 5],
        [1, 3],
      ]),
    ).toEqual([
      { text: 'a', isMatch: false },
      { text: 'bc', isMatch: true },
      { text: 'd', isMatch: false },
      { text: 'e', isMatch: true },
      { text: 'f', isMatch: false },
    ]);
  });
});

describe('how long ago', () => {
  const now = new Date(2026, 10, 24, 0, 30).getTime();
  const ago = (minutes: number): string => timeAgo(now - minutes * 60_000, now, 'now');

  it('counts days of the calendar', () => {
    expect(daysBetween(now - 40 * 60_000, now)).toBe(1);
    expect([ago(0), ago(20), ago(40), ago(90), ago(3 * 1_440)]).toEqual([
      'now',
      '20 min. ago',
      '40 min. ago',
      'yesterday',
      '3 days ago',
    ]);
  });

  it('is now for a time to come', () => {
    expect(ago(-5)).toBe('now');
    expect(daysBetween(now + 5 * 86_400_000, now)).toBe(0);
  });

  it('has the year where it is another one', () => {
    expect(timeAgo(new Date(2025, 4, 2).getTime(), now, 'now')).toBe('May 2, 2025');
  });
});
