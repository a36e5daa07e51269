// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ScrollFollower } from '../../../../src/webview/chat/scrollFollower';

/** A scroller of 100 px whose content has a height that a test sets. */
class FakeScroller {
  readonly element = document.createElement('div');
  readonly content = document.createElement('div');
  height = 0;
  resized: () => void = () => undefined;

  constructor() {
    const observe = (call: () => void): void => void (this.resized = call);
    vi.stubGlobal(
      'ResizeObserver',
      class {
        constructor(call: () => void) {
          observe(call);
        }
        observe(): void {}
        disconnect(): void {}
      },
    );
    let top = 0;
    Object.defineProperties(this.element, {
      clientHeight: { get: () => 100 },
      scrollHeight: { get: () => this.height },
      scrollTop: {
        get: () => top,
        set: (value: number) => {
          top = Math.max(0, Math.min(value, this.height - 100));
        },
      },
    });
  }

  grow(height: number): void {
    this.height = height;
    this.resized();
  }

  scroll(top: number): void {
    this.element.scrollTop = top;
    this.element.dispatchEvent(new Event('scroll'));
  }
}

let fake: FakeScroller;
let follower: ScrollFollower;

beforeEach(() => {
  fake = new FakeScroller();
  follower = new ScrollFollower(fake.element, fake.content);
  fake.grow(500);
});

describe('the transcript', () => {
  it('follows its end while the reader is there', () => {
    expect(fake.element.scrollTop).toBe(400);
    fake.grow(900);
    expect(fake.element.scrollTop).toBe(800);
  });

  it('stays where the reader scrolled to', () => {
    fake.scroll(300);
    fake.grow(900);
    expect(fake.element.scrollTop).toBe(300);
    expect(follower.isFollowing).toBe(false);
  });

  it('lets go at the first turn of the wheel, however small', () => {
    fake.element.dispatchEvent(new WheelEvent('wheel', { deltaY: -1 }));
    fake.scroll(398);
    fake.grow(900);
    expect(fake.element.scrollTop).toBe(398);
  });

  it('follows again once the reader is back at the end', () => {
    fake.scroll(100);
    fake.scroll(400);
    fake.grow(900);
    expect(fake.element.scrollTop).toBe(800);
  });

  it('follows again when asked to', () => {
    fake.scroll(100);
    follower.follow();
    expect(fake.element.scrollTop).toBe(400);
  });

  it('keeps following when content above gets smaller', () => {
    fake.height = 300;
    fake.scroll(200);
    fake.grow(600);
    expect(fake.element.scrollTop).toBe(500);
  });

  it('tells when it lets go and when it follows', () => {
    const told: boolean[] = [];
    follower.onChange(() => told.push(follower.isFollowing));
    fake.scroll(100);
    fake.scroll(90);
    fake.scroll(400);
    expect(told).toEqual([false, true]);
  });

  it('says that the end is out of sight only where something is to be seen there', () => {
    const told: boolean[] = [];
    follower.onAway(() => told.push(follower.isAway));
    follower.release();
    expect(follower.isAway).toBe(false);
    fake.grow(900);
    expect(follower.isAway).toBe(true);
    follower.follow();
    expect(told).toEqual([true, false]);
  });
});
