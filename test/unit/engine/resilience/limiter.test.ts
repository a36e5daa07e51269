import { afterEach, describe, expect, test } from 'vitest';
import { Deferred } from '../../../../src/base/deferred';
import { EngineError } from '../../../../src/engine/errors';
import { Limiter } from '../../../../src/engine/resilience/limiter';
import type { LimiterSettings, LimiterTask } from '../../../../src/engine/resilience/limiter';
import type { Action } from '../../../../src/engine/types';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import { containing } from '../../../helpers/matchers';

const never = new AbortController().signal;

function settings(changes: Partial<LimiterSettings> = {}): LimiterSettings {
  return { concurrency: 1, queueLimit: 100, adaptiveConcurrency: true, ...changes };
}

function options(changes: Partial<LimiterTask> = {}): LimiterTask {
  return {
    action: 'chat',
    signal: never,
    admitted: false,
    onQueued: () => {},
    onStart: () => {},
    ...changes,
  };
}

describe('Limiter', () => {
  const clock = new FakeClock();
  let limiter: Limiter;
  const started: string[] = [];

  function make(concurrency: number, queueLimit = 100): Limiter {
    limiter = new Limiter(settings({ concurrency, queueLimit }), clock);
    return limiter;
  }

  /** A task that runs until its deferred is settled. */
  function add(name: string, changes: Partial<LimiterTask> = {}) {
    const work = new Deferred<string>();
    const result = limiter.run(() => {
      started.push(name);
      return work.promise;
    }, options(changes));
    result.catch(() => {});
    return { work, result };
  }

  afterEach(() => {
    limiter.dispose();
    started.length = 0;
  });

  test('runs no more tasks at once than allowed', async () => {
    make(2);
    const first = add('a');
    add('b');
    add('c');
    await settle();
    expect(started).toEqual(['a', 'b']);
    expect([limiter.running, limiter.queued]).toEqual([2, 1]);
    first.work.resolve('done');
    await expect(first.result).resolves.toBe('done');
    await settle();
    expect(started).toEqual(['a', 'b', 'c']);
    expect([limiter.running, limiter.queued]).toEqual([2, 0]);
  });

  test('starts chat before inline before live before batch, each in the order of arrival', async () => {
    make(1);
    const first = add('running');
    const order: Action[] = ['batch', 'live', 'chat', 'inline', 'chat'];
    const waiting = order.map((action, index) => add(`${action}${index}`, { action }));
    first.work.resolve('');
    for (const { work } of waiting) {
      work.resolve('');
      await settle();
    }
    expect(started).toEqual(['running', 'chat2', 'chat4', 'inline3', 'live1', 'batch0']);
  });

  test('a task that is aborted while it waits leaves the queue and frees its place', async () => {
    make(1, 1);
    const first = add('a');
    const stop = new AbortController();
    const { result } = add('b', { signal: stop.signal });
    await expect(add('refused').result).rejects.toMatchObject({ kind: 'queue_full' });
    stop.abort(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
    expect(limiter.queued).toBe(0);
    add('c');
    first.work.resolve('');
    await settle();
    expect(started).toEqual(['a', 'c']);
  });

  test('a task whose signal is aborted already never runs', async () => {
    make(1);
    await expect(
      add('a', { signal: AbortSignal.abort(new Error('too late')) }).result,
    ).rejects.toThrow('too late');
    expect(started).toEqual([]);
  });

  test('holds the slot of an aborted task until the task has truly ended', async () => {
    make(1);
    const stop = new AbortController();
    // Once as a task that found a free slot, once as one that had waited.
    const first = add('a', { signal: stop.signal });
    const second = add('b', { signal: stop.signal, action: 'inline' });
    first.work.resolve('');
    await settle();
    stop.abort(new Error('enough'));
    add('c');
    await settle();
    expect(started).toEqual(['a', 'b']);
    expect(limiter.running).toBe(1);
    second.work.reject(new Error('socket closed'));
    await expect(second.result).rejects.toThrow('socket closed');
    await settle();
    expect(started).toEqual(['a', 'b', 'c']);
  });

  test('frees the slot of a task that fails, also when it fails before it returns a promise', async () => {
    make(1);
    const failing = limiter.run(() => {
      throw new Error('at once');
    }, options());
    await expect(failing).rejects.toThrow('at once');
    add('next');
    await settle();
    expect(started).toEqual(['next']);
    expect(limiter.running).toBe(1);
  });

  test('refuses at once when the queue is full and says how long the wait would be', async () => {
    make(1, 2);
    const timed = add('timed');
    await clock.advance(4_000);
    timed.work.resolve('');
    await settle();
    add('a');
    add('b');
    add('c');
    const refused = add('d').result;
    await expect(refused).rejects.toBeInstanceOf(EngineError);
    await expect(refused).rejects.toMatchObject({
      kind: 'queue_full',
      retryable: true,
      retryAfterMs: 12_000,
      message: containing('about 12 s'),
    });
  });

  test('lets work in that was admitted before, however full the queue is', async () => {
    make(1, 1);
    add('a');
    add('b');
    add('retry', { admitted: true });
    expect(limiter.queued).toBe(2);
  });

  test('tells a task that it waits, for how long presumably, and how long it was', async () => {
    make(1);
    const queued: (number | undefined)[] = [];
    const waited: number[] = [];
    const watch = {
      onQueued: (ms: number | undefined) => queued.push(ms),
      onStart: (ms: number) => waited.push(ms),
    };
    const first = add('a', watch);
    const second = add('b', watch);
    await clock.advance(3_000);
    first.work.resolve('');
    await settle();
    add('c', watch);
    add('batch', { ...watch, action: 'batch' });
    second.work.resolve('');
    await settle();
    // Nothing is known about `b`; then one slot took 3 s, and batch comes after `c`.
    expect(queued).toEqual([undefined, 3_000, 6_000]);
    expect(waited).toEqual([0, 3_000, 0]);
  });

  test('more slots start waiting tasks at once, fewer let running ones end', async () => {
    make(1);
    const tasks = ['a', 'b', 'c', 'd'].map((name) => add(name));
    limiter.setLimits(settings({ concurrency: 3 }));
    await settle();
    expect(started).toEqual(['a', 'b', 'c']);
    limiter.setLimits(settings({ concurrency: 1 }));
    tasks[0]?.work.resolve('');
    await settle();
    expect(started).toEqual(['a', 'b', 'c']);
    expect([limiter.concurrency, limiter.running]).toEqual([1, 2]);
    tasks[1]?.work.resolve('');
    tasks[2]?.work.resolve('');
    await settle();
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  test('tells each change of its counts', async () => {
    make(1);
    const seen: string[] = [];
    limiter.onChange(() =>
      seen.push(`${limiter.running}/${limiter.queued}/${limiter.concurrency}`),
    );
    const first = add('a');
    const stop = new AbortController();
    add('b', { signal: stop.signal });
    stop.abort();
    limiter.setLimits(settings({ concurrency: 2, queueLimit: 1 }));
    first.work.resolve('');
    await settle();
    expect(seen).toEqual(['1/0/1', '1/1/1', '1/0/1', '1/0/2', '0/0/2']);
  });

  test('lets an older task of less urgent kind go first once it has waited 15 s for each rank', async () => {
    make(1);
    const running = add('running');
    const waiting = [add('batch', { action: 'batch' })];
    await clock.advance(44_000);
    waiting.push(add('early chat'));
    await clock.advance(2_000);
    waiting.push(add('late chat'), add('late inline', { action: 'inline' }));
    running.work.resolve('');
    for (const { work } of waiting) {
      work.resolve('');
      await settle();
    }
    expect(started).toEqual(['running', 'early chat', 'batch', 'late chat', 'late inline']);
  });

  test('counts the older tasks of less urgent kind into the wait that it expects', async () => {
    make(1);
    const timed = add('timed');
    await clock.advance(1_000);
    timed.work.resolve('');
    await settle();
    expect(limiter.expectedWaitMs('chat')).toBe(0);
    add('running');
    for (let each = 0; each < 4; each++) add('batch', { action: 'batch' });
    expect(limiter.expectedWaitMs('chat')).toBe(1_000);
    expect(limiter.expectedWaitMs('batch')).toBe(5_000);
    await clock.advance(90_000);
    // All came 90 s ago; as if they had come over 180 s, three of four came more than 45 s ago.
    expect(limiter.expectedWaitMs('chat')).toBe(4_000);
  });

  test('sends fewer at once after 529 and 429, and more again while all is well', () => {
    make(10);
    const seen: number[] = [];
    limiter.onChange(() => seen.push(limiter.concurrency));
    limiter.feedback({ kind: 'overloaded' });
    limiter.feedback({ kind: 'overloaded' });
    expect([limiter.concurrency, limiter.maxConcurrency]).toEqual([7, 10]);
    for (let each = 0; each < 24; each++) limiter.feedback({ kind: 'ok', firstTokenMs: 500 });
    expect(seen).toEqual([7, 8, 9, 10]);
    limiter.feedback({ kind: 'ok', firstTokenMs: 500 });
    expect(limiter.concurrency).toBe(10);
  });

  test('keeps to the setting where adapting is off, at once when it is turned off', () => {
    make(10);
    limiter.feedback({ kind: 'overloaded' });
    expect(limiter.concurrency).toBe(7);
    limiter.setLimits(settings({ concurrency: 10, adaptiveConcurrency: false }));
    limiter.feedback({ kind: 'overloaded' });
    expect(limiter.concurrency).toBe(10);
    limiter.setLimits(settings({ concurrency: 10 }));
    expect(limiter.concurrency).toBe(10);
  });

  test('tells a new setting also where the limit stays as it is', () => {
    make(10);
    limiter.feedback({ kind: 'overloaded' });
    let told = 0;
    limiter.onChange(() => told++);
    limiter.setLimits(settings({ concurrency: 12 }));
    expect([limiter.concurrency, limiter.maxConcurrency, told]).toEqual([7, 12, 1]);
  });
});
