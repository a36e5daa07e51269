import type { Token } from 'markdown-it';
import { assertNever } from '../../../base/assertNever';
import { element } from '../../shared/dom';
import { strings } from '../../shared/strings';
import type {
  Alignment,
  BlockNode,
  ItemNode,
  ListNode,
  QuoteNode,
  RowNode,
  TableNode,
} from './blockTree';
import type { CodeBlockFactory } from './codeBlock';
import type { MarkdownParser, ParseContext } from './parser';
import { Parts } from './parts';
import { breakIntoPieces } from './pieces';
import { renderInline } from './renderInline';

/** Block nodes as elements: one element for each node, none for a definition. */
export class BlockRenderer {
  readonly #parser: MarkdownParser;
  readonly #makeCode: CodeBlockFactory;

  constructor(parser: MarkdownParser, makeCode: CodeBlockFactory) {
    this.#parser = parser;
    this.#makeCode = makeCode;
  }

  /** `startsItem`: the first block of a list item, where a task's box may stand. */
  block(node: BlockNode, context: ParseContext, startsItem = false): Element | undefined {
    switch (node.kind) {
      case 'paragraph': {
        const made = element('p', '', this.inline(node.inline, context));
        if (startsItem) markTask(made);
        breakIntoPieces(made);
        return made;
      }
      case 'heading':
        return element(headingTag(node.tag), '', this.inline(node.inline, context));
      case 'code': {
        const code = this.#makeCode(node.info);
        code.setContent(node.content);
        return code.element;
      }
      case 'rule':
        return element('hr');
      case 'quote':
        return this.#quote(node, context);
      case 'list':
        return this.#list(node, context);
      case 'table':
        return this.#table(node, context);
      case 'definition':
        return undefined;
      default:
        return assertNever(node);
    }
  }

  inline(token: Token, context: ParseContext): DocumentFragment {
    return renderInline(this.#parser.inline(token, context));
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

  #quote(node: QuoteNode, context: ParseContext): Element {
    const made = element('blockquote');
    const parts = new Parts(made, 'blocks');
    for (const block of this.#blocks(node.children, context)) parts.append(block);
    return made;
  }

  #list(node: ListNode, context: ParseContext): Element {
    const made = this.listShell(node);
    const parts = new Parts(made, 'list');
    for (const item of node.children) parts.append(this.item(item, context));
    return made;
  }

  #table(node: TableNode, context: ParseContext): Element {
    const made = this.tableShell(node, context);
    const parts = new Parts(made, 'table');
    for (const row of node.children) parts.append(this.row(row, node.aligns, context));
    return made;
  }
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
