// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { SliceRunner } from '../../../../../src/webview/shared/sliceRunner';
import { HighlightQueue } from '../../../../../src/webview/chat/highlight/highlightQueue';
import type { LineTokenizer } from '../../../../../src/webview/chat/highlight/highlightQueue';
import { CodeBlock } from '../../../../../src/webview/chat/markdown/codeBlock';
import { FakeFrames } from '../../helpers/fakeFrames';
import { codeDeps } from '../../helpers/markdownPage';

/** Colours every digit; its state counts the lines. */
class DigitTokenizer implements LineTokenizer {
  readonly initial = { lines: 0 };
  readonly seen: { text: string; line: number }[] = [];
  /** Refuses this many times first, as if its time were up. */
  refusals = 0;

  line(text: string, before: { lines?: number }): ReturnType<LineTokenizer['line']> {
    if (this.refusals-- > 0) return undefined;
    const line = before.lines ?? 0;
    this.seen.push({ text, line });
    const spans = Array.from(text.matchAll(/\d/g), ({ index }) => ({
      start: index,
      end: index + 1,
      className: 'tok-number',
    }));
    return { spans, state: { lines: line + 1 } };
  }
}

let frames: FakeFrames;
let tokenizer: DigitTokenizer;
let faults: unknown[];
let queue: HighlightQueue;

beforeEach(() => {
  frames = new FakeFrames();
  tokenizer = new DigitTokenizer();
  faults = [];
  queue = new HighlightQueue(
    new SliceRunner(frames),
    (language) => {
      if (language === 'digits') return Promise.resolve(tokenizer);
      return language === 'broken' ? Promise.reject(new Error('no chunk')) : undefined;
    },
    (error) => faults.push(error),
  );
});

function block(language: string): CodeBlock {
  const made = new CodeBlock(language, codeDeps(queue));
  document.body.append(made.element);
  return made;
}

/** Lets the language load, then paints until all is done. */
async function settle(): Promise<void> {
  await Promise.resolve();
  await Promise.resolve();
  frames.settle();
}

describe('lines of code', () => {
  it('are plain first and coloured when the language is there', async () => {
    const code = block('digits');
    code.append('a1\n');
    expect(code.element.querySelector('.tok-number')).toBeNull();
    expect(code.element.querySelector('code')?.textContent).toBe('a1\n');
    await settle();
    expect(code.element.querySelector('.tok-number')?.textContent).toBe('1');
    expect(code.element.querySelector('code')?.textContent).toBe('a1\n');
  });

  it('are coloured exactly once each, in order, however they come', async () => {
    const code = block('digits');
    code.append('1\n2\n');
    await settle();
    code.setPending('3');
    code.append('3\n4\n');
    frames.settle();
    code.setPending('5');
    code.finish();
    frames.settle();
    expect(tokenizer.seen).toEqual(['1', '2', '3', '4', '5'].map((text, line) => ({ text, line })));
  });

  it('are coloured a few milliseconds a frame', async () => {
    const code = block('digits');
    frames.tickMs = 1;
    code.append('1\n'.repeat(100));
    await Promise.resolve();
    await Promise.resolve();
    frames.paint();
    const first = tokenizer.seen.length;
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(10);
    frames.settle();
    expect(tokenizer.seen).toHaveLength(100);
  });

  it('wait for a grammar that needs more time', async () => {
    const code = block('digits');
    tokenizer.refusals = 3;
    code.append('1\n2\n');
    await settle();
    expect(tokenizer.seen.map(({ text }) => text)).toEqual(['1', '2']);
  });

  it('stay plain in a language that is not known', async () => {
    const code = block('klingon');
    code.append('1\n');
    await settle();
    expect(code.element.querySelector('[class^=tok-]')).toBeNull();
    expect(frames.pending).toBe(0);
  });

  it('stay plain, with a report, where the language could not be loaded', async () => {
    const code = block('broken');
    code.append('1\n');
    await settle();
    expect(faults).toEqual([new Error('no chunk')]);
    expect(code.element.querySelector('code')?.textContent).toBe('1\n');
  });

  it('of a block that is not in the page any more are let go', async () => {
    const code = block('digits');
    code.append('1\n');
    code.element.remove();
    await settle();
    expect(tokenizer.seen).toEqual([]);
    expect(frames.pending).toBe(0);
  });
});
