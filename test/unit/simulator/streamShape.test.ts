import { describe, expect, it } from 'vitest';
import { parseShape, USUAL_SHAPE } from '../../../src/simulator/streamShape';

describe('parseShape', () => {
  it('changes only what is named', () => {
    expect(parseShape('writes=split emptyDeltas', USUAL_SHAPE)).toEqual({
      ...USUAL_SHAPE,
      writes: 'split',
      emptyDeltas: true,
    });
    expect(parseShape('{"pings":"odd","deltaTokens":1}', USUAL_SHAPE)).toEqual({
      ...USUAL_SHAPE,
      pings: 'odd',
      deltaTokens: 1,
    });
  });

  it.each(['writes=slowly', 'colour=blue', 'unknown=perhaps', 'a; b'])('refuses %s', (text) => {
    expect(() => parseShape(text, USUAL_SHAPE)).toThrow();
  });
});
