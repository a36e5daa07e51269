import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../../src/simulator/options';

describe('resolveOptions', () => {
  it('fills in the defaults', () => {
    expect(resolveOptions({})).toMatchObject({ port: 0, seed: 1, speed: 1, rateLimitHeaders: 12 });
  });

  it('joins events into large writes in burst mode, unless the shape says otherwise', () => {
    expect(resolveOptions({ burst: true }).shape.writes).toBe('burst');
    expect(resolveOptions({ burst: true, shape: 'writes=event' }).shape.writes).toBe('event');
  });

  it.each([
    [{ port: 70_000 }, 'port: expected a whole number from 0 to 65535, got 70000'],
    [{ speed: 0 }, 'speed: expected a number from'],
    [{ burst: 'yes' }, 'burst: expected true or false, got "yes"'],
    [{ faultRates: [{ rate: 2, fault: 'overload' }] }, 'faultRates: expected {rate: 0-1'],
    [{ rateLimitHeaders: 5 }, 'rateLimitHeaders: expected 0, 6, 9 or 12, got 5'],
    [{ prot: 1 }, 'options: expected one of'],
    [null, 'options: expected an object, got null'],
  ])('refuses %j', (input, message) => {
    expect(() => resolveOptions(input)).toThrow(message);
  });
});
