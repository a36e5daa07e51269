import createMarkdownIt from 'markdown-it';
import type { Env, MarkdownIt, StateBlock, Token } from 'markdown-it';

/** Link reference definitions by normalized label. */
export type References = NonNullable<Env['references']>;

export interface ParseContext extends Env {
  references: References;
}

/** A context in which new definitions do not reach `known`, which stays visible. */
export function contextOver(known: References): ParseContext {
  const references: References = {};
  Object.setPrototypeOf(references, known);
  return { references };
}

/**
 * CommonMark with GFM's tables and strikethrough, as tokens; never HTML. Blocks and inline text are parsed apart, so that only
 * what is shown anew costs inline parsing.
 *
 * Every link destination is let through here: which of them becomes a link is decided where links are rendered.
 */
export class MarkdownParser {
  readonly #md: MarkdownIt;

  constructor() {
    const md = new createMarkdownIt({ html: false, linkify: true });
    md.disable(['html_block', 'html_inline']);
    md.core.ruler.enableOnly(['inline', 'linkify', 'text_join']);
    md.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
    md.linkify.add('ftp:', null).add('//', null);
    md.validateLink = () => true;
    noteIndents(md);
    this.#md = md;
  }

  /** Block tokens of `source`, which has `\n` line ends and no U+0000; inline tokens have no children yet. */
  blocks(source: string, context: ParseContext): Token[] {
    const tokens: Token[] = [];
    this.#md.block.parse(source, this.#md, context, tokens);
    return tokens;
  }

  /** The children of an `inline` token. */
  inline(token: Token, context: ParseContext): readonly Token[] {
    token.children = [];
    const state = new this.#md.core.State('', this.#md, context);
    state.tokens = [token];
    this.#md.core.process(state);
    return token.children;
  }
}

/** Column where a list item's content starts, counted from the enclosing quote's content. */
export function contentColumn(itemOpen: Token): number {
  const column: unknown = itemOpen.meta?.['contentColumn'];
  return typeof column === 'number' ? column : itemOpen.info.length + 2;
}

/** markdown-it does not tell where an item's content starts; it is known at the moment its content is parsed. */
function noteIndents(md: MarkdownIt): void {
  const tokenize = md.block.tokenize.bind(md.block);
  md.block.tokenize = (state: StateBlock, startLine: number, endLine: number): void => {
    const opened = state.tokens.at(-1);
    if (opened?.type === 'list_item_open') opened.meta = { contentColumn: state.blkIndent };
    tokenize(state, startLine, endLine);
  };
}
