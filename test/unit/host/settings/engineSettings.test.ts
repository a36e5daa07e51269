import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../../src/engine/settings';
import { english } from '../../../../src/host/translate';
import {
  defaultOf,
  problemText,
  readEngineSettings,
} from '../../../../src/host/settings/engineSettings';

function read(values: Readonly<Record<string, unknown>>) {
  return readEngineSettings((key) => values[key]);
}

describe('readEngineSettings', () => {
  it('gives the defaults when nothing is set', () => {
    expect(read({})).toEqual({ settings: DEFAULT_SETTINGS, problems: [] });
  });

  it('takes what is set', () => {
    const prices = { 'model-1.5': { input: 1, output: 2 } };
    const { settings, problems } = read({ concurrency: 3, 'retry.retries': 0, prices });
    expect(problems).toEqual([]);
    expect(settings).toMatchObject({ concurrency: 3, retry: { retries: 0, factor: 2 }, prices });
  });

  it('uses the default for each one that is refused, names it, and leaves the others', () => {
    const { settings, problems } = read({
      'retry.factor': 9,
      'retry.retries': 1,
      concurrency: 'x',
    });
    expect(settings.retry).toMatchObject({ factor: 2, retries: 1 });
    expect(settings.concurrency).toBe(10);
    expect(problems.map(({ key }) => key)).toEqual(['concurrency', 'retry.factor']);
    expect(problems.map(({ detail }) => detail)).toEqual([
      'expected number, got "x"',
      'expected <=3, got 9',
    ]);
  });

  it('says where in a table of prices the fault is', () => {
    const { problems } = read({ prices: { m: { input: -1, output: 2 } } });
    expect(problems[0]?.detail).toContain('m.input');
  });
});

describe('a refused setting', () => {
  it.each([
    ['retry.factor', 9, 'expected a number from 1.5 to 3, got 9; the default 2 is used'],
    [
      'breaker.successThreshold',
      2.5,
      'expected a whole number from 1 to 10, got 2.5; the default 3 is used',
    ],
    ['promptCache.ttl', '2h', 'expected one of 5m, 1h, got "2h"; the default "5m" is used'],
    ['pool.warm', 'yes', 'expected true or false, got "yes"; the default true is used'],
    [
      'concurrency',
      null,
      'expected a whole number from 1 to 100, got null; the default 10 is used',
    ],
    ['fallback.models', 'x', 'expected Array, got "x"; the default [] is used'],
  ])('%s = %j is named with its range and what is used instead', (key, value, expected) => {
    const { problems } = read({ [key]: value });
    expect(problems.map((problem) => problemText(problem, english))).toEqual([
      `pulse.${key}: ${expected}`,
    ]);
  });

  it('is not repeated whole when it is long', () => {
    const [problem] = read({ 'pool.warm': 'x'.repeat(500) }).problems;
    expect(problem && problemText(problem, english).length).toBeLessThan(200);
  });
});

describe('defaultOf', () => {
  it('finds grouped and single settings', () => {
    expect(defaultOf('retry.factor')).toBe(2);
    expect(defaultOf('concurrency')).toBe(10);
    expect(defaultOf('prices')).toEqual({});
  });
});
