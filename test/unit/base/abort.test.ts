import { describe, expect, it } from 'vitest';
import {
  AbortError,
  abortable,
  abortReason,
  limited,
  LinkedAbort,
  sleep,
  throwIfAborted,
  within,
} from '../../../src/base/abort';
import { Deferred } from '../../../src/base/deferred';
import { FakeClock } from '../../helpers/fakeClock';

describe('sleep', () => {
  it('ends when its time is over', async () => {
    const clock = new FakeClock();
    let over = false;
    const done = sleep(100, undefined, clock).then(() => (over = true));
    await clock.advance(99);
    expect(over).toBe(false);
    await clock.advance(1);
    await done;
    expect(over).toBe(true);
  });

  it('rejects with the reason and frees its timer when aborted', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const sleeping = sleep(100, controller.signal, clock);
    controller.abort();
    await expect(sleeping).rejects.toBeInstanceOf(AbortError);
    expect(clock.pending).toBe(0);
  });

  it('never starts under an aborted signal', async () => {
    const clock = new FakeClock();
    await expect(sleep(1, AbortSignal.abort(new Error('gone')), clock)).rejects.toThrow('gone');
    expect(clock.pending).toBe(0);
  });
});

describe('abortable', () => {
  it('hands on the outcome', async () => {
    const { signal } = new AbortController();
    await expect(abortable(Promise.resolve(1), signal)).resolves.toBe(1);
    await expect(abortable(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  });

  it('rejects at once on abort and swallows the late rejection', async () => {
    const controller = new AbortController();
    const slow = new Deferred<number>();
    const waiting = abortable(slow.promise, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    slow.reject(new Error('too late'));
  });
});

describe('the reason of an abort', () => {
  it('is an AbortError when none was given, else the one given', () => {
    expect(abortReason(AbortSignal.abort())).toBeInstanceOf(AbortError);
    const own = new Error('own');
    expect(abortReason(AbortSignal.abort(own))).toBe(own);
    expect(abortReason(AbortSignal.abort('word')).message).toBe('word');
  });

  it('is thrown only when there is one', () => {
    expect(() => throwIfAborted(undefined)).not.toThrow();
    expect(() => throwIfAborted(new AbortController().signal)).not.toThrow();
    expect(() => throwIfAborted(AbortSignal.abort())).toThrow(AbortError);
  });
});

describe('within', () => {
  it('hands on what comes in time and leaves no timer behind', async () => {
    const clock = new FakeClock();
    await expect(within(Promise.resolve(1), 100, clock)).resolves.toBe(1);
    await expect(within(Promise.reject(new Error('no')), 100, clock)).rejects.toThrow('no');
    expect(clock.pending).toBe(0);
  });

  it('gives up after its time, and a late rejection harms nobody', async () => {
    const clock = new FakeClock();
    const slow = new Deferred<number>();
    const waiting = within(slow.promise, 100, clock);
    await clock.advance(100);
    await expect(waiting).resolves.toBeUndefined();
    slow.reject(new Error('too late'));
  });
});

describe('a job with a limit', () => {
  const clock = new FakeClock();
  const forever = (): Promise<never> => new Promise(() => undefined);

  it('hands on the outcome and leaves no timer behind', async () => {
    const limit = { signal: undefined, limitMs: 100, clock };
    expect(await limited(() => Promise.resolve('done'), limit)).toBe('done');
    await expect(limited(() => Promise.reject(new Error('own')), limit)).rejects.toThrow('own');
    expect(clock.pending).toBe(0);
  });

  it('ends when its time is over, with a reason, and aborts the job', async () => {
    let inner: AbortSignal | undefined;
    const job = (signal: AbortSignal): Promise<never> => {
      inner = signal;
      return forever();
    };
    const limit = { signal: undefined, limitMs: 100, clock, reason: () => new Error('late') };
    const running = expect(limited(job, limit)).rejects.toThrow('late');
    await clock.advance(100);
    await running;
    expect(inner?.aborted).toBe(true);
  });

  it('ends with the outer signal, whatever the job says then', async () => {
    const outer = new AbortController();
    const job = (signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('words of its own'))),
      );
    const limit = { signal: outer.signal, limitMs: 100, clock };
    const running = expect(limited(job, limit)).rejects.toThrow('enough');
    outer.abort(new AbortError('enough'));
    await running;
    expect(clock.pending).toBe(0);
  });
});

describe('a linked abort', () => {
  it('follows the outer signal with its reason, also one that is aborted already', () => {
    const outer = new AbortController();
    const linked = new LinkedAbort(outer.signal);
    const reason = new AbortError('over');
    outer.abort(reason);
    expect(linked.signal.reason).toBe(reason);
    expect(new LinkedAbort(outer.signal).signal.reason).toBe(reason);
  });

  it('has an end of its own, which the outer one does not see', () => {
    const outer = new AbortController();
    const linked = new LinkedAbort(outer.signal);
    const reason = new AbortError('limit');
    linked.abort(reason);
    expect(linked.signal.reason).toBe(reason);
    expect(outer.signal.aborted).toBe(false);
  });

  it('ends when its time is over, with a reason, unless it is disposed of before', async () => {
    const clock = new FakeClock();
    const linked = new LinkedAbort(undefined);
    const reason = new AbortError('late');
    linked.abortAfter(100, clock, () => reason);
    await clock.advance(99);
    expect(linked.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(linked.signal.reason).toBe(reason);
    const disposed = new LinkedAbort(undefined);
    disposed.abortAfter(100, clock);
    disposed.dispose();
    expect(clock.pending).toBe(0);
  });

  it('follows no more when it is disposed of', () => {
    const outer = new AbortController();
    const linked = new LinkedAbort(outer.signal);
    linked.dispose();
    outer.abort();
    expect(linked.signal.aborted).toBe(false);
    expect(new LinkedAbort(undefined).signal.aborted).toBe(false);
  });
});
