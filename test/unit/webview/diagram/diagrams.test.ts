// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Diagrams } from '../../../../src/webview/diagram/diagrams';
import { CodeMemory } from '../../../../src/webview/chat/markdown/codeMemory';
import { CodeBlock } from '../../../../src/webview/chat/markdown/codeBlock';
import { bringBack, sendAway } from '../../../../src/webview/chat/window/parking';
import { FakeClock } from '../../../helpers/fakeClock';
import { codeDeps } from '../helpers/markdownPage';

/** A page on which frames are told apart by what was posted to them. */
class DiagramPage {
  readonly clock = new FakeClock();
  readonly faults: unknown[] = [];
  readonly part = document.body.appendChild(document.createElement('div'));
  loads = 0;
  /** What was posted to each frame. */
  readonly posted = new Map<HTMLIFrameElement, unknown[]>();
  readonly diagrams = new Diagrams(
    () => {
      this.loads++;
      return this.loading;
    },
    this.clock,
    (error) => this.faults.push(error),
  );
  loading: Promise<() => HTMLIFrameElement> = Promise.resolve(() =>
    document.createElement('iframe'),
  );

  block(source: string): CodeBlock {
    const deps = { ...codeDeps(), diagrams: this.diagrams, memory: new CodeMemory() };
    const block = new CodeBlock('mermaid', deps);
    block.setContent(source);
    this.part.append(block.element);
    return block;
  }

  frame(block: CodeBlock): HTMLIFrameElement {
    const frame = block.element.querySelector('iframe');
    if (!frame) throw new Error('expected a frame');
    return frame;
  }

  /** What a frame says. */
  say(frame: HTMLIFrameElement, data: unknown, source: Window | null = frame.contentWindow): void {
    dispatchEvent(new MessageEvent('message', { data, source, origin: 'null' }));
  }
}

let page: DiagramPage;
beforeEach(() => {
  document.body.replaceChildren();
  page = new DiagramPage();
  return () => page.diagrams.dispose();
});

async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) await Promise.resolve();
}

describe('a block of Mermaid', () => {
  it('shows its source while it comes, and loads nothing', async () => {
    page.block('flowchart LR\n');
    await settle();
    expect(page.loads).toBe(0);
    expect(document.querySelector('iframe')).toBeNull();
  });

  it('is drawn when it is whole, in a frame that says when it is ready', async () => {
    const block = page.block('flowchart LR\n A-->B\n');
    block.finish();
    await settle();
    const frame = page.frame(block);
    const post = vi.spyOn(frame.contentWindow ?? window, 'postMessage').mockReturnValue();
    page.say(frame, { type: 'ready' });
    expect(post.mock.calls[0]?.[0]).toMatchObject({ type: 'draw', source: block.source });
    expect(block.element.classList.contains('drawn')).toBe(false);
    page.say(frame, { type: 'drawn', width: 300, height: 150 });
    expect(block.element.classList.contains('drawn')).toBe(true);
    expect(frame.title).toBe('Diagram: flowchart');
    expect(frame.tabIndex).toBe(-1);
    expect(block.element.querySelector('.diagram')?.getAttribute('aria-label')).toBe(
      'Diagram: flowchart',
    );
    expect(page.clock.pending).toBe(0);
  });

  it('listens only to its own frame, and to nothing that is no report', async () => {
    const block = page.block('pie\n');
    block.finish();
    await settle();
    const frame = page.frame(block);
    page.say(frame, { type: 'drawn', width: 300, height: 150 }, window);
    page.say(frame, { type: 'drawn', width: -1, height: 1e9 });
    page.say(frame, 'drawn');
    page.say(frame, { type: 'snapshot', seq: 1 });
    expect(block.element.classList.contains('drawn')).toBe(false);
  });

  it('keeps its source, with a note, where it can not be drawn', async () => {
    const block = page.block('flowchart LR\n A-->\n');
    block.finish();
    await settle();
    page.say(page.frame(block), { type: 'failed', problem: 'Parse error on line 2' });
    expect(block.element.querySelector('iframe')).toBeNull();
    expect(block.element.querySelector('.code-note')?.textContent).toContain(
      'Parse error on line 2',
    );
    block.finish();
    await settle();
    expect(document.querySelector('iframe')).toBeNull();
  });

  it('is given up when drawing takes too long', async () => {
    const block = page.block('flowchart LR\n A-->B\n');
    block.finish();
    await settle();
    await page.clock.advance(15_000);
    expect(block.element.querySelector('iframe')).toBeNull();
    expect(block.element.querySelector('.code-note')?.textContent).toContain('too long');
  });

  it('is not tried when it is too large', async () => {
    const block = page.block(`flowchart LR\n${'A-->B\n'.repeat(5_000)}`);
    block.finish();
    await settle();
    expect(page.loads).toBe(0);
    expect(block.element.querySelector('.code-note')?.textContent).toContain('too large');
  });

  it('keeps its source where the library can not be had, and the next one asks again', async () => {
    page.loading = Promise.reject(new Error('no chunk'));
    const first = page.block('pie\n');
    first.finish();
    await settle();
    expect(page.faults).toEqual([new Error('no chunk')]);
    expect(first.element.querySelector('.code-note')).not.toBeNull();
    page.loading = Promise.resolve(() => document.createElement('iframe'));
    const second = page.block('pie\n "a": 1\n');
    second.finish();
    await settle();
    expect(page.loads).toBe(2);
    expect(second.element.querySelector('iframe')).not.toBeNull();
  });

  it('waits for the one before it', async () => {
    const first = page.block('pie\n');
    const second = page.block('gantt\n');
    first.finish();
    second.finish();
    await settle();
    expect(second.element.querySelector('iframe')).toBeNull();
    page.say(page.frame(first), { type: 'drawn', width: 10, height: 10 });
    await settle();
    expect(second.element.querySelector('iframe')).not.toBeNull();
    expect(page.loads).toBe(1);
  });

  it('is drawn when it comes near the screen, and again after it was away', async () => {
    const block = page.block('pie\n');
    sendAway(page.part, '100px');
    block.finish();
    await settle();
    expect(page.loads).toBe(0);
    bringBack(page.part);
    await settle();
    const frame = page.frame(block);
    page.say(frame, { type: 'drawn', width: 10, height: 10 });
    sendAway(page.part, '100px');
    bringBack(page.part);
    await settle();
    // The frame starts anew by itself, and is told what to draw.
    const post = vi.spyOn(frame.contentWindow ?? window, 'postMessage').mockReturnValue();
    page.say(frame, { type: 'ready' });
    expect(post).toHaveBeenCalledTimes(1);
  });

  it('has its room before it is drawn again: nothing below it moves', async () => {
    const first = page.block('pie\n');
    first.finish();
    await settle();
    page.say(page.frame(first), { type: 'drawn', width: 300, height: 150 });
    const other = page.block('gantt\n');
    const again = page.block('pie\n');
    other.finish();
    again.finish();
    await settle();
    const room = again.element.querySelector<HTMLElement>('.diagram-room');
    expect(room?.style.aspectRatio).toBe('300 / 150');
    expect(again.element.classList.contains('drawn')).toBe(true);
    expect(other.element.classList.contains('drawn')).toBe(false);
    page.say(page.frame(other), { type: 'drawn', width: 10, height: 10 });
    await settle();
    const frame = page.frame(again);
    expect(frame.style.aspectRatio).toBe('300 / 150');
    page.say(frame, { type: 'failed', problem: 'No' });
    expect(again.element.classList.contains('drawn')).toBe(false);
  });

  it('that leaves the page while it is drawn holds up no other, and is drawn when it is back', async () => {
    const block = page.block('pie\n');
    block.finish();
    await settle();
    const other = document.body.appendChild(document.createElement('div'));
    const waiting = page.block('gantt\n');
    other.append(waiting.element);
    waiting.finish();
    sendAway(page.part, '100px');
    await page.clock.advance(1_000);
    await settle();
    expect(page.frame(waiting)).toBeDefined();
    page.say(page.frame(waiting), { type: 'drawn', width: 10, height: 10 });
    await page.clock.advance(20_000);
    bringBack(page.part);
    block.finish();
    await settle();
    expect(block.element.querySelector('.code-note')).toBeNull();
    page.say(page.frame(block), { type: 'drawn', width: 10, height: 10 });
    expect(block.element.classList.contains('drawn')).toBe(true);
  });

  it('hears nothing more of a drawing that it took back', async () => {
    const first = page.block('gantt\n');
    const block = page.block('pie\n');
    first.finish();
    block.finish();
    await settle();
    // It waits for its turn, is taken back, and is asked for again.
    block.setClosed(false);
    block.finish();
    await settle();
    page.say(page.frame(first), { type: 'drawn', width: 10, height: 10 });
    await settle();
    page.say(page.frame(block), { type: 'drawn', width: 10, height: 10 });
    await page.clock.advance(20_000);
    expect(block.element.classList.contains('drawn')).toBe(true);
    expect(block.element.querySelector('.code-note')).toBeNull();
  });

  it('is taken back when the answer goes on', async () => {
    const block = page.block('pie\n');
    block.finish();
    await settle();
    page.say(page.frame(block), { type: 'drawn', width: 10, height: 10 });
    block.setClosed(false);
    expect(block.element.querySelector('.diagram')).toBeNull();
    expect(block.element.classList.contains('drawn')).toBe(false);
  });

  it('is drawn in the new colours when the theme changes', async () => {
    const block = page.block('pie\n');
    block.finish();
    await settle();
    const frame = page.frame(block);
    page.say(frame, { type: 'drawn', width: 10, height: 10 });
    const post = vi.spyOn(frame.contentWindow ?? window, 'postMessage').mockReturnValue();
    document.body.className = 'vscode-light';
    await settle();
    expect(post.mock.calls[0]?.[0]).toMatchObject({ theme: { isDark: false } });
    document.body.className = '';
  });

  it('can be made larger and smaller, and its source shown', async () => {
    const block = page.block('pie\n');
    block.finish();
    await settle();
    const frame = page.frame(block);
    page.say(frame, { type: 'drawn', width: 200, height: 100 });
    Object.defineProperty(frame, 'clientWidth', { value: 200 });
    block.zoom(1);
    expect(frame.style.width).toBe('300px');
    block.zoom(-1);
    expect(frame.style.width).toBe('150px');
    block.setSourceShown(true);
    expect(block.element.querySelector('.code-diagram')?.getAttribute('aria-pressed')).toBe('true');
  });
});
