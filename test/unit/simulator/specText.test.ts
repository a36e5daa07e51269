import { describe, expect, it } from 'vitest';
import { parseSpecText, SpecError, SpecReader } from '../../../src/simulator/specText';

describe('parseSpecText', () => {
  it('reads a name and its parameters', () => {
    expect(parseSpecText('stall after=20 pings')).toEqual([
      { name: 'stall', params: { after: '20', pings: true } },
    ]);
  });

  it('reads quoted values with spaces, quotes and semicolons in them', () => {
    expect(parseSpecText(String.raw`error message="a \"b\"; c = d"`)).toEqual([
      { name: 'error', params: { message: 'a "b"; c = d' } },
    ]);
  });

  it('reads several entries separated by semicolons', () => {
    expect(parseSpecText('overload times=2; drip').map(({ name }) => name)).toEqual([
      'overload',
      'drip',
    ]);
  });

  it('reads the same as JSON', () => {
    expect(parseSpecText('[{"fault":"status","code":418,"body":{"a":1}}]')).toEqual([
      { name: 'status', params: { code: 418, body: { a: 1 } } },
    ]);
  });

  it.each(['{"fault":', '[1]', '{"fault":5}', 'a "b'])('refuses %s', (text) => {
    expect(() => parseSpecText(text)).toThrow(SpecError);
  });
});

describe('SpecReader', () => {
  function reader(text: string): SpecReader {
    const [entry] = parseSpecText(text);
    if (!entry) throw new Error('no entry');
    return new SpecReader(entry);
  }

  it('says what it expected and what it got', () => {
    expect(() => reader('x n=abc').whole('n', 0)).toThrow(
      'x n: expected a whole number at least 0, got "abc"',
    );
    expect(() => reader('x n=9').whole('n', 0, 1, 5)).toThrow('from 1 to 5');
    expect(() => reader('x f=maybe').flag('f', false)).toThrow('yes or no');
    expect(() => reader('x c=z').choice('c', ['a', 'b'], 'a')).toThrow('one of a, b');
  });

  it('refuses parameters that nobody asked for', () => {
    const one = reader('stall after=1 aftr=2');
    one.whole('after', 0);
    expect(() => one.finish()).toThrow('unknown parameter "aftr" for stall; expected one of after');
  });
});
