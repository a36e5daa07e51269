import { describe, expect, it } from 'vitest';
import { SliceRunner } from '../../../../src/webview/shared/sliceRunner';
import { FakeFrames } from '../helpers/fakeFrames';

describe('long jobs', () => {
  it('go on in the next frame when the time of one is up', () => {
    const frames = new FakeFrames();
    frames.tickMs = 1;
    const runner = new SliceRunner(frames);
    let steps = 0;
    runner.add((timeLeft) => {
      while (timeLeft() && steps < 20) steps++;
      return steps < 20;
    });
    frames.paint();
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThan(20);
    frames.settle();
    expect(steps).toBe(20);
    expect(frames.pending).toBe(0);
  });

  it('come one after the other, and each once', () => {
    const frames = new FakeFrames();
    const runner = new SliceRunner(frames);
    const done: string[] = [];
    const first = (): boolean => done.push('first') < 0;
    runner.add(first);
    runner.add(first);
    runner.add(() => done.push('second') < 0);
    frames.settle();
    expect(done).toEqual(['first', 'second']);
  });

  it('that fail are not tried again, and do not hold up the others', () => {
    const frames = new FakeFrames();
    const runner = new SliceRunner(frames);
    let others = 0;
    runner.add(() => {
      throw new Error('failed');
    });
    runner.add(() => others++ < 0);
    expect(() => frames.settle()).toThrow('failed');
    frames.settle();
    expect(others).toBe(1);
  });

  it('can be taken off, and end with their owner', () => {
    const frames = new FakeFrames();
    const runner = new SliceRunner(frames);
    const never = (): boolean => {
      throw new Error('taken off');
    };
    runner.add(never);
    runner.remove(never);
    frames.settle();
    runner.add(never);
    runner.dispose();
    expect(frames.pending).toBe(0);
  });

  it('that come with other work of a frame are done in it, once', () => {
    const frames = new FakeFrames();
    frames.advance(1_000);
    const runner = new SliceRunner(frames);
    const done: string[] = [];
    const job = (): boolean => done.push('job') < 2;
    runner.within(() => {
      runner.add(job);
      done.push('work');
    });
    expect(done).toEqual(['work', 'job']);
    expect(frames.pending).toBe(0);
    runner.add(job);
    runner.within(() => done.push('more work'));
    expect(done).toEqual(['work', 'job', 'more work']);
    frames.paint();
    expect(done).toEqual(['work', 'job', 'more work', 'job']);
  });

  it('are done although the other work fails', () => {
    const frames = new FakeFrames();
    const runner = new SliceRunner(frames);
    let done = 0;
    const failing = (): void => {
      runner.add(() => done++ < 0);
      throw new Error('failed');
    };
    expect(() => runner.within(failing)).toThrow('failed');
    expect(done).toBe(1);
  });
});
