import { SliceRunner } from '../../../../src/webview/shared/sliceRunner';
import { HighlightQueue } from '../../../../src/webview/chat/highlight/highlightQueue';
import { Diagrams } from '../../../../src/webview/diagram/diagrams';
import { CodeBlock } from '../../../../src/webview/chat/markdown/codeBlock';
import type { CodeDeps } from '../../../../src/webview/chat/markdown/codeBlock';
import { CodeMemory } from '../../../../src/webview/chat/markdown/codeMemory';
import { Formulas } from '../../../../src/webview/chat/markdown/formula';
import { MarkdownStream } from '../../../../src/webview/chat/markdown/markdownStream';
import { MarkdownParser } from '../../../../src/webview/chat/markdown/parser';
import { BlockRenderer } from '../../../../src/webview/chat/markdown/renderBlock';
import type { LeafMakers } from '../../../../src/webview/chat/markdown/renderBlock';
import type { BodyDeps } from '../../../../src/webview/chat/markdownBody';
import { FakeClock } from '../../../helpers/fakeClock';
import { FakeFrames } from './fakeFrames';

const frames = new FakeFrames();
const parser = new MarkdownParser();
const plain = new HighlightQueue(
  new SliceRunner(frames),
  () => undefined,
  () => undefined,
);
/** The library never comes: formulas stay as they are written. */
const formulas = new Formulas(
  new SliceRunner(frames),
  () => new Promise(() => undefined),
  () => undefined,
);
/** What blocks of code need: colours come from `queue`, diagrams never come. */
export function codeDeps(queue: HighlightQueue = plain): CodeDeps {
  const diagrams = new Diagrams(
    () => new Promise(() => undefined),
    new FakeClock(),
    () => undefined,
  );
  return { queue, diagrams, memory: new CodeMemory() };
}

const code = codeDeps();
const makers: LeafMakers = {
  makeCode: (info) => new CodeBlock(info, code),
  makeFormula: formulas.make,
};
const renderer = new BlockRenderer(parser, makers);

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
    // Whether more may come is not for the reader.
    for (const fold of copy.querySelectorAll('.code-fold')) fold.remove();
    for (const closed of copy.querySelectorAll('.closed')) closed.classList.remove('closed');
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
    ...makers,
    onFault: (error) => faults.push(error),
  };
}
