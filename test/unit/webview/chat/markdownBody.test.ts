// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { MarkdownBody } from '../../../../src/webview/chat/markdownBody';
import { bringBackAll, isAway } from '../../../../src/webview/chat/window/parking';
import { FakeFrames } from '../helpers/fakeFrames';
import { bodyDeps } from '../helpers/markdownPage';

let frames: FakeFrames;
let faults: unknown[];
let place: HTMLElement;
let body: MarkdownBody;

beforeEach(() => {
  frames = new FakeFrames();
  faults = [];
  place = document.createElement('div');
  body = new MarkdownBody(bodyDeps(frames, faults));
  body.show(place);
});

const paragraphs = (count: number): string => 'A paragraph of text.\n\n'.repeat(count);

function count(selector: string): number {
  return place.querySelectorAll(selector).length;
}

describe('the body of an answer', () => {
  it('shows what is appended before the next paint', () => {
    body.append('Hello');
    expect(place.textContent).toBe('Hello');
  });

  it('catches up with much text over several frames', () => {
    frames.tickMs = 10;
    body.append(paragraphs(1_000));
    const atOnce = count('p');
    expect(atOnce).toBeGreaterThan(100);
    expect(atOnce).toBeLessThan(400);
    frames.settle();
    expect(count('p')).toBe(1_000);
  });

  it('is put right in slices when it is finished', () => {
    frames.tickMs = 1;
    body.append('See [x].\n\n');
    body.append(`${paragraphs(60)}[x]: https://example.com/\n`);
    frames.settle();
    expect(count('a')).toBe(0);
    body.finish();
    frames.paint();
    expect(body.isSettled).toBe(false);
    frames.settle();
    expect(count('a')).toBe(1);
    expect(body.isSettled).toBe(true);
  });

  it('goes on where more text comes after its end, and leaves alone what stays', () => {
    body.append('First.\n\nOne.');
    body.finish();
    frames.settle();
    const first = place.querySelector('p');
    body.append(' Two.\n\nThree.');
    body.finish();
    frames.settle();
    expect([...place.querySelectorAll('p')].map((p) => p.textContent)).toEqual([
      'First.',
      'One. Two.',
      'Three.',
    ]);
    expect(place.querySelector('p')).toBe(first);
  });

  it('becomes another text, and keeps what is shown where that only got longer', () => {
    body.append('One.\n\nTwo');
    const first = place.querySelector('p');
    body.replace('One.\n\nTwo more.');
    frames.settle();
    expect(place.querySelector('p')).toBe(first);
    expect(place.textContent).toBe('One.Two more.');
    body.replace('Other.');
    if (body.element) bringBackAll(body.element);
    expect(place.textContent).toBe('Other.');
    expect(count('.markdown')).toBe(1);
  });

  it('shows the bare text where drawing fails, and reports it once', () => {
    const failing = new MarkdownBody({
      ...bodyDeps(frames, faults),
      makeCode: () => {
        throw new Error('cannot draw');
      },
    });
    failing.show(place);
    failing.append('Look:\n\n```js\nx\n');
    failing.append('```\n\nAfter.');
    failing.finish();
    frames.settle();
    expect(place.textContent).toBe('Look:\n\n```js\nx\n```\n\nAfter.');
    expect(faults).toHaveLength(1);
  });

  it('does nothing any more when it is gone', () => {
    frames.tickMs = 10;
    body.append(paragraphs(1_000));
    body.dispose();
    expect(place.childElementCount).toBe(0);
    frames.settle();
    expect(place.childElementCount).toBe(0);
    expect(body.text).toBe(paragraphs(1_000));
  });
});

describe('a body that was out of sight', () => {
  it('is only text while it is hidden, and whole when it is shown again', () => {
    body.append('One.\n\n');
    body.hide();
    body.append('Two.\n\n');
    expect(frames.pending).toBe(0);
    body.show(place);
    if (body.element) bringBackAll(body.element);
    expect([...place.querySelectorAll('p')].map((p) => p.textContent)).toEqual(['One.', 'Two.']);
    body.append('Three.\n');
    expect(place.textContent).toBe('One.Two.Three.');
  });

  it('makes what is far from the screen when it comes near', () => {
    body.hide();
    body.append(paragraphs(200));
    body.finish();
    body.show(place);
    expect(count('p')).toBe(0);
    const parts = [...place.querySelectorAll('.part')];
    expect(parts.length).toBeGreaterThan(10);
    expect(parts.every((part) => isAway(part))).toBe(true);
    expect(body.isSettled).toBe(true);
    if (body.element) bringBackAll(body.element);
    expect(count('p')).toBe(200);
  });

  it('shows the bare text where a part can not be made later, with one report', () => {
    let makes = 0;
    const failing = new MarkdownBody({
      ...bodyDeps(frames, faults),
      makeCode: () => {
        makes++;
        throw new Error('cannot draw');
      },
    });
    const text = `${paragraphs(30)}\`\`\`js\nx\n\`\`\`\n`;
    failing.append(text);
    failing.finish();
    failing.show(place);
    expect(makes).toBe(0);
    if (failing.element) bringBackAll(failing.element);
    expect(makes).toBe(1);
    expect(faults).toHaveLength(1);
    expect(place.querySelector('.plain')?.textContent).toBe(text);
  });
});
