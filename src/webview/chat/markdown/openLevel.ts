import type { CodeBlock } from './codeBlock';
import { PARAGRAPH_STAND_IN } from './paragraphCut';
import type { Alignment, BlockNode, CodeNode, ItemNode, TableNode } from './blockTree';
import { Parts } from './parts';

/** Content of the heading that stands, in the text parsed again, for all of an open container that is finished. */
const STAND_IN = '# \uE000\n';

/** Children of an element that is open: the first `fixed` never change again. */
export interface ChildList {
  readonly count: number;
  at(index: number): Element | undefined;
  append(child: Element): void;
  truncate(count: number): void;
}

interface Open {
  /** Parsed before the open text, so that it is read in its place: every open level adds its own. */
  readonly line: string;
  /** What a line inside starts with: up to the last quote marker, and then this many columns. */
  readonly base: string;
  readonly column: number;
}

export interface ContainerLevel extends Open {
  readonly kind: 'root' | 'quote' | 'list' | 'item';
  readonly element: Element;
  readonly children: ChildList;
  /** Children that are final, the open one at their end (if a level follows) included. */
  fixed: number;
}
export interface CodeLevel extends Open {
  readonly kind: 'code';
  readonly block: CodeBlock;
  readonly fenced: boolean;
  /** Whether the open text starts in the middle of a line, of which the block has the beginning. */
  isInLine: boolean;
}
export interface TableLevel extends Open {
  readonly kind: 'table';
  readonly children: ChildList;
  readonly aligns: readonly Alignment[];
  fixed: number;
}
export interface ParagraphLevel extends Open {
  readonly kind: 'paragraph';
  readonly element: Element;
  /** Child nodes that are final. */
  fixed: number;
}
/** One step of the way from the document to the innermost block that is still open. */
export type OpenLevel = ContainerLevel | CodeLevel | TableLevel | ParagraphLevel;

export function rootLevel(element: Element): ContainerLevel {
  const children = new Parts(element, 'blocks');
  return { kind: 'root', element, children, fixed: 0, line: '', base: '', column: 0 };
}

export function quoteLevel(outer: OpenLevel, element: Element): ContainerLevel {
  const base = `${lead(outer)}> `;
  const line = base + STAND_IN;
  const children = new Parts(element, 'blocks');
  return { kind: 'quote', element, children, fixed: 0, line, base, column: 0 };
}

/** Needs no line of its own: what is open starts with an item of the list, or an item's level follows. */
export function listLevel(outer: OpenLevel, element: Element): ContainerLevel {
  const { base, column } = outer;
  const children = new Parts(element, 'list');
  return { kind: 'list', element, children, fixed: 0, line: '', base, column };
}

export function itemLevel(outer: OpenLevel, element: Element, node: ItemNode): ContainerLevel {
  const { base } = outer;
  const column = node.contentColumn;
  const padding = Math.min(4, column - outer.column - node.marker.length);
  const indent = ' '.repeat(Math.max(0, column - node.marker.length - padding));
  const line = base + indent + node.marker + ' '.repeat(Math.max(1, padding)) + STAND_IN;
  const children = new PlainChildren(element);
  return { kind: 'item', element, children, fixed: 0, line, base, column };
}

/** `openingLine` is the line of the source where the code starts. */
export function codeLevel(
  outer: OpenLevel,
  block: CodeBlock,
  node: CodeNode,
  openingLine: string,
): CodeLevel {
  const { base, column } = outer;
  const fenced = node.fence !== 'none';
  const opening = node.markup + node.info;
  // Markers of items on the same line would start new items. What the fence says is known already, and may be long.
  const before = openingLine.slice(0, -opening.length).replace(/[^>\t ]/g, ' ');
  const start = fenced ? `${before}${node.markup}\n` : '';
  const line = `${lead(outer)}${fenced ? '' : '    '}${PARAGRAPH_STAND_IN}`;
  return {
    kind: 'code',
    block,
    fenced,
    isInLine: false,
    base,
    column,
    get line(): string {
      if (this.isInLine) return start + line;
      return fenced ? start : `${line}\n`;
    },
  };
}

export function tableLevel(outer: OpenLevel, element: Element, node: TableNode): TableLevel {
  const { base, column } = outer;
  const { aligns } = node;
  const row = (cell: (align: Alignment) => string): string =>
    `${lead(outer)}|${aligns.map(cell).join('|')}|\n`;
  const line =
    row(() => PARAGRAPH_STAND_IN) +
    row((align) => {
      if (align === '') return '-';
      return `${align === 'right' ? '' : ':'}-${align === 'left' ? '' : ':'}`;
    });
  const children = new Parts(element, 'table');
  return { kind: 'table', children, aligns, fixed: 0, line, base, column };
}

export function paragraphLevel(outer: OpenLevel, element: Element): ParagraphLevel {
  const { base, column } = outer;
  const line = lead(outer) + PARAGRAPH_STAND_IN;
  return { kind: 'paragraph', element, fixed: 0, line, base, column };
}

/** Whether a parsed block is the one that stands for what is finished. */
export function isStandIn(node: BlockNode | undefined): boolean {
  return node?.kind === 'heading' && node.inline.content === '\uE000';
}

function lead(level: OpenLevel): string {
  return level.base + ' '.repeat(level.column);
}

/** Children of a parent that has nothing else. */
export class PlainChildren implements ChildList {
  readonly #parent: Element;

  constructor(parent: Element) {
    this.#parent = parent;
  }

  get count(): number {
    return this.#parent.childElementCount;
  }

  at(index: number): Element | undefined {
    return this.#parent.children[index];
  }

  append(child: Element): void {
    this.#parent.append(child);
  }

  truncate(count: number): void {
    while (this.#parent.childElementCount > count) this.#parent.lastElementChild?.remove();
  }
}
