import { formulaOf } from '../markdown/formula';
import { bringBack, contentOf, isAway } from '../window/parking';
import { spansIn } from './findQuery';
import type { Span } from './findQuery';

/** A piece of text of the page, and what it is in that is away: outermost first. A formula is one as a whole. */
interface Piece {
  readonly node: Text | Element;
  readonly text: string;
  readonly away: readonly HTMLElement[];
}

/** Text next to each other in one block of the page. */
interface PageText {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

/** Elements that a text does not go across. */
const BLOCKS =
  'p, h1, h2, h3, h4, h5, h6, ul, ol, li, dl, dt, dd, table, tr, td, th, div, section, blockquote, pre, hr, .line';

/** What belongs to the panel and not to the text: buttons, icons, labels. */
const OURS = 'button, iframe, .code-head, .visually-hidden, [aria-hidden="true"]';

/** Reads the texts below an element, in order. */
class PageReader {
  readonly texts: PageText[] = [];
  readonly #isDeep: boolean;
  #pieces: Piece[] = [];

  /** `isDeep`: also what is away, which makes what was only planned. */
  constructor(isDeep: boolean) {
    this.#isDeep = isDeep;
  }

  read(element: Element, away: readonly HTMLElement[] = []): void {
    if (element.matches(OURS)) return;
    const formula = formulaOf(element);
    if (formula) {
      this.#pieces.push({ node: element, text: formula.tex, away });
      return;
    }
    const isBlock = element.matches(BLOCKS);
    if (isBlock) this.#end();
    const isGone = isAway(element);
    if (!isGone) this.#children(element, away);
    else if (this.#isDeep && element instanceof HTMLElement) {
      this.#children(contentOf(element), [...away, element]);
    }
    if (isBlock) this.#end();
  }

  #children(parent: Node, away: readonly HTMLElement[]): void {
    for (const node of parent.childNodes) {
      if (node instanceof Text) this.#pieces.push({ node, text: node.data, away });
      else if (node instanceof Element) this.read(node, away);
    }
  }

  #end(): void {
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    this.#pieces = [];
    this.texts.push({ text: pieces.map(({ text }) => text).join(''), pieces });
  }
}

function textsIn(element: Element, isDeep: boolean): readonly PageText[] {
  const reader = new PageReader(isDeep);
  reader.read(element);
  return reader.texts;
}

/** Ranges of all matches below an element that are in the page, at most `most`. */
export function rangesIn(element: Element, pattern: RegExp, most: number): Range[] {
  const ranges: Range[] = [];
  for (const found of textsIn(element, false)) {
    for (const span of spansIn(found.text, pattern, most - ranges.length)) {
      ranges.push(rangeOf(piecesOf(found, span)));
    }
  }
  return ranges;
}

/**
 * The match number `index` below an element, the last one where there are fewer; what it is in is brought back into the page.
 * `undefined` without a match.
 */
export function bringMatch(element: Element, pattern: RegExp, index: number): Range | undefined {
  let last: readonly PlacedPiece[] | undefined;
  let left = index;
  for (const found of textsIn(element, true)) {
    for (const span of spansIn(found.text, pattern, left + 1)) {
      last = piecesOf(found, span);
      left--;
    }
    if (left < 0) break;
  }
  if (!last) return undefined;
  for (const { piece } of last) for (const unit of piece.away) bringBack(unit);
  return rangeOf(last);
}

/** A piece of text, and which part of it matches. */
interface PlacedPiece {
  readonly piece: Piece;
  readonly start: number;
  readonly end: number;
}

function piecesOf({ pieces }: PageText, [start, end]: Span): readonly PlacedPiece[] {
  const placed: PlacedPiece[] = [];
  let at = 0;
  for (const piece of pieces) {
    const { length } = piece.text;
    if (at < end && at + length > start) {
      placed.push({ piece, start: Math.max(0, start - at), end: Math.min(length, end - at) });
    }
    at += length;
  }
  return placed;
}

function rangeOf(pieces: readonly PlacedPiece[]): Range {
  const range = document.createRange();
  const first = pieces[0];
  const last = pieces.at(-1);
  if (first?.piece.node instanceof Text) range.setStart(first.piece.node, first.start);
  else if (first) range.setStartBefore(first.piece.node);
  if (last?.piece.node instanceof Text) range.setEnd(last.piece.node, last.end);
  else if (last) range.setEndAfter(last.piece.node);
  return range;
}
