import createMarkdownIt from 'markdown-it';
import type { Env, MarkdownIt, StateBlock, Token } from 'markdown-it';
import { addFootnotes } from './footnoteRules';
import { addMath } from './mathRules';
import { addStrikethrough } from './strikethroughRules';
import { PARAGRAPH_STAND_IN, hardCut, paragraphCut } from './paragraphCut';
import type { References } from './references';

export interface ParseContext extends Env {
  references: References;
}

/** A context in which new definitions do not reach `known`, which stays visible. */
export function contextOver(known: References): ParseContext {
  const references: References = {};
  Object.setPrototypeOf(references, known);
  return { references };
}

/** Longer text is parsed in pieces, UTF-16 units: some texts take a time that grows with the square of their length. */
const LONGEST_PIECE = 8_000;

/** What follows "www.": GFM makes it a link to http. */
const WWW =
  /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#](?:[^\s<>()]|\([^\s<>()]*\))*(?<![?!.,:;"'*_~]))?/i;
const LONGEST_ADDRESS = 2_000;

/** Below markdown-it's own limit, 100: a list and its item are two. */
const DEEPEST = 96;

/**
 * CommonMark with GFM's tables, strikethrough and footnotes, and formulas, as tokens; never HTML. Blocks and inline text are
 * parsed apart, so that only what is shown anew costs inline parsing.
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
    md.linkify
      .add('ftp:', null)
      .add('//', null)
      .add('www.', {
        validate: (text, pos) => WWW.exec(text.slice(pos, pos + LONGEST_ADDRESS))?.[0].length ?? 0,
        normalize: (match) => {
          match.url = `http://${match.url}`;
        },
      });
    md.validateLink = () => true;
    addStrikethrough(md);
    addMath(md);
    addFootnotes(md);
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
    return [...this.pieces(token, context)].flat();
  }

  /** The same in steps. Pieces end where nothing is open, if there is such a place. */
  *pieces(token: Token, context: ParseContext): Generator<readonly Token[], void, undefined> {
    const { content } = token;
    let rest = content;
    while (rest.length > LONGEST_PIECE) {
      const head = rest.slice(0, LONGEST_PIECE);
      const cut =
        paragraphCut(head, (text) => leftovers(this.#inline(token, text, context))) ??
        hardCut(head);
      yield this.#piece(token, rest === content, rest.slice(0, cut), context);
      rest = rest.slice(cut);
    }
    yield this.#piece(token, rest === content, rest, context);
    token.content = content;
  }

  #piece(token: Token, isFirst: boolean, text: string, context: ParseContext): readonly Token[] {
    if (isFirst) return this.#inline(token, text, context);
    const [first, ...others] = this.#inline(token, PARAGRAPH_STAND_IN + text, context);
    if (first) first.content = first.content.slice(PARAGRAPH_STAND_IN.length);
    return first ? [first, ...others] : others;
  }

  #inline(token: Token, content: string, context: ParseContext): readonly Token[] {
    token.content = content;
    token.children = [];
    const state = new this.#md.core.State('', this.#md, context);
    state.tokens = [token];
    this.#md.core.process(state);
    return token.children;
  }
}

/** The literal text that parsing left: markup in it was not understood as such. */
export function leftovers(tokens: readonly Token[]): string {
  return tokens.map((token) => (token.type === 'text' ? token.content : ' ')).join('');
}

/** Column where a list item's content starts, counted from the enclosing quote's content. */
export function contentColumn(itemOpen: Token): number {
  const column: unknown = itemOpen.meta?.['contentColumn'];
  return typeof column === 'number' ? column : itemOpen.info.length + 2;
}

/**
 * markdown-it does not tell where an item's content starts; it is known at the moment its content is parsed. And what is nested
 * too deep for it would not be shown at all: it becomes a paragraph.
 */
function noteIndents(md: MarkdownIt): void {
  const tokenize = md.block.tokenize.bind(md.block);
  md.block.tokenize = (state: StateBlock, startLine: number, endLine: number): void => {
    const opened = state.tokens.at(-1);
    if (opened?.type === 'list_item_open') opened.meta = { contentColumn: state.blkIndent };
    if (state.level >= DEEPEST) asParagraph(state, startLine, endLine);
    else tokenize(state, startLine, endLine);
  };
}

function asParagraph(state: StateBlock, startLine: number, endLine: number): void {
  let end = startLine + 1;
  while (end < endLine && (state.isEmpty(end) || (state.sCount[end] ?? 0) >= state.blkIndent))
    end++;
  const content = state.getLines(startLine, end, state.blkIndent, false).trim();
  state.line = end;
  if (content === '') return;
  state.push('paragraph_open', 'p', 1).map = [startLine, end];
  const inline = state.push('inline', '', 0);
  inline.content = content;
  inline.map = [startLine, end];
  inline.children = [];
  state.push('paragraph_close', 'p', -1);
}
