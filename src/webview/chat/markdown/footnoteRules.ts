import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it';
import type { References } from './references';

/** Longest footnote, lines and UTF-16 units: an open one is parsed again with every frame. */
const MOST_LINES = 50;
const LONGEST = 4_000;

/** Columns by which the paragraphs after the first belong to the footnote. */
const INDENT = 4;

/** Footnotes share the table of definitions; no label of a link can start with this. */
const PREFIX = '\0^';
/** How many there are, kept beside them. */
const COUNT = '\0count';

/** What is kept with the token that opens a definition. */
export interface FootnoteMeta {
  readonly label: string;
  readonly number: number;
  /** Another definition of the same label came before. */
  readonly isRepeated: boolean;
}

function footnoteKey(label: string): string {
  return PREFIX + label;
}

/**
 * The number of a footnote: the place of its definition among all, so that it does not depend on what was shown first;
 * `undefined` where it has no definition yet.
 */
function footnoteNumber(references: References, label: string): number | undefined {
  const found = references[footnoteKey(label)];
  return found && Number(found.title);
}

/** Takes a definition of `from` over into `known`. */
export function keepFootnote(known: References, from: References, label: string): void {
  const key = footnoteKey(label);
  const found = from[key];
  if (!found) return;
  known[key] ??= found;
  known[COUNT] = { href: '', title: String(Math.max(count(known), Number(found.title))) };
}

/** GFM's footnotes: `[^label]`, and `[^label]: blocks` between the blocks of the document. */
export function addFootnotes(md: MarkdownIt): void {
  md.block.ruler.before('reference', 'footnote', definition, { alt: ['paragraph', 'reference'] });
  md.inline.ruler.before('link', 'footnote_ref', reference);
}

/** The mark at the start of a definition's line, and its label. */
function markAt(state: StateBlock, line: number): { mark: string; label: string } | undefined {
  if ((state.sCount[line] ?? 0) - state.blkIndent >= INDENT) return undefined;
  const start = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
  if (!state.src.startsWith('[^', start)) return undefined;
  const end = Math.min(state.eMarks[line] ?? start, start + 200);
  const [mark, label] = /^\[\^([^\s[\]]{1,100})\]:[ \t]*/.exec(state.src.slice(start, end)) ?? [];
  return mark === undefined || label === undefined ? undefined : { mark, label };
}

function definition(
  state: StateBlock,
  startLine: number,
  endLine: number,
  silent: boolean,
): boolean {
  if (state.level > 0) return false;
  const found = markAt(state, startLine);
  if (!found) return false;
  if (silent) return true;
  const { mark, label } = found;
  const references = (state.env.references ??= {});
  const isRepeated = footnoteNumber(references, label) !== undefined;
  const number = note(references, label);
  const open = state.push('footnote_open', '', 1);
  open.meta = { label, number, isRepeated } satisfies FootnoteMeta;
  parseInside(state, startLine, lastLineOf(state, startLine, endLine), mark.length);
  open.map = [startLine, state.line];
  state.push('footnote_close', '', -1);
  return true;
}

/** Parses the blocks of a definition, as those of a list item; leaves `state.line` after them. */
function parseInside(state: StateBlock, line: number, end: number, markLength: number): void {
  const { blkIndent, parentType } = state;
  const bMark = state.bMarks[line] ?? 0;
  const tShift = state.tShift[line] ?? 0;
  const sCount = state.sCount[line] ?? 0;
  state.blkIndent += INDENT;
  state.bMarks[line] = bMark + tShift + markLength;
  state.tShift[line] = 0;
  state.sCount[line] = state.blkIndent;
  state.md.block.tokenize(state, line, end);
  state.line = Math.max(state.line, line + 1);
  state.blkIndent = blkIndent;
  state.parentType = parentType;
  state.bMarks[line] = bMark;
  state.tShift[line] = tShift;
  state.sCount[line] = sCount;
}

/** The line before which a definition ends at the latest: where the next one starts, or where it gets too long. */
function lastLineOf(state: StateBlock, startLine: number, endLine: number): number {
  let length = 0;
  for (let line = startLine + 1; line < endLine; line++) {
    length += (state.eMarks[line] ?? 0) - (state.bMarks[line] ?? 0);
    if (line - startLine >= MOST_LINES || length > LONGEST || markAt(state, line)) return line;
  }
  return endLine;
}

function note(references: References, label: string): number {
  const known = footnoteNumber(references, label);
  if (known !== undefined) return known;
  const number = count(references) + 1;
  references[footnoteKey(label)] = { href: '', title: String(number) };
  references[COUNT] = { href: '', title: String(number) };
  return number;
}

function reference(state: StateInline, silent: boolean): boolean {
  if (!state.src.startsWith('[^', state.pos)) return false;
  const rest = state.src.slice(state.pos, Math.min(state.posMax, state.pos + 103));
  const [mark, label] = /^\[\^([^\s[\]]{1,100})\]/.exec(rest) ?? [];
  if (mark === undefined || label === undefined) return false;
  const number = footnoteNumber(state.env.references ?? {}, label);
  if (number === undefined) return false;
  if (!silent) {
    const token = state.push('footnote_ref', '', 0);
    token.content = mark;
    token.meta = { number };
  }
  state.pos += mark.length;
  return true;
}

function count(references: References): number {
  return Number(references[COUNT]?.title ?? 0);
}
