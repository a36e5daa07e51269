import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../../src/engine/settings';
import { defaultOf, readEngineSettings } from '../../../../src/host/settings/engineSettings';

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
    expect(problems.map(({ problem }) => problem)).toEqual([
      'expected number, got "x"',
      'expected <=3, got 9',
    ]);
  });

  it('says where in a table of prices the fault is', () => {
    const { problems } = read({ prices: { m: { input: -1, output: 2 } } });
    expect(problems[0]?.problem).toContain('m.input');
  });
});

describe('defaultOf', () => {
  it('finds grouped and single settings', () => {
    expect(defaultOf('retry.factor')).toBe(2);
    expect(defaultOf('concurrency')).toBe(10);
    expect(defaultOf('prices')).toEqual({});
  });
});
