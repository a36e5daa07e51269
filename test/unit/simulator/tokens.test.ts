import { describe, expect, it } from 'vitest';
import { estimateTokens, splitTokens } from '../../../src/simulator/tokens';

describe('splitTokens', () => {
  it.each([
    '',
    'Hello, world!  Two spaces.\n\n\tTabs and incomprehensibilities.',
    '敏捷的棕色狐狸，👩‍👩‍👧‍👦 and e\u0301',
    'a lone \ud83d half',
  ])('gives the text again when joined: %j', (text) => {
    expect(splitTokens(text).join('')).toBe(text);
  });

  it('never ends inside a code point', () => {
    for (const piece of splitTokens('😀😀😀😀😀')) expect(encodeURIComponent(piece)).not.toBe('');
  });

  it('comes to about four characters a token in English', () => {
    const text = 'The panel draws what is finished once and leaves it alone. '.repeat(20);
    const perToken = text.length / splitTokens(text).length;
    expect(perToken).toBeGreaterThan(3);
    expect(perToken).toBeLessThan(6);
  });
});

describe('estimateTokens', () => {
  it('grows with the text', () => {
    expect(estimateTokens('')).toBe(0);
    expect(estimateTokens('x'.repeat(360))).toBe(100);
  });
});
