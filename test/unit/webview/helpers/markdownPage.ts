import { SliceRunner } from '../../../../src/webview/shared/sliceRunner';
import { HighlightQueue } from '../../../../src/webview/chat/highlight/highlightQueue';
import { CodeBlock } from '../../../../src/webview/chat/markdown/codeBlock';
import { MarkdownStream } from '../../../../src/webview/chat/markdown/markdownStream';
import { MarkdownParser } from '../../../../src/webview/chat/markdown/parser';
import { BlockRenderer } from '../../../../src/webview/chat/markdown/renderBlock';
import type { BodyDeps } from '../../../../src/webview/chat/markdownBody';
import { FakeFrames } from './fakeFrames';

const frames = new FakeFrames();
const parser = new MarkdownParser();
const plain = new HighlightQueue(
  new SliceRunner(frames),
  () => undefined,
  () => undefined,
);
const renderer = new BlockRenderer(parser, (info) => new CodeBlock(info, plain));

/** A text in markdown on a page of its own, without colours. */
export class MarkdownPage {
  readonly root = document.createElement('div');
  readonly stream = new MarkdownStream(this.root, parser, renderer);

  write(text: string): void {
    this.stream.append(text);
    this.stream.render();
  }

  correct(): void {
    for (const _ of this.stream.correction());
  }

  /** What is shown, without what only matters for layout and with code as plain text. */
  get html(): string {
    const copy = document.createElement('div');
    copy.append(this.root.cloneNode(true));
    for (const line of copy.querySelectorAll('.line, .lines')) line.replaceWith(...line.childNodes);
    for (const full of copy.querySelectorAll('.full')) full.classList.remove('full');
    copy.normalize();
    return copy.innerHTML;
  }
}

/** What one parse of the whole text shows. */
export function wholeParse(text: string): string {
  const page = new MarkdownPage();
  page.stream.append(text);
  page.correct();
  return page.html;
}

/** Writes a text in pieces of 1 to `longest` characters. */
export function writeInPieces(
  page: MarkdownPage,
  text: string,
  longest: number,
  random: () => number,
): void {
  for (let at = 0; at < text.length;) {
    const next = at + 1 + Math.floor(random() * longest);
    page.write(text.slice(at, next));
    at = next;
  }
}

/** What bodies need, with frames that a test paints. */
export function bodyDeps(fakeFrames: FakeFrames, faults: unknown[] = []): BodyDeps {
  const slices = new SliceRunner(fakeFrames);
  return {
    parser,
    slices,
    makeCode: (info) => new CodeBlock(info, plain),
    onFault: (error) => faults.push(error),
  };
}
