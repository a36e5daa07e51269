import { element } from '../../shared/dom';

/** Shown text after which a long paragraph is broken, UTF-16 units. */
const PIECE_SIZE = 4_000;

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
    const text: string = node.textContent ?? '';
    const at = node instanceof Text ? breakAfter(text, PIECE_SIZE - length) : undefined;
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

/** Offset after the first place to break at that leaves at least `least` before it. */
function breakAfter(text: string, least: number): number | undefined {
  BREAK.lastIndex = Math.max(0, least);
  const match = BREAK.exec(text);
  return match ? match.index + 1 : undefined;
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
