import { estimateLines } from '../window/estimates';
import type { BlockNode, ItemNode, ListNode, QuoteNode } from './blockTree';
import { blockTree } from './blockTree';
import { withoutDoubtfulEnd } from './doubtfulEnd';
import { keepFootnote } from './footnoteRules';
import { endsInOpenFence, expectKind } from './nodeKinds';
import type { ChildNodeOf } from './nodeKinds';
import { OpenLeaves } from './openLeaves';
import { isStandIn, itemLevel, listLevel, quoteLevel, rootLevel } from './openLevel';
import type { ContainerLevel, OpenLevel } from './openLevel';
import { ParsedText } from './parsedText';
import { Parts } from './parts';
import { contextOver } from './parser';
import type { MarkdownParser, ParseContext } from './parser';
import type { References } from './references';
import { RawText } from './rawText';
import { Reconciler, place } from './reconciler';
import type { BlockRenderer } from './renderBlock';

/** Open text longer than this, in UTF-16 units, is cut inside its block. */
const LONG = 1_200;

/**
 * Open text that could not be cut and is longer than this, in UTF-16 units, is data, or written to do harm: what follows is shown
 * as it is until the end of the text, when all is put right.
 */
const LONGEST_OPEN = 16_000;

/** Levels of open blocks, each of which has a line in the text that is parsed. */
const MOST_LEVELS = 40;

/**
 * Shows markdown that is still being written. Blocks that can't change any more are rendered once and then left alone; each
 * `render` parses only the open rest. Where that rest is inside something (a list item in a quote, a table, a long
 * paragraph), it is parsed behind a few stand-in lines that put the parser into the same place, so that markdown-it alone decides
 * what the text means. What later text can change about finished blocks (a link's definition that comes last) is put right by
 * `correction` at the end.
 */
export class MarkdownStream {
  readonly #root: Element;
  readonly #parser: MarkdownParser;
  readonly #renderer: BlockRenderer;
  readonly #leaves: OpenLeaves;
  #references: References = {};
  #levels: OpenLevel[];
  #text = '';
  #tail = '';
  #endsInReturn = false;
  #isStale = false;
  /** Where the rest of a text goes of which too much is open to be parsed with every frame. */
  #raw: RawText | undefined;
  /** The page shows what one parse of the whole text gives. */
  #isWhole = false;

  constructor(root: Element, parser: MarkdownParser, renderer: BlockRenderer) {
    this.#root = root;
    this.#parser = parser;
    this.#renderer = renderer;
    this.#leaves = new OpenLeaves(parser, renderer);
    this.#levels = [rootLevel(root)];
  }

  /** Text that each `render` still parses, in UTF-16 units. */
  get openLength(): number {
    return this.#tail.length;
  }

  append(text: string): void {
    if (text === '') return;
    if (this.#isWhole) this.#reopen();
    const continued = this.#endsInReturn && text.startsWith('\n') ? text.slice(1) : text;
    this.#endsInReturn = text.endsWith('\r');
    const normal = continued.replace(/\r\n?/g, '\n').replaceAll('\0', '\uFFFD');
    this.#text += normal;
    this.#tail += normal;
    this.#isStale = true;
  }

  /** Shows a text of which all is there, on a page that is empty. `renderer` may put off what is not near the screen. */
  showWhole(text: string, renderer: BlockRenderer): void {
    this.append(text);
    this.#isStale = false;
    this.#isWhole = true;
    const context = contextOver({});
    const { nodes } = this.#parse(this.#text, context);
    const shown = nodes.filter((node) => node.kind !== 'definition');
    new Parts(this.#root, 'blocks').plan(shown, estimateLines, (node) => {
      const made = renderer.block(node, context);
      if (!made) throw new TypeError(`expected ${node.kind} to show something`);
      return made;
    });
  }

  /** Brings the page up to date with the text. */
  render(): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    if (this.#raw) {
      this.#raw.append(this.#tail);
      this.#tail = '';
      return;
    }
    const context = contextOver(this.#references);
    const standIns = this.#levels.map((level) => level.line).join('');
    const source = standIns + this.#tail;
    const { nodes, text } = this.#parse(source, context);
    const parsed = new ParsedText(text, standIns.length, context);
    const [root] = this.#levels;
    if (root?.kind !== 'root') throw new TypeError('expected the root level');
    const keepFrom = this.#container(0, root, nodes, parsed);
    this.#keepDefinitions(nodes, parsed, keepFrom);
    this.#tail = source.slice(Math.max(keepFrom, standIns.length));
    if (this.#tail.length > LONGEST_OPEN) {
      this.#raw = new RawText(root.children);
      this.#tail = '';
    }
  }

  /** Steps that make the page show what one parse of the whole text gives. To be run when no more text comes. */
  *correction(): Generator<undefined, void, undefined> {
    const context = contextOver({});
    const { nodes } = this.#parse(this.#text, context);
    yield;
    const root = rootLevel(this.#root);
    yield* new Reconciler(this.#renderer, context).blocks(root.children, nodes);
    this.#isWhole = true;
  }

  /** `text`: what of the source is shown. */
  #parse(source: string, context: ParseContext): { nodes: BlockNode[]; text: string } {
    const nodes = blockTree(this.#parser.blocks(source, context));
    const text = withoutDoubtfulEnd(source, nodes);
    if (text === undefined) return { nodes, text: source };
    return { nodes: blockTree(this.#parser.blocks(text, context)), text };
  }

  /** More comes after the end: what it can't change stays as it is on the page, also inside of a block that is open again. */
  #reopen(): void {
    this.#isWhole = false;
    this.#raw = undefined;
    const root = rootLevel(this.#root);
    this.#levels = [root];
    this.#references = {};
    this.#tail = this.#text;
    const context = contextOver({});
    const { nodes, text } = this.#parse(this.#text, context);
    const parsed = new ParsedText(text, 0, context);
    const keepFrom = this.#settle(root, nodes, 0, parsed);
    this.#keepDefinitions(nodes, parsed, keepFrom);
    this.#tail = this.#text.slice(keepFrom);
  }

  /** Shows `nodes` inside an open container; returns the offset from which the source is still open. */
  #container(
    index: number,
    level: ContainerLevel,
    nodes: readonly ChildNodeOf[],
    parsed: ParsedText,
  ): number {
    const inner = this.#levels[index + 1];
    if (!inner) {
      this.#patch(level, nodes, parsed);
      return this.#settle(level, nodes, parsed.start, parsed);
    }
    const [open, ...others] = nodes;
    if (!open) throw new TypeError(`the open ${inner.kind} is not in the parsed text`);
    if (parsed.isClosed(open, others[0])) {
      this.#seal(index + 1, inner, open, parsed);
      this.#levels.length = index + 1;
      this.#patch(level, others, parsed);
      return this.#settle(level, others, parsed.lineStart(open.endLine), parsed);
    }
    const keepFrom = isContainer(inner)
      ? this.#container(index + 1, inner, openChildren(inner, open), parsed)
      : this.#leaves.advance(inner, open, parsed);
    this.#patch(level, others, parsed);
    return keepFrom;
  }

  /** Children after the fixed ones become what `nodes` say. */
  #patch(level: ContainerLevel, nodes: readonly ChildNodeOf[], parsed: ParsedText): void {
    let at = level.fixed;
    for (const [index, node] of nodes.entries()) {
      const startsItem = level.kind === 'item' && index === 0 && at === 0;
      const fresh =
        node.kind === 'item'
          ? this.#renderer.item(node, parsed.context)
          : this.#renderer.block(node, parsed.context, startsItem);
      if (fresh) place(level.children, at++, fresh);
    }
    level.children.truncate(at);
  }

  /**
   * Fixes the children that are closed and enters the open one where that shortens what must be parsed again.
   * `start` is the offset before the first of them.
   */
  #settle(
    level: ContainerLevel,
    nodes: readonly ChildNodeOf[],
    start: number,
    parsed: ParsedText,
  ): number {
    let closed = 0;
    for (; closed < nodes.length; closed++) {
      const node = nodes[closed];
      if (!node || !parsed.isClosed(node, nodes[closed + 1])) break;
      if (node.kind !== 'definition') level.fixed++;
    }
    const open = nodes[closed];
    const last = nodes.at(-1);
    // Between the blocks of the document blank lines mean nothing.
    if (!open && level.kind === 'root') return parsed.lineStart(parsed.complete);
    if (!open) return last ? parsed.lineStart(last.endLine) : start;
    const shown = level.children.at(level.fixed);
    const canEnter = shown && parsed.hasBegun(open);
    const keepFrom = canEnter ? this.#enter(level, open, shown, parsed) : undefined;
    if (keepFrom === undefined) return parsed.lineStart(open.startLine);
    level.fixed++;
    return keepFrom;
  }

  /** Makes the open block a level of its own; `undefined` when nothing is gained. */
  #enter(
    outer: ContainerLevel,
    node: ChildNodeOf,
    shown: Element,
    parsed: ParsedText,
  ): number | undefined {
    // Short text is parsed again faster than it is cut, but code only ever grows.
    if (this.#tail.length <= LONG && !endsInOpenFence(node)) return undefined;
    switch (node.kind) {
      case 'code':
      case 'table':
      case 'paragraph': {
        const entered = this.#leaves.enter(outer, node, shown, parsed);
        if (entered) this.#levels.push(entered.level);
        return entered?.keepFrom;
      }
      case 'list':
        return this.#enterContainer(listLevel(outer, shown), node, parsed);
      case 'quote':
        return this.#enterContainer(quoteLevel(outer, shown), node, parsed);
      case 'item':
        return this.#enterContainer(itemLevel(outer, shown, node), node, parsed);
      case 'heading':
      case 'rule':
      case 'footnote':
      case 'definition':
        return undefined;
    }
  }

  #enterContainer(
    level: ContainerLevel,
    node: QuoteNode | ListNode | ItemNode,
    parsed: ParsedText,
  ): number | undefined {
    if (this.#levels.length >= MOST_LEVELS) return undefined;
    const depth = this.#levels.push(level);
    const start = parsed.lineStart(node.startLine);
    const keepFrom = this.#settle(level, node.children, start, parsed);
    // A container without anything finished in it is parsed again from its start.
    if (node.children.length > 0 && level.fixed > 0 && keepFrom > start) return keepFrom;
    this.#levels.length = depth - 1;
    return undefined;
  }

  /** Shows the end of a block that was open and is closed now. */
  #seal(index: number, level: OpenLevel, node: ChildNodeOf, parsed: ParsedText): void {
    if (!isContainer(level)) {
      this.#leaves.seal(level, node, parsed);
      return;
    }
    const children = openChildren(level, node);
    const inner = this.#levels[index + 1];
    const [open, ...others] = children;
    if (inner && open) this.#seal(index + 1, inner, open, parsed);
    this.#patch(level, inner ? others : children, parsed);
  }

  #keepDefinitions(nodes: readonly ChildNodeOf[], parsed: ParsedText, keepFrom: number): void {
    for (const node of nodes) {
      if (node.kind === 'definition') {
        const found = parsed.context.references[node.label];
        if (found && parsed.lineStart(node.endLine) <= keepFrom) {
          this.#references[node.label] ??= found;
        }
      } else if (node.kind === 'footnote') {
        if (parsed.lineStart(node.endLine) <= keepFrom)
          keepFootnote(this.#references, parsed.context.references, node.label);
      } else if (node.kind === 'list' || node.kind === 'quote' || node.kind === 'item') {
        this.#keepDefinitions(node.children, parsed, keepFrom);
      }
    }
  }
}

function isContainer(level: OpenLevel): level is ContainerLevel {
  return level.kind !== 'code' && level.kind !== 'table' && level.kind !== 'paragraph';
}

/** The children that are not finished: a stand-in is not one of them. */
function openChildren(level: ContainerLevel, node: ChildNodeOf): readonly ChildNodeOf[] {
  if (level.kind === 'list') {
    const list = expectKind(node, 'list');
    // Never back: the blank line that made it loose may be in the finished part.
    if (list.loose) level.element.classList.add('loose');
    return list.children;
  }
  const { children } =
    level.kind === 'quote' ? expectKind(node, 'quote') : expectKind(node, 'item');
  return isStandIn(children[0]) ? children.slice(1) : children;
}
