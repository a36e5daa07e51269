import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AbortError } from '../../../../../src/base/abort';
import { Deferred } from '../../../../../src/base/deferred';
import {
  HealthMonitor,
  LONGEST_PROBE_GAP_MS,
} from '../../../../../src/engine/resilience/balancing/healthMonitor';
import { FakeClock, settle } from '../../../../helpers/fakeClock';

const never = new AbortController().signal;

describe('HealthMonitor', () => {
  let clock: FakeClock;
  let monitor: HealthMonitor;
  let unwell: string[];
  let random: number;
  /** Endpoint and time of each probe. */
  let probes: [string, number][];
  let told: string[];
  /** What the next probes do. */
  let answer: (endpointId: string, signal: AbortSignal) => Promise<void>;

  beforeEach(() => {
    clock = new FakeClock();
    unwell = [];
    // No jitter.
    random = 0.5;
    probes = [];
    told = [];
    answer = () => Promise.reject(new Error('503'));
    monitor = new HealthMonitor({
      clock,
      random: () => random,
      probe: (endpointId, signal) => {
        probes.push([endpointId, clock.now()]);
        return answer(endpointId, signal);
      },
      unwell: () => unwell,
    });
    monitor.onProbed(({ endpointId, ok }) => told.push(`${endpointId} ${ok ? 'ok' : 'unwell'}`));
  });

  afterEach(async () => {
    monitor.dispose();
    await settle();
    expect(clock.pending).toBe(0);
  });

  function times(endpointId: string): number[] {
    return probes.filter(([id]) => id === endpointId).map(([, at]) => at);
  }

  test('asks nothing and has no timer while all are well', async () => {
    monitor.check();
    expect(clock.pending).toBe(0);
    await clock.advance(600_000);
    expect(probes).toEqual([]);
  });

  test('asks an unwell endpoint after 15 s, then after 30, then every 60 s', async () => {
    unwell = ['a'];
    monitor.check();
    await clock.advance(225_000);
    expect(times('a')).toEqual([15_000, 45_000, 105_000, 165_000, 225_000]);
    expect(told).toHaveLength(5);
    expect(told[0]).toBe('a unwell');
    expect(monitor.last('a')).toEqual({ ok: false, tookMs: 0, at: clock.wallNow() });
  });

  test.each([
    { value: 0, first: 12_000 },
    { value: 0.75, first: 16_500 },
  ])('jitters its times: $value makes it $first ms', async ({ value, first }) => {
    random = value;
    unwell = ['a'];
    monitor.check();
    await clock.advance(18_000);
    expect(times('a')).toEqual([first]);
  });

  test('never takes longer from probe to probe than it says', async () => {
    random = 1 - Number.EPSILON;
    unwell = ['a'];
    answer = () => new Promise(() => {});
    monitor.check();
    await clock.advance(600_000);
    const asked = times('a');
    for (const [index, at] of asked.slice(1).entries()) {
      expect(at - (asked[index] ?? 0)).toBeLessThanOrEqual(LONGEST_PROBE_GAP_MS);
    }
    expect(asked.length).toBeGreaterThan(6);
  });

  test('checking again changes no plan', async () => {
    unwell = ['a'];
    for (let second = 0; second < 20; second += 1) {
      monitor.check();
      await clock.advance(1_000);
    }
    expect(times('a')).toEqual([15_000]);
  });

  test('asks each unwell endpoint at its own times', async () => {
    unwell = ['a'];
    monitor.check();
    await clock.advance(10_000);
    unwell = ['a', 'b'];
    monitor.check();
    await clock.advance(20_000);
    expect(probes).toEqual([
      ['a', 15_000],
      ['b', 25_000],
    ]);
  });

  test('stops when the endpoint is well, told or not, and begins anew at 15 s', async () => {
    unwell = ['a'];
    monitor.check();
    await clock.advance(15_000);
    unwell = [];
    await clock.advance(60_000);
    expect(times('a')).toEqual([15_000]);
    expect(clock.pending).toBe(0);
    unwell = ['a'];
    monitor.check();
    await clock.advance(15_000);
    expect(times('a')).toEqual([15_000, 90_000]);
    unwell = [];
    monitor.check();
    expect(clock.pending).toBe(0);
  });

  test('a probe that makes the endpoint well is the last one', async () => {
    unwell = ['a'];
    answer = () => Promise.resolve();
    monitor.onProbed(() => (unwell = []));
    monitor.check();
    await clock.advance(300_000);
    expect(told).toEqual(['a ok']);
    expect(clock.pending).toBe(0);
  });

  test('a probe without an answer is given up after 10 s, whether it obeys or not', async () => {
    unwell = ['a'];
    const signals: AbortSignal[] = [];
    answer = (_, signal) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    monitor.check();
    await clock.advance(24_999);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual(['a unwell']);
    expect(monitor.last('a')).toMatchObject({ ok: false, tookMs: 10_000 });
    expect(signals[0]?.aborted).toBe(true);
    // The next gap counts from there.
    await clock.advance(30_000);
    expect(times('a')).toEqual([15_000, 55_000]);
  });

  test('the user asks at once, also for a well endpoint', async () => {
    answer = async () => {
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, 120));
    };
    const result = monitor.probeNow('a', never);
    await clock.advance(120);
    await expect(result).resolves.toBe(true);
    expect(monitor.last('a')).toEqual({ ok: true, tookMs: 120, at: clock.wallNow() });
    expect(monitor.last('b')).toBeUndefined();
    answer = () => {
      throw new Error('thrown, not rejected');
    };
    await expect(monitor.probeNow('a', never)).resolves.toBe(false);
    expect(told).toEqual(['a ok', 'a unwell']);
  });

  test('asks one endpoint only once at a time', async () => {
    const work = new Deferred<void>();
    answer = () => work.promise;
    unwell = ['a'];
    monitor.check();
    const [first, second] = [monitor.probeNow('a', never), monitor.probeNow('a', never)];
    await clock.advance(9_000);
    work.resolve();
    await expect(Promise.all([first, second])).resolves.toEqual([true, true]);
    expect(probes).toEqual([['a', 0]]);
    const again = new Deferred<void>();
    answer = () => again.promise;
    await clock.advance(6_000);
    const joined = monitor.probeNow('a', never);
    again.resolve();
    await expect(joined).resolves.toBe(true);
    expect(times('a')).toEqual([0, 15_000]);
  });

  test('a user who stops waiting stops the probe, unless somebody else waits for it', async () => {
    const signals: AbortSignal[] = [];
    answer = (_, signal) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const [one, other] = [new AbortController(), new AbortController()];
    const results = [monitor.probeNow('a', one.signal), monitor.probeNow('a', other.signal)];
    results.forEach((result) => void result.catch(() => {}));
    one.abort(new AbortError('one'));
    await expect(results[0]).rejects.toThrow('one');
    expect(signals[0]?.aborted).toBe(false);
    other.abort(new AbortError('other'));
    await expect(results[1]).rejects.toThrow('other');
    await settle();
    expect(signals[0]?.aborted).toBe(true);
    expect(told).toEqual([]);
    expect(monitor.last('a')).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  test('one that was stopped does not stand in the way of the next', async () => {
    const stop = new AbortController();
    let next: Promise<boolean> | undefined;
    answer = (_, signal) => {
      signal.addEventListener('abort', () => {
        answer = () => Promise.resolve();
        next = monitor.probeNow('a', never);
      });
      return new Promise(() => {});
    };
    const stopped = monitor.probeNow('a', stop.signal);
    stop.abort(new AbortError());
    await expect(stopped).rejects.toThrow(AbortError);
    await expect(next).resolves.toBe(true);
  });

  test('disposing stops it all and tells nothing more', async () => {
    unwell = ['a', 'b'];
    answer = () => new Promise(() => {});
    monitor.check();
    await clock.advance(15_000);
    const asked = monitor.probeNow('a', never);
    asked.catch(() => {});
    monitor.dispose();
    await expect(asked).rejects.toThrow(AbortError);
    await settle();
    expect(clock.pending).toBe(0);
    expect(told).toEqual([]);
    monitor.check();
    expect(clock.pending).toBe(0);
    await expect(monitor.probeNow('a', never)).rejects.toThrow(AbortError);
  });
});
