import type { CodeNode, ParagraphNode, HeadingNode, TableNode } from './blockTree';
import { codeBlockOf } from './codeBlock';
import { morphChildren } from './morph';
import { expectKind } from './nodeKinds';
import type { ChildNodeOf } from './nodeKinds';
import { codeLevel, paragraphLevel, tableLevel } from './openLevel';
import type { CodeLevel, ContainerLevel, ParagraphLevel, TableLevel } from './openLevel';
import { PARAGRAPH_STAND_IN, paragraphCut } from './paragraphCut';
import type { ParsedText } from './parsedText';
import { leftovers } from './parser';
import type { MarkdownParser, ParseContext } from './parser';
import { breakIntoPieces } from './pieces';
import { place } from './reconciler';
import { headingTag } from './renderBlock';
import type { BlockRenderer } from './renderBlock';

export type LeafLevel = CodeLevel | TableLevel | ParagraphLevel;
type LeafNode = CodeNode | TableNode | ParagraphNode;
type TextNode = ParagraphNode | HeadingNode;

/** A block that was made a level of its own, and the offset from which its source is still open. */
interface Entered {
  readonly level: LeafLevel;
  readonly keepFrom: number;
}

/** Text of a paragraph below which it is not cut, UTF-16 units. */
const SHORTEST_CUT = 1_200;

/** A line of code that is longer than this, UTF-16 units, is finished piece by piece, unless it can still be a fence. */
const LONG_LINE = 2_000;
const NO_FENCE = /[^`~\s]/;

/** Open blocks without blocks inside: code, tables, paragraphs. What is finished of them is never parsed again. */
export class OpenLeaves {
  readonly #parser: MarkdownParser;
  readonly #renderer: BlockRenderer;
  /** Length of the open paragraph at which it is worth looking for a cut again. */
  #cutAt = SHORTEST_CUT;

  constructor(parser: MarkdownParser, renderer: BlockRenderer) {
    this.#parser = parser;
    this.#renderer = renderer;
  }

  /** Shows what came for an open block; returns the offset from which its source is still open. */
  advance(level: LeafLevel, node: ChildNodeOf, parsed: ParsedText): number {
    switch (level.kind) {
      case 'code': {
        const code = expectKind(node, 'code');
        const { finished, pending } = codeText(level, code, parsed);
        level.block.append(finished);
        level.block.setPending(pending);
        if (finished !== '') level.isInLine = false;
        if (pending.length < LONG_LINE || !NO_FENCE.test(pending))
          return level.isInLine ? parsed.start : parsed.openFrom(code);
        level.block.settlePending();
        level.isInLine = true;
        return parsed.source.length;
      }
      case 'table':
        return this.#advanceTable(level, expectKind(node, 'table'), parsed);
      case 'paragraph': {
        const text = expectText(node);
        this.#show(level, text, parsed.context);
        if (text.inline.content.length < this.#cutAt) return parsed.start;
        return this.#cut(level, text, parsed) ?? parsed.start;
      }
    }
  }

  /** Shows the end of a block that was open and is closed now. */
  seal(level: LeafLevel, node: ChildNodeOf, parsed: ParsedText): void {
    this.#cutAt = SHORTEST_CUT;
    switch (level.kind) {
      case 'code':
        level.block.append(codeText(level, expectKind(node, 'code'), parsed).finished);
        level.block.setClosed(true);
        return;
      case 'table':
        this.#advanceTable(level, expectKind(node, 'table'), parsed);
        return;
      case 'paragraph': {
        const text = expectText(node);
        this.#show(level, text, parsed.context);
        breakIntoPieces(level.element);
        if (text.kind === 'heading') rename(level.element, headingTag(text.tag));
      }
    }
  }

  /** Makes an open block a level of its own; `undefined` when nothing is gained. */
  enter(
    outer: ContainerLevel,
    node: LeafNode,
    shown: Element,
    parsed: ParsedText,
  ): Entered | undefined {
    switch (node.kind) {
      case 'code':
        return enterCode(outer, node, shown, parsed);
      case 'table': {
        const level = tableLevel(outer, shown, node);
        level.fixed = finishedRows(node, parsed);
        return level.fixed > 0 ? { level, keepFrom: parsed.openFrom(node) } : undefined;
      }
      case 'paragraph': {
        if (node.inline.content.length < this.#cutAt) return undefined;
        const level = paragraphLevel(outer, shown);
        const keepFrom = this.#cut(level, node, parsed);
        return keepFrom === undefined ? undefined : { level, keepFrom };
      }
    }
  }

  #advanceTable(level: TableLevel, node: TableNode, parsed: ParsedText): number {
    for (const [index, row] of node.children.entries()) {
      const fresh = this.#renderer.row(row, level.aligns, parsed.context);
      place(level.children, level.fixed + index, fresh);
    }
    level.children.truncate(level.fixed + node.children.length);
    level.fixed += finishedRows(node, parsed);
    return parsed.openFrom(node);
  }

  /** Finishes a paragraph up to a place where it can be cut; returns that place. */
  #cut(level: ParagraphLevel, node: TextNode, parsed: ParsedText): number | undefined {
    const { content } = node.inline;
    const cut = paragraphCut(content, (text) => {
      node.inline.content = text;
      return leftovers(this.#parser.inline(node.inline, parsed.context));
    });
    this.#cutAt = cut === undefined ? content.length + SHORTEST_CUT / 2 : SHORTEST_CUT;
    if (cut === undefined) {
      node.inline.content = content;
      return undefined;
    }
    node.inline.content = content.slice(0, cut);
    this.#show(level, node, parsed.context);
    breakIntoPieces(level.element);
    level.fixed = level.element.childNodes.length;
    node.inline.content = PARAGRAPH_STAND_IN + content.slice(cut);
    this.#show(level, node, parsed.context);
    return parsed.offsetIn(node, content, cut);
  }

  #show(level: ParagraphLevel, node: TextNode, context: ParseContext): void {
    const fresh = this.#renderer.inline(node.inline, context);
    const first = fresh.firstChild;
    if (level.fixed > 0 && first instanceof Text) {
      if (first.length > PARAGRAPH_STAND_IN.length) first.deleteData(0, PARAGRAPH_STAND_IN.length);
      else first.remove();
    }
    morphChildren(level.element, fresh, level.fixed);
  }
}

function enterCode(
  outer: ContainerLevel,
  node: CodeNode,
  shown: Element,
  parsed: ParsedText,
): Entered | undefined {
  const block = codeBlockOf(shown);
  // A fence is only known as one, with all that it says, at the end of its line.
  if (!block || (node.fence !== 'none' && node.startLine >= parsed.complete)) return undefined;
  const { finished, pending } = codeText(undefined, node, parsed);
  // It was, where a text goes on that had ended.
  block.setClosed(false);
  block.setContent(finished);
  block.setPending(pending);
  const level = codeLevel(outer, block, node, parsed.line(node.startLine));
  return { level, keepFrom: parsed.openFrom(node) };
}

function finishedRows(node: TableNode, parsed: ParsedText): number {
  return node.children.filter((row) => row.startLine < parsed.complete).length;
}

/** New lines of an open code block, and the beginning of one that is not finished. */
function codeText(
  level: CodeLevel | undefined,
  node: CodeNode,
  parsed: ParsedText,
): { readonly finished: string; readonly pending: string } {
  const inLine = level?.isInLine === true ? PARAGRAPH_STAND_IN.length : 0;
  if (node.fence !== 'none') {
    const content = node.content.slice(inLine);
    const end = content.lastIndexOf('\n') + 1;
    return { finished: content.slice(0, end), pending: content.slice(end) };
  }
  // Indented code always ends in a line end, and starts with the stand-in or its line.
  const before = inLine > 0 ? inLine : PARAGRAPH_STAND_IN.length + 1;
  const text = level ? node.content.slice(before) : node.content;
  if (node.endLine <= parsed.complete) return { finished: text, pending: '' };
  const end = text.lastIndexOf('\n', text.length - 2) + 1;
  return { finished: text.slice(0, end), pending: text.slice(end, -1) };
}

function expectText(node: ChildNodeOf): TextNode {
  if (node.kind === 'paragraph' || node.kind === 'heading') return node;
  throw new TypeError(`expected an open paragraph, got ${node.kind}`);
}

function rename(shown: Element, tag: 'h1' | 'h2' | 'h3' | 'h4' | 'h5' | 'h6'): void {
  const heading = document.createElement(tag);
  heading.append(...shown.childNodes);
  shown.replaceWith(heading);
}
