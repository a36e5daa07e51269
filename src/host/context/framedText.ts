import { createHash } from 'node:crypto';
import type { TextBlock } from '../../engine/types';

/** Hexadecimal digits of the hash: enough that no text holds its own. */
const MARK_LENGTH = 12;

/** What the model is told about a piece, in this order; empty ones are left out. */
export type FrameHead = Readonly<Record<string, string | undefined>>;

/**
 * One piece of context as one block: a line that opens it and says what it is, the text, a line that closes it.
 *
 * Opening and closing lines carry a mark that is a hash of head and text. A text can't hold its own hash, so nothing in it closes the
 * piece or opens another one; and the same piece is always the same bytes, so that the prompt cache holds.
 */
export function framedText(head: FrameHead, text: string): TextBlock {
  const attributes = Object.entries(head)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}="${attribute(value ?? '')}"`)
    .join(' ');
  const hash = createHash('sha256').update(`${attributes}\n${text}`).digest('hex');
  const mark = hash.slice(0, MARK_LENGTH);
  const body = text.endsWith('\n') ? text : `${text}\n`;
  return { type: 'text', text: `<context-${mark} ${attributes}>\n${body}</context-${mark}>` };
}

/** A name may hold anything that a file system allows: quotes, brackets, line ends. */
function attribute(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{FFFD}');
}
