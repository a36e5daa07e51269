import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it';

/** Longest formula, UTF-16 units; a long paragraph is not cut before. */
const LONGEST_INLINE = 1_000;
const LONGEST_DISPLAY = 4_000;
const MOST_LINES = 100;

const DOLLAR = 0x24;
const BACKSLASH = 0x5c;

/**
 * Formulas: `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. A line that starts with `$$` or `\[` starts a paragraph that only its end or a
 * blank line ends, so that "- b" inside is no list; what is open stays text.
 */
export function addMath(md: MarkdownIt): void {
  md.block.ruler.before('fence', 'math_block', displayBlock, {
    alt: ['paragraph', 'reference', 'blockquote', 'list'],
  });
  md.inline.ruler.before('escape', 'math_inline', inlineMath);
}

function displayBlock(
  state: StateBlock,
  startLine: number,
  endLine: number,
  silent: boolean,
): boolean {
  if ((state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;
  const first = lineOf(state, startLine);
  const close = openedBy(first);
  if (close === undefined) return false;
  if (silent) return true;
  let next = startLine + 1;
  let length = first.length;
  let isClosed = first.includes(close, 2);
  while (!isClosed && next < endLine && next - startLine < MOST_LINES) {
    const line = lineOf(state, next);
    const isOutside = (state.sCount[next] ?? 0) < state.blkIndent;
    length += line.length + 1;
    if (line === '' || isOutside || length > LONGEST_DISPLAY) break;
    isClosed = line.includes(close);
    next++;
  }
  state.line = next;
  state.push('paragraph_open', 'p', 1).map = [startLine, next];
  const inline = state.push('inline', '', 0);
  inline.content = state.getLines(startLine, next, state.blkIndent, false).trim();
  inline.map = [startLine, next];
  inline.children = [];
  state.push('paragraph_close', 'p', -1);
  return true;
}

/** The end of the formula that a line opens and does not close and go on after. */
function openedBy(line: string): string | undefined {
  const close = line.startsWith('$$') ? '$$' : line.startsWith('\\[') ? '\\]' : undefined;
  if (close === undefined || line.startsWith('$$$')) return undefined;
  const end = line.indexOf(close, 2);
  if (end < 0) return close;
  return /^[\s.,;:]*$/.test(line.slice(end + 2)) ? close : undefined;
}

function lineOf(state: StateBlock, line: number): string {
  const start = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
  return state.src.slice(start, state.eMarks[line]).trimEnd();
}

function inlineMath(state: StateInline, silent: boolean): boolean {
  const formula = formulaAt(state.src.slice(0, state.posMax), state.pos);
  if (formula === undefined) return false;
  const { length, isOpen, markup } = formula;
  if (!silent) {
    const source = state.src.slice(state.pos, state.pos + length);
    const token = state.push(isOpen ? 'text' : 'math', '', 0);
    token.content = isOpen ? source : source.slice(markup.length, -markup.length);
    token.markup = markup;
  }
  state.pos += length;
  return true;
}

/**
 * Whether a formula may have been opened in `before` that ends in what follows. `left` is the literal text that parsing
 * `before` left.
 */
export function endsInOpenFormula(before: string, left: string): boolean {
  const bracket = Math.max(
    openSince(before, '\\(', '\\)', LONGEST_INLINE),
    openSince(before, '\\[', '\\]', LONGEST_DISPLAY),
  );
  if (bracket >= 0 || left.includes('$$', left.length - LONGEST_DISPLAY)) return true;
  const near = left.slice(-LONGEST_INLINE);
  const dollar = near.lastIndexOf('$');
  if (dollar < 0 || /[\p{L}\p{N}$\\]/u.test(near.charAt(dollar - 1))) return false;
  const content = near.slice(dollar + 1);
  return !/^\s|`/.test(content) && !isMoney(content);
}

/** Where the last `mark` is that no `close` follows, not more than `longest` from the end; -1 for none. */
function openSince(text: string, mark: string, close: string, longest: number): number {
  const at = text.lastIndexOf(mark);
  return at >= text.length - longest && text.indexOf(close, at) < 0 ? at : -1;
}

interface Formula {
  /** With its marks, UTF-16 units. */
  readonly length: number;
  readonly markup: string;
  /** Its end has not come: nothing in it is markup. */
  readonly isOpen: boolean;
}

function formulaAt(src: string, pos: number): Formula | undefined {
  const code = src.charCodeAt(pos);
  if (code !== DOLLAR && code !== BACKSLASH) return undefined;
  const markup = src.slice(pos, pos + 2);
  if (markup === '$$') return between(src, pos, '$$', '$$', LONGEST_DISPLAY);
  if (markup === '\\[') return between(src, pos, '\\[', '\\]', LONGEST_DISPLAY);
  if (markup === '\\(') return between(src, pos, '\\(', '\\)', LONGEST_INLINE);
  return code === DOLLAR ? betweenDollars(src, pos) : undefined;
}

function between(
  src: string,
  pos: number,
  markup: string,
  close: string,
  longest: number,
): Formula | undefined {
  const rest = src.slice(pos + 2, pos + 2 + longest);
  const end = rest.indexOf(close);
  if (end >= 0 && rest.slice(0, end).trim() !== '')
    return { length: end + 4, markup, isOpen: false };
  // At the start of a paragraph it is a formula that is still being written.
  const isOpen = end < 0 && pos === 0 && markup !== '\\(' && src.length <= longest;
  return isOpen ? { length: src.length, markup, isOpen } : undefined;
}

/** One dollar is more often money or a variable: no space inside of the marks, no word beside them, no prose between. */
function betweenDollars(src: string, pos: number): Formula | undefined {
  if (/[\p{L}\p{N}$\\]/u.test(src.charAt(pos - 1))) return undefined;
  const rest = src.slice(pos + 1, pos + 1 + LONGEST_INLINE);
  const content = /^(?:\\[^]|[^\\$`])+(?=\$)/.exec(rest)?.[0];
  if (content === undefined || /^\s|\s$/.test(content)) return undefined;
  const after = rest.slice(content.length + 1, content.length + 4);
  if (/^(?:[\p{N}$]|(?!th|st|nd|rd|s(?!\p{L}))\p{L})/u.test(after)) return undefined;
  return isMoney(content) ? undefined : { length: content.length + 2, markup: '$', isOpen: false };
}

/** "$5 or more, at most $6": a number and words, and nothing that only formulas have. */
function isMoney(content: string): boolean {
  return /^\d[^\\^_={}]*$/.test(content) && /\p{L}{2}/u.test(content);
}
