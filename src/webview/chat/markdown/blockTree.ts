import type { Token } from 'markdown-it';
import { contentColumn } from './parser';

interface Lines {
  /** First line, and the line after the last, of the parsed source. */
  readonly startLine: number;
  readonly endLine: number;
}

export interface ParagraphNode extends Lines {
  readonly kind: 'paragraph';
  readonly inline: Token;
  /** In a list without blank lines. */
  readonly tight: boolean;
}
export interface HeadingNode extends Lines {
  readonly kind: 'heading';
  readonly inline: Token;
  readonly tag: string;
}
export interface CodeNode extends Lines {
  readonly kind: 'code';
  readonly content: string;
  /** The opening fence without indent, and what follows it; both empty for indented code. */
  readonly markup: string;
  readonly info: string;
  readonly fence: 'open' | 'closed' | 'none';
}
export interface RuleNode extends Lines {
  readonly kind: 'rule';
}
export interface QuoteNode extends Lines {
  readonly kind: 'quote';
  readonly children: readonly BlockNode[];
}
export interface ItemNode extends Lines {
  readonly kind: 'item';
  /** "-", "3.": as written. */
  readonly marker: string;
  readonly contentColumn: number;
  readonly children: readonly BlockNode[];
}
export interface ListNode extends Lines {
  readonly kind: 'list';
  readonly tag: 'ul' | 'ol';
  readonly start: number;
  /** Some paragraph directly in an item stands apart from its neighbours. */
  readonly loose: boolean;
  readonly children: readonly ItemNode[];
}
export type Alignment = '' | 'left' | 'center' | 'right';
export interface RowNode extends Lines {
  readonly kind: 'row';
  readonly cells: readonly Token[];
}
export interface TableNode extends Lines {
  readonly kind: 'table';
  readonly aligns: readonly Alignment[];
  readonly head: RowNode;
  readonly children: readonly RowNode[];
}
/** A link reference definition: shows nothing. */
export interface DefinitionNode extends Lines {
  readonly kind: 'definition';
  readonly label: string;
}

/** A footnote's definition. */
export interface FootnoteNode extends Lines {
  readonly kind: 'footnote';
  readonly label: string;
  readonly number: number;
  /** Another one of the same label came before. */
  readonly isRepeated: boolean;
  readonly children: readonly BlockNode[];
}

export type BlockNode =
  | ParagraphNode
  | HeadingNode
  | CodeNode
  | RuleNode
  | QuoteNode
  | ListNode
  | TableNode
  | FootnoteNode
  | DefinitionNode;

/** What markdown-it's flat list of block tokens says, as a tree. */
export function blockTree(tokens: readonly Token[]): BlockNode[] {
  return new TreeBuilder(tokens).blocks();
}

class TreeBuilder {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  blocks(): BlockNode[] {
    const nodes: BlockNode[] = [];
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined || token.nesting < 0) return nodes;
      nodes.push(this.#block(token));
    }
  }

  #block(token: Token): BlockNode {
    switch (token.type) {
      case 'paragraph_open':
        return {
          kind: 'paragraph',
          ...linesOf(token),
          tight: token.hidden,
          inline: this.#inlineOf(),
        };
      case 'heading_open':
        return { kind: 'heading', ...linesOf(token), tag: token.tag, inline: this.#inlineOf() };
      case 'blockquote_open':
        return { kind: 'quote', ...linesOf(token), children: this.#inside(() => this.blocks()) };
      case 'bullet_list_open':
      case 'ordered_list_open':
        return this.#list(token);
      case 'table_open':
        return this.#table(token);
      case 'footnote_open':
        return this.#footnote(token);
      default:
        this.#at++;
        return leaf(token);
    }
  }

  /** The inline token between an opening and a closing one; passes over all three. */
  #inlineOf(): Token {
    const inline = this.#tokens[this.#at + 1];
    if (inline?.type !== 'inline') throw new TypeError('expected inline content');
    this.#at += 3;
    return inline;
  }

  #inside<T>(read: () => T): T {
    this.#at++;
    const value = read();
    this.#at++;
    return value;
  }

  #list(token: Token): ListNode {
    const children = this.#inside(() => {
      const items: ItemNode[] = [];
      for (;;) {
        const open = this.#tokens[this.#at];
        if (open?.type !== 'list_item_open') return items;
        items.push({
          kind: 'item',
          ...linesOf(open),
          marker: open.info + open.markup,
          contentColumn: contentColumn(open),
          children: this.#inside(() => this.blocks()),
        });
      }
    });
    return {
      kind: 'list',
      ...linesOf(token),
      tag: token.tag === 'ol' ? 'ol' : 'ul',
      start: Number(token.attrGet('start') ?? 1),
      loose: children.some((item) =>
        item.children.some((child) => child.kind === 'paragraph' && !child.tight),
      ),
      children,
    };
  }

  #footnote(token: Token): FootnoteNode {
    const { label, number, isRepeated } = token.meta ?? {};
    return {
      kind: 'footnote',
      ...linesOf(token),
      label: String(label),
      number: Number(number),
      isRepeated: isRepeated === true,
      children: this.#inside(() => this.blocks()),
    };
  }

  #table(token: Token): TableNode {
    const rows: RowNode[] = [];
    const aligns: Alignment[] = [];
    for (this.#at++; ; this.#at++) {
      const part = this.#tokens[this.#at];
      if (part === undefined || part.type === 'table_close') break;
      if (part.type === 'tr_open')
        rows.push(this.#row(part, rows.length === 0 ? aligns : undefined));
    }
    this.#at++;
    const [head, ...children] = rows;
    if (head === undefined) throw new TypeError('a table without a head');
    return { kind: 'table', ...linesOf(token), aligns, head, children };
  }

  #row(open: Token, aligns: Alignment[] | undefined): RowNode {
    const cells: Token[] = [];
    for (this.#at++; ; this.#at++) {
      const token = this.#tokens[this.#at];
      if (token === undefined || token.type === 'tr_close') break;
      if (token.type === 'inline') cells.push(token);
      else if (token.type === 'th_open') aligns?.push(alignmentOf(token));
    }
    return { kind: 'row', ...linesOf(open), cells };
  }
}

function leaf(token: Token): BlockNode {
  const lines = linesOf(token);
  switch (token.type) {
    case 'fence':
      return {
        kind: 'code',
        ...lines,
        content: token.content,
        markup: token.markup,
        info: token.info,
        fence: linesIn(token.content) < lines.endLine - lines.startLine - 1 ? 'closed' : 'open',
      };
    case 'code_block':
      return {
        kind: 'code',
        ...lines,
        content: token.content,
        markup: '',
        info: '',
        fence: 'none',
      };
    case 'hr':
      return { kind: 'rule', ...lines };
    case 'reference_definition': {
      const label: unknown = token.meta?.['label'];
      return { kind: 'definition', ...lines, label: String(label) };
    }
    default:
      throw new TypeError(`unexpected token: ${token.type}`);
  }
}

function linesOf(token: Token): Lines {
  const [startLine, endLine] = token.map ?? [0, 0];
  return { startLine, endLine };
}

function linesIn(text: string): number {
  let count = text === '' || text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function alignmentOf(token: Token): Alignment {
  const style = String(token.attrGet('style') ?? '');
  if (style.endsWith('left')) return 'left';
  if (style.endsWith('center')) return 'center';
  return style.endsWith('right') ? 'right' : '';
}
