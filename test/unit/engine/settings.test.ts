import { describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS, parseSettings, SettingsError } from '../../../src/engine/settings';

describe('parseSettings', () => {
  test('fills in the defaults', () => {
    expect(parseSettings({})).toEqual(DEFAULT_SETTINGS);
    expect(DEFAULT_SETTINGS).toMatchObject({
      concurrency: 10,
      retry: { retries: 3, factor: 2 },
      timeouts: { connectMs: 30_000, firstEventMs: 30_000 },
      reply: { temperature: 0.7 },
      prices: {},
    });
  });

  test.each([
    [{ retry: { factor: 2.5, retries: 0 } }],
    [{ 'retry.factor': 2.5, 'retry.retries': 0 }],
    [{ 'pulse.retry.factor': 2.5, 'pulse.retry.retries': 0 }],
    [{ retry: { factor: 2.5 }, 'pulse.retry.retries': 0 }],
    [{ 'pulse.retry.retries': 0, retry: { factor: 2.5 } }],
  ])('takes names as they are written: %j', (input) => {
    const { retry } = parseSettings(input);
    expect(retry).toEqual({ ...DEFAULT_SETTINGS.retry, factor: 2.5, retries: 0 });
  });

  test('leaves dots in the names of models alone', () => {
    const prices = { 'llama3.1:8b': { input: 0, output: 0 } };
    expect(parseSettings({ prices }).prices).toEqual(prices);
  });

  test.each<[unknown, string[]]>([
    [{ retry: { factor: 9 } }, ['retry.factor: expected <=3, got 9']],
    [{ concurrency: 1.5 }, ['concurrency: expected a whole number, got 1.5']],
    [{ concurrency: '5' }, ['concurrency: expected number, got "5"']],
    [{ 'retry.factr': 2 }, ['retry.factr: there is no such setting']],
    [{ retry: 5 }, ['retry: expected Object, got 5']],
    [{ prices: { m: { input: 1 } } }, ['prices.m.output: expected a value, got none']],
    [
      { queueLimit: 0, foo: 1 },
      ['queueLimit: expected >=1, got 0', 'foo: there is no such setting'],
    ],
    [[], ['settings: expected an object']],
    ['fast', ['settings: expected an object']],
    [null, ['settings: expected an object']],
    [JSON.parse('{"__proto__": {"x": 1}}'), ['__proto__: there is no such setting']],
  ])('refuses %j and says what is wrong', (input, problems) => {
    let caught: unknown;
    try {
      parseSettings(input);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(SettingsError);
    expect(caught).toMatchObject({ problems, message: problems.join('; ') });
  });
});
