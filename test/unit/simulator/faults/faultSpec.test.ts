import { describe, expect, it } from 'vitest';
import { faultHelp, parseFaults } from '../../../../src/simulator/faults/faultSpec';

describe('parseFaults', () => {
  it('knows every fault of the help, with no parameter needed', () => {
    for (const [name] of faultHelp()) {
      expect(parseFaults(name), name).toHaveLength(1);
    }
  });

  it('gives defaults', () => {
    expect(parseFaults('stall')[0]).toMatchObject({
      kind: 'stall',
      at: 'stream',
      after: 10,
      pings: false,
      ms: 600_000,
      times: Infinity,
      scope: 'messages',
    });
  });

  it('reads any status with any body and headers', () => {
    expect(
      parseFaults('status code=418 body="<p>tea</p>" header.x-kind=pot retry-after=7')[0],
    ).toMatchObject({
      status: 418,
      body: '<p>tea</p>',
      headers: [
        ['retry-after', '7'],
        ['x-kind', 'pot'],
      ],
    });
    expect(
      parseFaults('{"fault":"status","code":503,"body":{"a":1},"headers":{"X-A":"b"}}')[0],
    ).toMatchObject({ status: 503, body: '{"a":1}', headers: [['x-a', 'b']] });
  });

  it('overrides the headers of a preset', () => {
    expect(parseFaults('rate-limit retry-after=9')[0]).toMatchObject({
      status: 429,
      headers: [
        ['retry-after', '9'],
        ['x-should-retry', 'true'],
      ],
    });
  });

  it('keeps what was written, to be counted and logged', () => {
    expect(parseFaults('overload   times=2')[0]?.text).toBe('overload times=2');
  });

  it.each([
    ['nonsense', 'unknown fault "nonsense"'],
    ['constructor', 'unknown fault "constructor"'],
    ['overload after=3', 'unknown parameter "after" for overload'],
    ['status code=99', 'from 200 to 599'],
    ['status header.x="a\nb"', 'expected a header name and one line'],
  ])('refuses %s', (text, message) => {
    expect(() => parseFaults(text)).toThrow(message);
  });
});
