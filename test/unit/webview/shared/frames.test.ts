// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrowserFrames } from '../../../../src/webview/shared/frames';

let frames: BrowserFrames;
let done: string[];
let isHidden: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  isHidden = false;
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => isHidden);
  frames = new BrowserFrames();
  done = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const note = (what: string) => (): void => void done.push(what);

describe('what waits for the next frame', () => {
  it('is done together in one', () => {
    const asked = vi.spyOn(globalThis, 'requestAnimationFrame');
    frames.beforePaint(note('one'));
    frames.beforePaint(note('two'));
    frames.beforePaint(note('not wanted')).dispose();
    expect(done).toEqual([]);
    vi.advanceTimersToNextFrame();
    expect(done).toEqual(['one', 'two']);
    expect(asked).toHaveBeenCalledOnce();
  });

  it('and asks for more then, gets it in the one after it', () => {
    frames.beforePaint(() => void frames.beforePaint(note('next')));
    vi.advanceTimersToNextFrame();
    expect(done).toEqual([]);
    vi.advanceTimersToNextFrame();
    expect(done).toEqual(['next']);
  });

  it('is not done when what comes before it in the same frame takes it back', () => {
    frames.beforePaint(() => later.dispose());
    const later = frames.beforePaint(note('taken back'));
    vi.advanceTimersToNextFrame();
    expect(done).toEqual([]);
  });

  it('is done although another fails, which is reported', () => {
    const reported = vi.fn();
    vi.stubGlobal('reportError', reported);
    const fault = new Error('failed');
    frames.beforePaint(() => {
      throw fault;
    });
    frames.beforePaint(note('other'));
    vi.advanceTimersToNextFrame();
    expect(done).toEqual(['other']);
    expect(reported).toHaveBeenCalledWith(fault);
  });

  it('is done soon where no frame comes', () => {
    vi.stubGlobal('requestAnimationFrame', () => 1);
    frames.beforePaint(note('one'));
    vi.advanceTimersByTime(249);
    expect(done).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(done).toEqual(['one']);
    vi.advanceTimersByTime(100);
    frames.beforePaint(note('two'));
    vi.advanceTimersByTime(249);
    expect(done).toEqual(['one']);
    vi.advanceTimersByTime(1);
    expect(done).toEqual(['one', 'two']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is done at once in a page that is hidden', () => {
    vi.stubGlobal('requestAnimationFrame', () => 1);
    isHidden = true;
    frames.beforePaint(note('one'));
    vi.advanceTimersByTime(1);
    expect(done).toEqual(['one']);
  });

  it('leaves no timer behind for long', () => {
    frames.beforePaint(note('one'));
    vi.advanceTimersToNextFrame();
    vi.advanceTimersByTime(250);
    expect(vi.getTimerCount()).toBe(0);
  });
});
