import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AbortError, abortReason } from '../../../../../src/base/abort';
import { Deferred } from '../../../../../src/base/deferred';
import { hedged } from '../../../../../src/engine/resilience/balancing/hedge';
import type { HedgeBranch } from '../../../../../src/engine/resilience/balancing/hedge';
import { FakeClock, settle } from '../../../../helpers/fakeClock';

const DELAY = 1_000;

/** A branch that the test plays; like a real one it ends when it is aborted. */
class Played {
  readonly branch: HedgeBranch;
  readonly work = new Deferred<string>();

  constructor(branch: HedgeBranch) {
    this.branch = branch;
    branch.signal.addEventListener('abort', () => this.work.reject(abortReason(branch.signal)));
  }
}

describe('hedged', () => {
  let clock: FakeClock;
  let stop: AbortController;
  let played: Played[];
  let mayHedge: boolean;

  function start(): Promise<string> {
    const result = hedged({
      delayMs: DELAY,
      clock,
      signal: stop.signal,
      mayHedge: () => mayHedge,
      run: (branch) => {
        const one = new Played(branch);
        played.push(one);
        return one.work.promise;
      },
    });
    result.catch(() => {});
    return result;
  }

  function at(index: 0 | 1): Played {
    const one = played[index];
    if (!one) throw new Error(`branch ${index} was not started`);
    return one;
  }

  beforeEach(() => {
    clock = new FakeClock();
    stop = new AbortController();
    played = [];
    mayHedge = true;
  });

  afterEach(() => {
    expect(clock.pending).toBe(0);
  });

  test('one that shows something in time stays alone', async () => {
    const result = start();
    await clock.advance(DELAY - 1);
    expect(at(0).branch.claim()).toBe(true);
    await clock.advance(DELAY);
    expect(played).toHaveLength(1);
    at(0).work.resolve('first');
    await expect(result).resolves.toBe('first');
  });

  test('one that is late gets a second beside it', async () => {
    const result = start();
    await clock.advance(DELAY);
    expect(played.map(({ branch }) => branch.index)).toEqual([0, 1]);
    expect(at(0).branch.signal.aborted).toBe(false);
    at(0).work.resolve('first');
    await expect(result).resolves.toBe('first');
  });

  test('none goes out where it may not', async () => {
    mayHedge = false;
    const result = start();
    await clock.advance(DELAY * 2);
    expect(played).toHaveLength(1);
    at(0).work.resolve('first');
    await expect(result).resolves.toBe('first');
  });

  test.each([0, 1] as const)(
    'branch %i claims first: it wins, the other is stopped',
    async (winner) => {
      const loser = winner === 0 ? 1 : 0;
      const result = start();
      await clock.advance(DELAY);
      expect(at(winner).branch.claim()).toBe(true);
      expect(at(loser).branch.signal.aborted).toBe(true);
      expect(at(loser).branch.signal.reason).toBeInstanceOf(AbortError);
      expect(at(loser).branch.claim()).toBe(false);
      expect(at(winner).branch.claim()).toBe(true);
      at(winner).work.resolve('won');
      await expect(result).resolves.toBe('won');
    },
  );

  test('ends only when the one that lost has ended', async () => {
    let ended = false;
    const slow = new Deferred<string>();
    const result = hedged({
      delayMs: DELAY,
      clock,
      signal: stop.signal,
      mayHedge: () => true,
      run: (branch) => {
        if (branch.index === 0) return slow.promise;
        branch.claim();
        return Promise.resolve('second');
      },
    }).finally(() => (ended = true));
    await clock.advance(DELAY);
    expect(ended).toBe(false);
    slow.resolve('too late');
    await expect(result).resolves.toBe('second');
  });

  test('a failure of the only one is told at once, and no second goes out', async () => {
    const result = start();
    await clock.advance(1);
    at(0).work.reject(new Error('529'));
    await expect(result).rejects.toThrow('529');
    expect(clock.pending).toBe(0);
  });

  test.each([0, 1] as const)(
    'a failure of branch %i before anything was shown leaves the other running',
    async (failing) => {
      const other = failing === 0 ? 1 : 0;
      const result = start();
      await clock.advance(DELAY);
      at(failing).work.reject(new Error('529'));
      await settle();
      expect(at(other).branch.signal.aborted).toBe(false);
      expect(at(failing).branch.claim()).toBe(false);
      expect(at(other).branch.claim()).toBe(true);
      at(other).work.resolve('the other');
      await expect(result).resolves.toBe('the other');
    },
  );

  test.each([[0, 1] as const, [1, 0] as const])(
    'when both fail it is the first branch whose error counts (%i before %i)',
    async (earlier, later) => {
      const result = start();
      await clock.advance(DELAY);
      at(earlier).work.reject(new Error(`error of ${earlier}`));
      await settle();
      at(later).work.reject(new Error(`error of ${later}`));
      await expect(result).rejects.toThrow('error of 0');
    },
  );

  test('a winner that breaks off fails it all', async () => {
    const result = start();
    await clock.advance(DELAY);
    at(1).branch.claim();
    at(1).work.reject(new Error('truncated'));
    await expect(result).rejects.toThrow('truncated');
  });

  test('one that ends well without having shown anything wins', async () => {
    const result = start();
    await clock.advance(DELAY);
    at(1).work.resolve('empty');
    await expect(result).resolves.toBe('empty');
    expect(at(0).branch.signal.aborted).toBe(true);
    expect(at(0).branch.claim()).toBe(false);
  });

  test('an abort before the start runs nothing', async () => {
    stop.abort(new AbortError('by the user'));
    await expect(start()).rejects.toThrow('by the user');
    expect(played).toHaveLength(0);
  });

  test('an abort stops both, and neither may claim any more', async () => {
    const result = start();
    await clock.advance(DELAY);
    stop.abort(new AbortError('by the user'));
    expect(played.map(({ branch }) => branch.claim())).toEqual([false, false]);
    await expect(result).rejects.toThrow('by the user');
  });

  test('an abort after the first has failed is told as an abort', async () => {
    const result = start();
    await clock.advance(DELAY);
    at(0).work.reject(new Error('529'));
    await settle();
    stop.abort(new AbortError('by the user'));
    await expect(result).rejects.toThrow('by the user');
  });

  test('work that throws at once is a failure like any other', async () => {
    const result = hedged({
      delayMs: DELAY,
      clock,
      signal: stop.signal,
      mayHedge: () => true,
      run: () => {
        throw new Error('at once');
      },
    });
    await expect(result).rejects.toThrow('at once');
  });

  test('whatever happens when: one winner at most, nothing left behind', async () => {
    const moment = fc.record({
      afterMs: fc.nat(DELAY * 2),
      what: fc.constantFrom('claim', 'resolve', 'reject', 'abort'),
      index: fc.constantFrom(0 as const, 1 as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { maxLength: 8 }), fc.boolean(), async (moments, may) => {
        clock = new FakeClock();
        stop = new AbortController();
        played = [];
        mayHedge = may;
        let listeners = 0;
        const { signal } = stop;
        const add = signal.addEventListener.bind(signal);
        const remove = signal.removeEventListener.bind(signal);
        signal.addEventListener = (...args: Parameters<typeof add>) => {
          listeners += 1;
          add(...args);
        };
        signal.removeEventListener = (...args: Parameters<typeof remove>) => {
          listeners -= 1;
          remove(...args);
        };
        const winners = new Set<number>();
        let outcome: string | undefined;
        start().then(
          (value) => (outcome = value),
          () => (outcome = 'failed'),
        );
        for (const { afterMs, what, index } of moments) {
          await clock.advance(afterMs);
          const one = played[index];
          if (what === 'abort') stop.abort(new AbortError());
          else if (what === 'claim' && one?.branch.claim()) winners.add(index);
          else if (what === 'resolve') one?.work.resolve(`${index}`);
          else if (what === 'reject') one?.work.reject(new Error('failed'));
        }
        stop.abort(new AbortError());
        await settle();
        expect(winners.size).toBeLessThanOrEqual(1);
        expect(outcome).toBeDefined();
        const [winner] = winners;
        if (winner !== undefined) expect([`${winner}`, 'failed']).toContain(outcome);
        expect(played.every(({ work }) => work.settled)).toBe(true);
        expect(clock.pending).toBe(0);
        expect(listeners).toBe(0);
      }),
      { seed: 5, numRuns: 100 },
    );
  });
});
