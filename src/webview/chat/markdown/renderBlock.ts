import type { Token } from 'markdown-it';
import { assertNever } from '../../../base/assertNever';
import { element } from '../../shared/dom';
import { strings } from '../../shared/strings';
import { estimateLines } from '../window/estimates';
import type {
  Alignment,
  BlockNode,
  CodeNode,
  FootnoteNode,
  ItemNode,
  ListNode,
  ParagraphNode,
  QuoteNode,
  RowNode,
  TableNode,
} from './blockTree';
import type { CodeBlock, CodeBlockFactory } from './codeBlock';
import type { FormulaFactory } from './formula';
import type { MarkdownParser, ParseContext } from './parser';
import { Parts } from './parts';
import { breakIntoPieces } from './pieces';
import { renderInline } from './renderInline';

/** What makes the parts of an answer that go on changing by themselves. */
export interface LeafMakers {
  readonly makeCode: CodeBlockFactory;
  readonly makeFormula: FormulaFactory;
}

/** Parts of long lists, tables and code are made, or put into the page, only when they come near the screen. */
export interface Deferred {
  /** Whether the text is whole. */
  readonly isEnded: boolean;
}

/** Block nodes as elements: one element for each node, none for a definition. */
export class BlockRenderer {
  readonly #parser: MarkdownParser;
  readonly #makers: LeafMakers;
  readonly #deferred: Deferred | undefined;

  constructor(parser: MarkdownParser, makers: LeafMakers, deferred?: Deferred) {
    this.#parser = parser;
    this.#makers = makers;
    this.#deferred = deferred;
  }

  /** `startsItem`: the first block of a list item, where a task's box may stand. */
  block(node: BlockNode, context: ParseContext, startsItem = false): Element | undefined {
    switch (node.kind) {
      case 'paragraph':
        return atOnce(this.paragraph(node, context, startsItem));
      case 'heading':
        return element(headingTag(node.tag), '', this.inline(node.inline, context));
      case 'code':
        return this.#code(node);
      case 'rule':
        return element('hr');
      case 'quote':
        return this.#quote(node, context);
      case 'list':
        return this.#list(node, context);
      case 'table':
        return this.#table(node, context);
      case 'footnote':
        return this.#footnote(node, context);
      case 'definition':
        return undefined;
      default:
        return assertNever(node);
    }
  }

  /** A paragraph, made in steps that are small even where it is very long. */
  *paragraph(
    node: ParagraphNode,
    context: ParseContext,
    startsItem: boolean,
  ): Generator<undefined, Element, undefined> {
    const made = element('p');
    let isFirst = true;
    for (const tokens of this.#parser.pieces(node.inline, context)) {
      if (!isFirst) yield;
      isFirst = false;
      made.append(renderInline(tokens, this.#makers.makeFormula));
    }
    made.normalize();
    if (startsItem) markTask(made);
    breakIntoPieces(made);
    return made;
  }

  inline(token: Token, context: ParseContext): DocumentFragment {
    return renderInline(this.#parser.inline(token, context), this.#makers.makeFormula);
  }

  /** A list's element without its items. */
  listShell(node: ListNode): Element {
    const first = element(node.tag, 'part');
    if (first instanceof HTMLOListElement && node.start !== 1) first.start = node.start;
    return element('div', listClass(node.loose), first);
  }

  item(node: ItemNode, context: ParseContext): Element {
    return element('li', '', ...this.#blocks(node.children, context, true));
  }

  /** A table's element without its rows, its head aside. */
  tableShell(node: TableNode, context: ParseContext): Element {
    const head = element('thead', '', this.row(node.head, node.aligns, context, 'th'));
    const table = element('table', '', head, element('tbody'));
    const made = element('div', 'table', element('div', 'part', table));
    // Wide tables are scrolled in their own frame, by keys, too.
    made.tabIndex = 0;
    return made;
  }

  row(
    node: RowNode,
    aligns: readonly Alignment[],
    context: ParseContext,
    tag: 'td' | 'th' = 'td',
  ): Element {
    const cells = node.cells.map((cell, index) => {
      const align = aligns[index] ?? '';
      return element(tag, align === '' ? '' : `align-${align}`, this.inline(cell, context));
    });
    return element('tr', '', ...cells);
  }

  #blocks(nodes: readonly BlockNode[], context: ParseContext, inItem = false): Element[] {
    return nodes
      .map((node, index) => this.block(node, context, inItem && index === 0))
      .filter((made): made is Element => made !== undefined);
  }

  #code(node: CodeNode): Element {
    const code = this.#makers.makeCode(node.info);
    code.setContent(node.content);
    if (this.#deferred) showLater(code, this.#deferred.isEnded || node.fence !== 'open');
    else if (node.fence === 'closed') code.setClosed(true);
    return code.element;
  }

  #quote(node: QuoteNode, context: ParseContext): Element {
    const made = element('blockquote');
    const parts = new Parts(made, 'blocks');
    for (const block of this.#blocks(node.children, context)) parts.append(block);
    return made;
  }

  #list(node: ListNode, context: ParseContext): Element {
    const made = this.listShell(node);
    const parts = new Parts(made, 'list');
    if (this.#deferred)
      parts.plan(node.children, estimateLines, (item) => this.item(item, context));
    else for (const item of node.children) parts.append(this.item(item, context));
    return made;
  }

  #footnote(node: FootnoteNode, context: ParseContext): Element {
    const label = String(node.number);
    const text = element('div', 'footnote-text', ...this.#blocks(node.children, context));
    if (node.isRepeated) return element('div', 'footnote', element('span', '', label), text);
    const back = element('button', 'footnote-back', label);
    back.type = 'button';
    back.title = strings.footnoteBack(node.number);
    back.ariaLabel = back.title;
    const made = element('div', 'footnote', back, text);
    made.role = 'note';
    made.ariaLabel = strings.footnote(node.number);
    made.tabIndex = -1;
    made.dataset['footnote'] = label;
    return made;
  }

  #table(node: TableNode, context: ParseContext): Element {
    const made = this.tableShell(node, context);
    const parts = new Parts(made, 'table');
    const row = (child: RowNode): Element => this.row(child, node.aligns, context);
    if (this.#deferred) parts.plan(node.children, estimateLines, row);
    else for (const child of node.children) parts.append(row(child));
    return made;
  }
}

function atOnce<T>(steps: Generator<undefined, T, undefined>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function showLater(code: CodeBlock, isClosed: boolean): void {
  if (isClosed) {
    code.finish();
    code.foldIfLong();
  }
  code.parkLines();
}

export function listClass(loose: boolean): string {
  return loose ? 'list loose' : 'list';
}

export function headingTag(tag: string): 'h1' | 'h2' | 'h3' | 'h4' | 'h5' | 'h6' {
  switch (tag) {
    case 'h1':
    case 'h2':
    case 'h3':
    case 'h4':
    case 'h5':
      return tag;
    default:
      return 'h6';
  }
}

/** GFM's task list: "[ ] " or "[x] " at the start of an item becomes a box. */
function markTask(paragraph: Element): void {
  const first = paragraph.firstChild;
  if (!(first instanceof Text)) return;
  const match = /^\[([ xX])\][ \t]+(?=\S|$)/.exec(first.data);
  if (!match) return;
  first.deleteData(0, match[0].length);
  const done = match[1] !== ' ';
  const box = element('span', `task-box codicon codicon-${done ? 'pass-filled' : 'circle-large'}`);
  box.role = 'img';
  box.ariaLabel = done ? strings.taskDone : strings.taskOpen;
  first.before(box);
  paragraph.classList.add('task');
}
