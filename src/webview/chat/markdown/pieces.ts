import { element } from '../../shared/dom';
import { formulaOf } from './formula';

/** Shown text after which a long paragraph is broken, UTF-16 units. */
const PIECE_SIZE = 4_000;

/** A text without a place to break it is broken anywhere after so many, UTF-16 units. */
const LONGEST_PIECE = 12_000;

const BREAK = /[\s\u3000-\u30FF\u3400-\u9FFF\uAC00-\uD7AF\uFF01-\uFF60]/g;

/**
 * Breaks a very long paragraph into blocks, each a few screens: a browser lays out a paragraph as a whole, every time that
 * something is added. What does not fill a piece yet is left as it is, so that the result is the same whether the text comes at
 * once or in parts.
 */
export function breakIntoPieces(paragraph: Element): void {
  let length = 0;
  let node: ChildNode | null = nextLoose(paragraph);
  while (node) {
    const text: string = formulaOf(node)?.source ?? node.textContent ?? '';
    const at = node instanceof Text ? breakAfter(text, length) : undefined;
    if (node instanceof Text && at !== undefined) {
      if (at < text.length) node.splitText(at);
      wrapUntil(paragraph, node);
      length = 0;
      node = nextLoose(paragraph);
    } else {
      length += text.length;
      node = node.nextSibling;
    }
  }
}

/** Where to break a text that has so much of its piece before it; `undefined` where it does not fill the piece. */
function breakAfter(text: string, before: number): number | undefined {
  BREAK.lastIndex = Math.max(0, PIECE_SIZE - before);
  const longest = LONGEST_PIECE - before;
  const found = BREAK.exec(text);
  if (found && found.index < longest) return found.index + 1;
  if (text.length < longest) return undefined;
  const at = Math.max(1, longest);
  return /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) ? at + 1 : at;
}

function nextLoose(paragraph: Element): ChildNode | null {
  const last = paragraph.lastElementChild;
  if (!last) return paragraph.firstChild;
  for (let at: Element | null = last; at; at = at.previousElementSibling) {
    if (at.classList.contains('piece')) return at.nextSibling;
  }
  return paragraph.firstChild;
}

function wrapUntil(paragraph: Element, end: ChildNode): void {
  const piece = element('span', 'piece');
  let node = nextLoose(paragraph);
  end.after(piece);
  while (node) {
    const next: ChildNode | null = node.nextSibling;
    piece.append(node);
    if (node === end) return;
    node = next;
  }
}
