import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AbortError } from '../../../../src/base/abort';
import type {
  BreakerOutcome,
  BreakerPermit,
} from '../../../../src/engine/resilience/breakerPermit';
import { CircuitBreaker } from '../../../../src/engine/resilience/circuitBreaker';
import type { SavedBreaker } from '../../../../src/engine/ports';
import { DEFAULT_SETTINGS } from '../../../../src/engine/settings';
import { FakeClock, settle } from '../../../helpers/fakeClock';

const FAILURE: BreakerOutcome = { kind: 'failure' };
const SUCCESS: BreakerOutcome = { kind: 'success', firstTokenMs: undefined };
const IGNORED: BreakerOutcome = { kind: 'ignored' };
/** More than the first trial's wait and its jitter. */
const TRIAL_MS = 3_300;

describe('CircuitBreaker', () => {
  let clock: FakeClock;
  let settings = DEFAULT_SETTINGS.breaker;
  let breaker: CircuitBreaker;
  let changes: string[];

  function make(saved?: SavedBreaker): CircuitBreaker {
    breaker = new CircuitBreaker({
      endpointId: 'api',
      family: 'sonnet-5',
      settings: () => settings,
      clock,
      // No jitter.
      random: () => 0.5,
      saved,
    });
    changes = [];
    breaker.onChange(() => changes.push(breaker.state));
    return breaker;
  }

  function acquire(patient = true): BreakerPermit {
    const permit = breaker.tryAcquire(patient);
    if (!permit) throw new Error('refused');
    return permit;
  }

  function call(outcome: BreakerOutcome, times = 1): void {
    for (let i = 0; i < times; i++) acquire().settle(outcome);
  }

  function open(): void {
    call(FAILURE, settings.failureThreshold);
    expect(breaker.state).toBe('open');
  }

  async function halfOpen(): Promise<void> {
    open();
    await clock.advance(settings.recoveryMs);
    expect(breaker.state).toBe('half_open');
  }

  /** What became of a waiter. */
  function waiter(signal = new AbortController().signal): { state: string } {
    const told = { state: 'waiting' };
    breaker.wait(signal).then(
      () => void (told.state = 'woken'),
      (error: unknown) => void (told.state = error instanceof AbortError ? 'stopped' : 'failed'),
    );
    return told;
  }

  beforeEach(() => {
    clock = new FakeClock();
    settings = DEFAULT_SETTINGS.breaker;
    make();
  });

  afterEach(() => {
    breaker.dispose();
    expect(clock.pending).toBe(0);
  });

  describe('closed', () => {
    test('opens at the fifth failure in a row', () => {
      call(FAILURE, 4);
      expect(breaker.state).toBe('closed');
      call(FAILURE);
      expect(breaker.state).toBe('open');
      expect(changes).toEqual(['open']);
    });

    test('a success ends the row, what is ignored does not', () => {
      call(FAILURE, 4);
      call(SUCCESS);
      call(FAILURE, 4);
      call(IGNORED, 3);
      expect(breaker.state).toBe('closed');
      call(FAILURE);
      expect(breaker.state).toBe('open');
    });

    test('opens when half of twenty calls of a minute failed, in whatever order', () => {
      for (let i = 0; i < 9; i++) {
        call(FAILURE);
        call(SUCCESS);
      }
      call(SUCCESS);
      expect(breaker.state).toBe('closed');
      call(FAILURE);
      expect(breaker.state).toBe('open');
    });

    test('failures of more than a minute ago are forgotten', async () => {
      for (let i = 0; i < 9; i++) {
        call(FAILURE);
        call(SUCCESS);
      }
      await clock.advance(65_000);
      for (let i = 0; i < 4; i++) {
        call(SUCCESS);
        call(FAILURE);
      }
      expect(breaker.state).toBe('closed');
      expect(breaker.health()).toMatchObject({ failureShare: 0.5, failures: 1 });
    });

    test('a server that begins every reply and ends none has failed in a row', () => {
      const breakOff = (): void => {
        call(SUCCESS);
        breaker.failed();
      };
      for (let i = 0; i < 4; i++) breakOff();
      expect(breaker.state).toBe('closed');
      breakOff();
      expect(breaker.state).toBe('open');
    });

    test('a reply that breaks off now and then among whole ones has not', () => {
      for (let i = 0; i < 9; i++) {
        call(SUCCESS, 2);
        breaker.failed();
      }
      expect(breaker.state).toBe('closed');
      expect(breaker.health().failures).toBe(1);
    });

    test('whoever waits goes on at once', async () => {
      const told = waiter();
      await settle();
      expect(told.state).toBe('woken');
      expect(breaker.nextAttemptMs).toBe(0);
    });

    test('new settings apply at once', () => {
      call(FAILURE, 2);
      settings = { ...settings, failureThreshold: 3 };
      call(FAILURE);
      expect(breaker.state).toBe('open');
    });
  });

  describe('open', () => {
    test('refuses everybody at first, and those who do not wait until it is half open', async () => {
      open();
      expect(breaker.tryAcquire(true)).toBeUndefined();
      await clock.advance(TRIAL_MS);
      expect(breaker.tryAcquire(false)).toBeUndefined();
      await clock.advance(60_000 - TRIAL_MS);
      expect(breaker.tryAcquire(false)).toBeDefined();
      expect(changes).toEqual(['open', 'half_open']);
    });

    test('outcomes of requests from before the opening count nothing', async () => {
      const early = [acquire(), acquire(), acquire()];
      open();
      early[0]?.settle(SUCCESS);
      expect(breaker.state).toBe('open');
      await clock.advance(60_000);
      acquire();
      early[1]?.settle(FAILURE);
      expect(breaker.state).toBe('half_open');
      early[2]?.settle(IGNORED);
      acquire();
      expect(breaker.tryAcquire(true)).toBeUndefined();
    });

    test('lets one trial out at a time, every 3 s at first', async () => {
      open();
      const dueAt: number[] = [];
      for (let second = 1; second <= 12; second++) {
        await clock.advance(1_000);
        const trial = breaker.tryAcquire(true);
        if (!trial) continue;
        dueAt.push(second);
        expect(breaker.tryAcquire(true)).toBeUndefined();
        trial.settle(FAILURE);
      }
      expect(dueAt).toEqual([3, 6, 9, 12]);
      expect(breaker.health().retryInMs).toBe(48_000);
    });

    test('in a long outage tries once in a tenth of its length, and once in 30 s at least', async () => {
      settings = { ...settings, recoveryMs: 300_000, adaptive: false };
      open();
      await clock.advance(100_000);
      acquire().settle(FAILURE);
      expect(breaker.nextAttemptMs).toBe(10_000);
      await clock.advance(199_000);
      acquire().settle(FAILURE);
      // The recovery time is over before.
      expect(breaker.nextAttemptMs).toBe(1_000);
      await clock.advance(1_000);
      acquire().settle(FAILURE);
      expect(breaker.state).toBe('open');
      expect(breaker.nextAttemptMs).toBe(30_000);
    });

    test('a failed trial does not make the recovery time grow', async () => {
      open();
      await clock.advance(TRIAL_MS);
      acquire().settle(FAILURE);
      expect(breaker.health()).toMatchObject({ recoveryMs: 60_000, retryInMs: 56_700 });
    });

    test('a trial that says nothing is repeated after 3 s, not at once', async () => {
      open();
      await clock.advance(45_000);
      acquire().settle(IGNORED);
      expect(breaker.tryAcquire(true)).toBeUndefined();
      expect(breaker.nextAttemptMs).toBe(3_000);
    });

    test('a successful trial makes it half open with one success', async () => {
      open();
      await clock.advance(TRIAL_MS);
      acquire().settle(SUCCESS);
      expect(breaker.health()).toMatchObject({ state: 'half_open', successes: 1 });
      call(SUCCESS, 2);
      expect(breaker.state).toBe('closed');
      expect(changes).toEqual(['open', 'half_open', 'closed']);
    });

    test('a successful trial closes it where one success is enough', async () => {
      settings = { ...settings, successThreshold: 1 };
      open();
      await clock.advance(TRIAL_MS);
      acquire().settle(SUCCESS);
      expect(changes).toEqual(['open', 'closed']);
    });

    test('a trial that outlives the recovery time keeps its place', async () => {
      open();
      await clock.advance(TRIAL_MS);
      const trial = acquire();
      expect(breaker.nextAttemptMs).toBe(3_000);
      await clock.advance(60_000);
      acquire(false);
      expect(breaker.tryAcquire(true)).toBeUndefined();
      trial.settle(IGNORED);
      acquire();
    });

    test('the end of an outage of 30 s is noticed within 5 s by one who waits', async () => {
      for (const random of [0, 0.999]) {
        breaker = new CircuitBreaker({
          endpointId: 'api',
          family: 'sonnet-5',
          settings: () => settings,
          clock,
          random: () => random,
        });
        const endsAt = clock.now() + 30_000;
        const stop = new AbortController();
        let okAt: number | undefined;
        let trials = 0;
        call(FAILURE, 5);
        const client = (async (): Promise<void> => {
          while (okAt === undefined) {
            await breaker.wait(stop.signal);
            const permit = breaker.tryAcquire(true);
            if (!permit) continue;
            trials++;
            if (clock.now() >= endsAt) okAt = clock.now();
            permit.settle(okAt === undefined ? FAILURE : SUCCESS);
          }
        })();
        await clock.advance(36_000);
        stop.abort(new AbortError());
        await client;
        expect((okAt ?? Number.POSITIVE_INFINITY) - endsAt).toBeLessThan(5_000);
        expect(trials).toBeLessThan(13);
        breaker.dispose();
      }
    });
  });

  describe('half open', () => {
    test('lets a bounded number through and refuses the rest at once', async () => {
      await halfOpen();
      const first = acquire(false);
      acquire();
      expect(breaker.tryAcquire(false)).toBeUndefined();
      expect(breaker.tryAcquire(true)).toBeUndefined();
      expect(breaker.nextAttemptMs).toBeGreaterThan(0);
      first.settle(IGNORED);
      first.settle(IGNORED);
      acquire();
      expect(breaker.tryAcquire(true)).toBeUndefined();
    });

    test('closes at the third success and forgets all failures', async () => {
      await halfOpen();
      call(SUCCESS, 3);
      expect(breaker.health()).toMatchObject({
        state: 'closed',
        failures: 0,
        failureShare: 0,
        recoveryMs: 60_000,
      });
      call(FAILURE, 4);
      expect(breaker.state).toBe('closed');
    });

    test('a failure opens it for twice as long, up to 300 s; closing takes that back', async () => {
      await halfOpen();
      for (const expected of [120_000, 240_000, 300_000, 300_000]) {
        call(SUCCESS);
        call(FAILURE);
        expect(breaker.health()).toMatchObject({ state: 'open', recoveryMs: expected });
        await clock.advance(expected);
      }
      call(SUCCESS, 3);
      open();
      expect(breaker.health().recoveryMs).toBe(60_000);
    });

    test('a reply that breaks off opens it, too', async () => {
      await halfOpen();
      call(SUCCESS);
      breaker.failed();
      expect(breaker.state).toBe('open');
    });
  });

  describe('waiting', () => {
    test('wakes as many as there are places, in the order of arrival', async () => {
      open();
      const told = [waiter(), waiter(), waiter(), waiter()];
      await clock.advance(2_999);
      expect(told.map(({ state }) => state)).not.toContain('woken');
      await clock.advance(1);
      // One has been called for the only place, and has not come yet.
      told.push(waiter());
      await settle();
      const trial = acquire();
      await clock.advance(20_000);
      expect(told.map(({ state }) => state)).toEqual([
        'woken',
        'waiting',
        'waiting',
        'waiting',
        'waiting',
      ]);
      trial.settle(SUCCESS);
      await settle();
      expect(told.map(({ state }) => state)).toEqual([
        'woken',
        'woken',
        'woken',
        'waiting',
        'waiting',
      ]);
      call(SUCCESS, 2);
      await settle();
      expect(told[4]?.state).toBe('woken');
    });

    test('one who was woken and does not come delays the next by a second', async () => {
      open();
      const told = [waiter(), waiter()];
      await clock.advance(3_999);
      expect(told[1]?.state).toBe('waiting');
      await clock.advance(1);
      expect(told[1]?.state).toBe('woken');
    });

    test('goes on when the recovery time is over, although the trial is not', async () => {
      open();
      await clock.advance(TRIAL_MS);
      acquire();
      const told = waiter();
      await clock.advance(60_000 - TRIAL_MS - 1);
      expect(told.state).toBe('waiting');
      await clock.advance(1);
      expect(told.state).toBe('woken');
      expect(changes).toEqual(['open', 'half_open']);
    });

    test('can be stopped, and leaves no timer behind', async () => {
      open();
      const stop = new AbortController();
      const told = waiter(stop.signal);
      expect(clock.pending).toBe(1);
      stop.abort();
      await settle();
      expect(told.state).toBe('stopped');
      expect(clock.pending).toBe(0);
      await expect(breaker.wait(stop.signal)).rejects.toThrow(AbortError);
    });

    test('ends when the breaker is disposed', async () => {
      open();
      const told = [waiter(), waiter()];
      breaker.dispose();
      await settle();
      expect(told.map(({ state }) => state)).toEqual(['stopped', 'stopped']);
      await expect(breaker.wait(new AbortController().signal)).rejects.toThrow(AbortError);
    });

    test('a listener that resets it in the middle of waking leaves no timer behind', async () => {
      open();
      breaker.onChange(() => {
        if (breaker.state === 'half_open') breaker.reset();
      });
      settings = { ...settings, halfOpenRequests: 1 };
      const told = [waiter(), waiter(), waiter()];
      await clock.advance(60_000);
      expect(told.map(({ state }) => state)).toEqual(['woken', 'woken', 'woken']);
      expect(clock.pending).toBe(0);
    });

    test('there is one timer while some wait, none while nobody does', async () => {
      open();
      expect(clock.pending).toBe(0);
      waiter();
      waiter();
      expect(clock.pending).toBe(1);
      breaker.reset();
      await settle();
      expect(clock.pending).toBe(0);
    });
  });

  test('a reset closes it, wakes all and makes its requests count nothing', async () => {
    open();
    await clock.advance(TRIAL_MS);
    const trial = acquire();
    const told = [waiter(), waiter(), waiter()];
    breaker.reset();
    await settle();
    expect(breaker.health()).toMatchObject({ state: 'closed', failures: 0, failureShare: 0 });
    expect(told.map(({ state }) => state)).toEqual(['woken', 'woken', 'woken']);
    trial.settle(FAILURE);
    expect(breaker.health().failures).toBe(0);
  });

  describe('over a reload', () => {
    test('stays open for the remaining time', async () => {
      open();
      await clock.advance(20_000);
      const saved = breaker.saved();
      expect(saved).toEqual({
        key: 'api\nsonnet-5',
        openedAt: clock.wallStart,
        reopensAt: clock.wallStart + 60_000,
        recoveryMs: 60_000,
      });
      make(saved);
      expect(breaker.health()).toMatchObject({ state: 'open', retryInMs: 40_000 });
      await clock.advance(40_000);
      call(FAILURE);
      expect(breaker.health().recoveryMs).toBe(120_000);
    });

    test('is closed when that time is over, and when it was closed', async () => {
      expect(breaker.saved()).toBeUndefined();
      await halfOpen();
      const saved = breaker.saved();
      expect(saved?.reopensAt).toBe(clock.wallNow());
      expect(make(saved).state).toBe('closed');
    });

    test('is never open for longer than a breaker can be', () => {
      const saved = { key: 'k', reopensAt: 9e15, openedAt: 9e15, recoveryMs: 9e15 };
      expect(make(saved).health()).toMatchObject({ retryInMs: 300_000, recoveryMs: 300_000 });
    });
  });

  describe('adaptive', () => {
    const slow: BreakerOutcome = { kind: 'success', firstTokenMs: 4_100 };
    const usual: BreakerOutcome = { kind: 'success', firstTokenMs: 1_000 };

    test('bears more failures where it mostly works, and is open for a shorter time', () => {
      call(SUCCESS, 100);
      expect(breaker.health()).toMatchObject({
        failureThreshold: 10,
        successThreshold: 2,
        recoveryMs: 30_000,
      });
      // Its failures count at once, so that it is not borne with for all of the ten.
      call(FAILURE, 7);
      expect(breaker.state).toBe('closed');
      call(FAILURE);
      expect(breaker.state).toBe('open');
    });

    test('bears fewer where much fails, and is more careful afterwards', () => {
      for (let i = 0; i < 20; i++) call(i % 5 < 2 ? FAILURE : SUCCESS);
      expect(breaker.health()).toMatchObject({
        failureShare: 0.4,
        failureThreshold: 3,
        successThreshold: 5,
      });
      call(FAILURE, 3);
      expect(breaker.state).toBe('open');
      expect(breaker.health().recoveryMs).toBeGreaterThan(90_000);
    });

    test('takes the settings as they are with few calls, and where it is off', () => {
      call(SUCCESS, 19);
      expect(breaker.health().failureThreshold).toBe(5);
      settings = { ...settings, adaptive: false };
      call(SUCCESS, 50);
      expect(breaker.health()).toMatchObject({ failureThreshold: 5, recoveryMs: 60_000 });
    });

    test('stays inside the ranges of the settings', () => {
      settings = { ...settings, failureThreshold: 20, successThreshold: 1, recoveryMs: 10_000 };
      call(SUCCESS, 100);
      expect(breaker.health()).toMatchObject({
        failureThreshold: 20,
        successThreshold: 1,
        recoveryMs: 10_000,
      });
      breaker.reset();
      settings = { ...settings, failureThreshold: 2, successThreshold: 10, recoveryMs: 300_000 };
      for (let i = 0; i < 24; i++) call(i % 3 === 1 ? FAILURE : SUCCESS);
      expect(breaker.health()).toMatchObject({
        failureThreshold: 2,
        successThreshold: 10,
        recoveryMs: 300_000,
      });
    });

    test('a call is slow far above what was usual, and makes it strict', async () => {
      call(usual, 20);
      call({ kind: 'success', firstTokenMs: 3_900 });
      expect(breaker.health().slowShare).toBe(0);
      await clock.advance(65_000);
      call(usual, 10);
      call({ kind: 'success', firstTokenMs: 10_000 }, 10);
      expect(breaker.health()).toMatchObject({ slowShare: 0.5, failureThreshold: 5 });
    });

    test('slow calls alone open it only when there is no other', async () => {
      call(usual, 20);
      call({ kind: 'success', firstTokenMs: 60_000 }, 19);
      expect(breaker.state).toBe('closed');
      await clock.advance(65_000);
      call(usual);
      call({ kind: 'success', firstTokenMs: 60_000 }, 24);
      expect(breaker.health()).toMatchObject({ state: 'closed', slowShare: 0.96 });
      await clock.advance(65_000);
      call({ kind: 'success', firstTokenMs: 60_000 }, 19);
      expect(breaker.state).toBe('closed');
      call({ kind: 'success', firstTokenMs: 60_000 });
      expect(breaker.state).toBe('open');
    });

    test('one very long wait hardly moves what is usual', () => {
      call(usual, 20);
      call({ kind: 'success', firstTokenMs: 600_000 });
      call({ kind: 'success', firstTokenMs: 4_500 });
      expect(breaker.health().slowShare).toBe(2 / 22);
    });

    test('an endpoint that has become slow for good is usual after a while', async () => {
      call(usual, 20);
      for (let i = 0; i < 60; i++) {
        call(slow);
        await clock.advance(10_000);
      }
      expect(breaker.health()).toMatchObject({ state: 'closed', slowShare: 0 });
    });
  });
});
