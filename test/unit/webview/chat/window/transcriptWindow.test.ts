// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScrollFollower } from '../../../../../src/webview/chat/scrollFollower';
import { TurnModel } from '../../../../../src/webview/chat/turnModel';
import { TranscriptWindow } from '../../../../../src/webview/chat/window/transcriptWindow';
import { FakeFrames } from '../../helpers/fakeFrames';
import { bodyDeps } from '../../helpers/markdownPage';
import { turnView } from '../../helpers/views';

const VIEW = 600;

/** A transcript whose turns have the heights that a test says, laid out below each other as a browser would. */
class FakeTranscript {
  readonly scroller = document.body.appendChild(document.createElement('div'));
  readonly content = this.scroller.appendChild(document.createElement('div'));
  readonly heights = new Map<string, number>();
  readonly window = new TranscriptWindow();
  readonly follower: ScrollFollower;
  readonly turns: readonly TurnModel[];
  draws = 0;
  #top = 0;

  constructor(count: number, height: number) {
    this.turns = Array.from({ length: count }, (_, index) => {
      const id = `t${String(index)}`;
      this.heights.set(id, height);
      return new TurnModel(turnView({ id, prompt: 'Q' }), bodyDeps(new FakeFrames()));
    });
    Object.defineProperties(this.scroller, {
      clientHeight: { get: () => VIEW },
      clientWidth: { get: () => 400 },
      scrollHeight: { get: () => this.#contentHeight() },
      scrollTop: {
        get: () => this.#top,
        set: (top: number) => {
          this.#top = Math.max(0, Math.min(top, this.#contentHeight() - VIEW));
        },
      },
    });
    vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(
      // A mock's `this` is what it was called on.
      this.#boxOf(),
    );
    this.follower = new ScrollFollower(this.scroller, this.content);
  }

  start(place?: { turnId: string; offset: number }): void {
    this.window.setTurns(this.turns, place);
    this.draw();
    this.window.attach({
      scroller: this.scroller,
      content: this.content,
      follower: this.follower,
      redraw: () => this.draw(),
    });
    this.window.update();
  }

  /** As the component does, keeping the elements that stay. */
  draw(): void {
    this.draws++;
    const known = new Map(this.mounted.map((turn) => [turn.dataset['turn'], turn]));
    const made: HTMLElement[] = [];
    let end = 0;
    for (const { from, to } of this.window.runs) {
      made.push(gap(this.window.height(end, from)));
      for (const { id } of this.turns.slice(from, to)) made.push(known.get(id) ?? article(id));
      end = to;
    }
    made.push(gap(this.window.height(end, this.turns.length)));
    for (const child of [...this.content.children]) {
      if (!made.some((one) => one === child)) child.remove();
    }
    for (const [index, child] of made.entries()) {
      const there = this.content.children[index] ?? null;
      if (there !== child) this.content.insertBefore(child, there);
    }
  }

  scroll(top: number): void {
    this.scroller.scrollTop = top;
    this.scroller.dispatchEvent(new Event('scroll'));
  }

  get mounted(): HTMLElement[] {
    return [...this.content.querySelectorAll<HTMLElement>('[data-turn]')];
  }

  get ids(): (string | undefined)[] {
    return this.mounted.map((turn) => turn.dataset['turn']);
  }

  topOf(id: string): number | undefined {
    return this.window.elementOf(id)?.getBoundingClientRect().top;
  }

  /** Part of the screen that only gaps are on, px. */
  get blank(): number {
    const covered = this.mounted.map((turn) => turn.getBoundingClientRect());
    let blank = 0;
    for (let y = 0; y < Math.min(VIEW, this.#contentHeight()); y++) {
      if (!covered.some((box) => box.top <= y && box.bottom > y)) blank++;
    }
    return blank;
  }

  dispose(): void {
    this.window.dispose();
    this.follower.dispose();
    this.scroller.remove();
  }

  #heightOf(child: Element): number {
    if (!(child instanceof HTMLElement)) return 0;
    const { turn } = child.dataset;
    return turn === undefined ? Number(child.dataset['gap']) : (this.heights.get(turn) ?? 0);
  }

  #contentHeight(): number {
    return [...this.content.children].reduce((sum, child) => sum + this.#heightOf(child), 0);
  }

  #boxOf(): (this: Element) => DOMRect {
    const boxOf = (element: Element): DOMRect => {
      if (element === this.scroller) return new DOMRect(0, 0, 400, VIEW);
      let top = -this.#top;
      for (const child of this.content.children) {
        const height = this.#heightOf(child);
        if (child === element) return new DOMRect(0, top, 400, height);
        top += height;
      }
      return new DOMRect(0, 0, 0, 0);
    };
    return function box(this: Element) {
      return boxOf(this);
    };
  }
}

function gap(height: number): HTMLElement {
  const made = document.createElement('div');
  made.dataset['gap'] = String(height);
  return made;
}

function article(id: string): HTMLElement {
  const made = document.createElement('article');
  made.dataset['turn'] = id;
  return made;
}

let page: FakeTranscript;

beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe(): void {}
      disconnect(): void {}
    },
  );
  page = new FakeTranscript(1_000, 300);
});

afterEach(() => {
  page.dispose();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('the window of a long conversation', () => {
  it('starts at the end with a few turns', () => {
    page.start();
    expect(page.ids.at(-1)).toBe('t999');
    expect(page.mounted.length).toBeLessThan(8);
    expect(page.blank).toBe(0);
  });

  it('starts where the reader was', () => {
    page.start({ turnId: 't500', offset: 40 });
    expect(page.topOf('t500')).toBe(-40);
    expect(page.window.place).toEqual({ turnId: 't500', offset: 40 });
    expect(page.follower.isFollowing).toBe(false);
  });

  it('has no blank place wherever the bar is dragged to', () => {
    page.start();
    for (const share of [0.5, 0.01, 0.99, 0.3, 0, 0.77]) {
      page.scroll(share * page.scroller.scrollHeight);
      expect(page.blank).toBe(0);
      expect(page.mounted.length).toBeLessThan(12);
    }
  });

  it('moves what is on the screen by what was scrolled, though turns are other than guessed', () => {
    page.heights.set('t497', 1_700);
    page.heights.set('t498', 60);
    page.start({ turnId: 't500', offset: 0 });
    for (let step = 0; step < 12; step++) {
      const marked = page.mounted.find((turn) => turn.getBoundingClientRect().bottom > 0);
      const id = marked?.dataset['turn'] ?? '';
      const before = page.topOf(id) ?? 0;
      page.scroll(page.scroller.scrollTop - 100);
      expect(Math.abs((page.topOf(id) ?? 0) - before - 100)).toBeLessThan(1);
    }
  });

  it('keeps what is on the screen where it is when something above gets another height', () => {
    page.start({ turnId: 't500', offset: 40 });
    expect(page.ids).toContain('t499');
    for (const height of [900, 20, 300]) {
      page.heights.set('t499', height);
      page.window.update();
      expect(page.topOf('t500')).toBe(-40);
      page.window.update();
      expect(page.topOf('t500')).toBe(-40);
    }
  });

  it('stays at the end while it grows, unless the reader has gone up', () => {
    page.start();
    page.heights.set('t999', 900);
    page.window.update();
    expect(page.topOf('t999')).toBe(VIEW - 900);
    page.scroll(page.scroller.scrollTop - 200);
    const before = page.topOf('t999');
    page.heights.set('t999', 1_500);
    page.window.update();
    expect(page.topOf('t999')).toBe(before);
    page.window.goToEnd();
    expect(page.topOf('t999')).toBe(VIEW - 1_500);
  });

  it('brings a turn to the upper edge', () => {
    page.start();
    page.window.goTo({ turnId: 't123', offset: 0 });
    expect(page.topOf('t123')).toBe(0);
  });

  it('keeps the turn that holds the focus', () => {
    page.start({ turnId: 't500', offset: 0 });
    const held = page.window.elementOf('t500');
    if (held) held.tabIndex = -1;
    held?.focus();
    page.scroll(0);
    expect(page.window.elementOf('t500')).toBe(held);
    expect(page.ids).toContain('t0');
  });

  it('draws nothing anew where the same turns belong into the page', () => {
    page.start({ turnId: 't500', offset: 0 });
    const before = page.draws;
    page.scroll(page.scroller.scrollTop + 5);
    page.window.update();
    expect(page.draws).toBe(before);
  });
});
