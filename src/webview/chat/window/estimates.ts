import { assertNever } from '../../../base/assertNever';
import type { BlockNode, ItemNode, RowNode } from '../markdown/blockTree';

/** Average width of a letter in VS Code's fonts at 13 px, px. */
const LETTER_PX = 6.6;
/** A line of a reply at that size, px. */
const LINE_PX = 20;
/** Question, its box, footer and distances around them, px. */
const AROUND_PX = 108;

/** Shape of a text, all that its height is guessed from. */
export interface TextShape {
  readonly length: number;
  readonly lines: number;
}

export function shapeOf(text: string): TextShape {
  let lines = text === '' ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return { length: text.length, lines };
}

/** How high a turn may be, px. Blank lines count as the distance between blocks. */
export function estimateTurn(prompt: TextShape, answer: TextShape, widthPx: number): number {
  const letters = lettersIn(widthPx);
  const question = Math.min(8, wrapped(prompt, letters));
  return AROUND_PX + (question + wrapped(answer, letters)) * LINE_PX;
}

function lettersIn(widthPx: number): number {
  return Math.max(10, Math.min(widthPx, 880) / LETTER_PX);
}

function wrapped({ length, lines }: TextShape, letters: number): number {
  // Half of the lines are blank or short in what models write.
  return Math.max(lines * 0.9, lines * 0.5 + length / letters);
}

/** How high a block, list item or table row may be, in lines of text. */
export function estimateLines(node: BlockNode | ItemNode | RowNode, widthPx = 700): number {
  switch (node.kind) {
    case 'paragraph':
    case 'heading':
      return textLines(node.inline.content, widthPx) + 0.5;
    case 'code':
      return shapeOf(node.content).lines * 0.9 + 2.5;
    case 'rule':
      return 0.5;
    case 'definition':
      return 0;
    case 'row':
      return (
        Math.max(
          1,
          ...node.cells.map(({ content }) =>
            textLines(content, Math.max(180, widthPx / Math.max(1, node.cells.length))),
          ),
        ) + 0.5
      );
    case 'quote':
    case 'item':
    case 'footnote':
      return node.children.reduce((sum, child) => sum + estimateLines(child, widthPx - 24), 0);
    case 'list':
      return node.children.reduce((sum, child) => sum + estimateLines(child, widthPx - 24), 0.5);
    case 'table':
      return node.children.reduce((sum, child) => sum + estimateLines(child, widthPx), 2.5);
    default:
      return assertNever(node);
  }
}

function textLines(text: string, widthPx: number): number {
  return Math.ceil(text.length / lettersIn(widthPx));
}
