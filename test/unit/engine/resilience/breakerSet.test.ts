import { afterEach, describe, expect, test } from 'vitest';
import { AbortError } from '../../../../src/base/abort';
import type { BreakerMemory, SavedBreaker } from '../../../../src/engine/ports';
import { BreakerSet } from '../../../../src/engine/resilience/breakerSet';
import { parseSavedBreakers } from '../../../../src/engine/resilience/savedBreakers';
import { DEFAULT_SETTINGS } from '../../../../src/engine/settings';
import { FakeClock } from '../../../helpers/fakeClock';

class Memory implements BreakerMemory {
  saved: readonly SavedBreaker[] = [];
  read(): readonly SavedBreaker[] {
    return this.saved;
  }
  write(saved: readonly SavedBreaker[]): void {
    this.saved = saved;
  }
}

describe('BreakerSet', () => {
  const clock = new FakeClock();
  const memory = new Memory();
  const made: BreakerSet[] = [];

  function make(): BreakerSet {
    const settings = (): typeof DEFAULT_SETTINGS.breaker => DEFAULT_SETTINGS.breaker;
    const set = new BreakerSet({ settings, clock, random: () => 0.5, memory });
    made.push(set);
    return set;
  }

  function open(set: BreakerSet, endpointId: string, family = 'sonnet-5'): void {
    for (let i = 0; i < 5; i++) {
      set.get(endpointId, family).tryAcquire(true)?.settle({ kind: 'failure' });
    }
  }

  const states = (set: BreakerSet): string[] =>
    set.health().map(({ endpointId, family, state }) => `${endpointId} ${family} ${state}`);

  afterEach(() => {
    for (const set of made.splice(0)) set.dispose();
    memory.saved = [];
  });

  test('keeps one breaker for each endpoint and family', () => {
    const set = make();
    expect(set.get('a', 'sonnet-5')).toBe(set.get('a', 'sonnet-5'));
    open(set, 'a');
    set.get('a', 'opus-5');
    set.get('b', 'sonnet-5');
    expect(states(set)).toEqual(['a sonnet-5 open', 'a opus-5 closed', 'b sonnet-5 closed']);
  });

  test('tells which breaker changed', () => {
    const set = make();
    const told: string[] = [];
    set.onChange(({ endpointId, state }) => told.push(`${endpointId} ${state}`));
    open(set, 'b');
    set.resetAll('a');
    set.resetAll('b');
    open(set, 'a');
    set.resetAll();
    expect(told).toEqual(['b open', 'b closed', 'a open', 'a closed']);
  });

  test('remembers open breakers over a reload, and nothing of closed ones', () => {
    open(make(), 'a');
    expect(memory.saved).toHaveLength(1);
    const again = make();
    expect(states(again)).toEqual(['a sonnet-5 open']);
    again.resetAll();
    expect(memory.saved).toEqual([]);
    expect(states(make())).toEqual([]);
  });

  test('a key told twice or not at all a key does no harm', () => {
    open(make(), 'a');
    const [saved] = memory.saved;
    if (!saved) throw new Error('nothing saved');
    const later = { ...saved, reopensAt: saved.reopensAt + 10_000 };
    memory.saved = [saved, later, { ...saved, key: 'nonsense' }];
    const again = make();
    expect(states(again)).toEqual(['a sonnet-5 open']);
    expect(again.get('a', 'sonnet-5').health().retryInMs).toBe(60_000);
  });

  test('what left the settings is disposed and forgotten', async () => {
    const set = make();
    open(set, 'a');
    open(set, 'b');
    const gone = set.get('a', 'sonnet-5').wait(new AbortController().signal);
    set.retain(new Set(['b']));
    await expect(gone).rejects.toThrow(AbortError);
    expect(states(set)).toEqual(['b sonnet-5 open']);
    expect(memory.saved.map(({ key }) => key)).toEqual(['b\nsonnet-5']);
    expect(clock.pending).toBe(0);
  });

  test('disposing keeps what is remembered', () => {
    const set = make();
    open(set, 'a');
    set.dispose();
    expect(memory.saved).toHaveLength(1);
  });
});

describe('parseSavedBreakers', () => {
  const good = { key: 'api\nsonnet-5', reopensAt: 2, openedAt: 1, recoveryMs: 60_000 };

  test('takes what was written, through JSON', () => {
    expect(parseSavedBreakers(JSON.parse(JSON.stringify([good])))).toEqual([good]);
  });

  test('drops everything else', () => {
    const bad: unknown[] = [
      undefined,
      null,
      7,
      'text',
      {},
      { ...good, key: 7 },
      { ...good, key: 'api' },
      { ...good, key: '\nsonnet-5' },
      { ...good, key: 'api\n' },
      { ...good, reopensAt: '2' },
      { ...good, reopensAt: Number.NaN },
      { ...good, openedAt: Number.POSITIVE_INFINITY },
      { ...good, recoveryMs: -1 },
    ];
    expect(parseSavedBreakers([...bad, { ...good, more: 1 }])).toEqual([good]);
    for (const value of bad) expect(parseSavedBreakers(value)).toEqual([]);
    expect(parseSavedBreakers(Array.from({ length: 5_000 }, () => good))).toHaveLength(100);
  });
});
