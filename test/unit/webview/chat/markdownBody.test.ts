// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { MarkdownBody } from '../../../../src/webview/chat/markdownBody';
import { FakeFrames } from '../helpers/fakeFrames';
import { bodyDeps } from '../helpers/markdownPage';

let frames: FakeFrames;
let faults: unknown[];
let body: MarkdownBody;

beforeEach(() => {
  frames = new FakeFrames();
  faults = [];
  body = new MarkdownBody(bodyDeps(frames, faults));
});

const paragraphs = (count: number): string => 'A paragraph of text.\n\n'.repeat(count);

describe('the body of an answer', () => {
  it('shows what is appended before the next paint', () => {
    body.append('Hello');
    expect(body.element.textContent).toBe('Hello');
  });

  it('catches up with much text over several frames', () => {
    frames.tickMs = 10;
    body.append(paragraphs(1_000));
    const atOnce = body.element.querySelectorAll('p').length;
    expect(atOnce).toBeGreaterThan(100);
    expect(atOnce).toBeLessThan(400);
    frames.settle();
    expect(body.element.querySelectorAll('p')).toHaveLength(1_000);
  });

  it('draws a finished text in slices', () => {
    frames.tickMs = 1;
    body.replace(paragraphs(60));
    body.finish();
    frames.paint();
    const first = body.element.querySelectorAll('p').length;
    frames.settle();
    expect(first).toBeLessThan(60);
    expect(body.element.querySelectorAll('p')).toHaveLength(60);
  });

  it('is put right when it is finished', () => {
    body.append('See [x].\n\n');
    body.append('[x]: https://example.com/\n');
    expect(body.element.querySelector('a')).toBeNull();
    body.finish();
    frames.settle();
    expect(body.element.querySelector('a')).not.toBeNull();
  });

  it('goes on where more text comes after its end', () => {
    body.append('One.');
    body.finish();
    frames.settle();
    body.append(' Two.\n\nThree.');
    body.finish();
    frames.settle();
    expect([...body.element.querySelectorAll('p')].map((p) => p.textContent)).toEqual([
      'One. Two.',
      'Three.',
    ]);
  });

  it('shows the bare text where drawing fails, and reports it once', () => {
    const failing = new MarkdownBody({
      ...bodyDeps(frames, faults),
      makeCode: () => {
        throw new Error('cannot draw');
      },
    });
    failing.append('Look:\n\n```js\nx\n');
    failing.append('```\n\nAfter.');
    failing.finish();
    frames.settle();
    expect(failing.element.textContent).toBe('Look:\n\n```js\nx\n```\n\nAfter.');
    expect(faults).toHaveLength(1);
  });

  it('does nothing any more when it is gone', () => {
    frames.tickMs = 10;
    body.append(paragraphs(1_000));
    body.dispose();
    const before = body.element.innerHTML;
    frames.settle();
    expect(body.element.innerHTML).toBe(before);
  });
});
