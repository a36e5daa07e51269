/** A stretch of text: `code` is a whole fenced block with its fences, `reference` stands for a repetition taken out. */
export interface Stretch {
  readonly kind: 'prose' | 'code' | 'reference';
  readonly text: string;
}

/** How the line begins that stands for a repetition. */
export const REFERENCE_START = '[The same text as above, ';

/** Quote marks, one list marker, indentation; then the fence and what follows it. */
const FENCE = /^([ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)(`{3,}|~{3,})(.*)$/;
/** How much deeper than its opening a closing fence may be. Source: CommonMark 0.31, section 4.5. */
const CLOSING_INDENT = 3;

interface OpenFence {
  readonly mark: string;
  readonly column: number;
}

/**
 * Splits text at the borders of fenced code, in quotes and lists too; the stretches joined are the text again. Where it is not clear
 * whether something is code it counts as code: a fence that is never closed reaches to the end.
 */
export function splitAtFences(text: string): Stretch[] {
  const stretches: Stretch[] = [];
  let start = 0;
  let open: OpenFence | undefined;
  const cut = (end: number, kind: Stretch['kind']): void => {
    if (end > start) stretches.push({ kind, text: text.slice(start, end) });
    start = end;
  };
  for (let at = 0; at < text.length;) {
    const end = lineEnd(text, at);
    const line = text.slice(at, end).replace(/\r?\n$/, '');
    if (open) {
      if (closes(line, open)) {
        cut(end, 'code');
        open = undefined;
      }
    } else if (line.startsWith(REFERENCE_START)) {
      cut(at, 'prose');
      cut(end, 'reference');
    } else {
      open = opened(line);
      if (open) cut(at, 'prose');
    }
    at = end;
  }
  cut(text.length, open ? 'code' : 'prose');
  return stretches;
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at + 1;
}

function opened(line: string): OpenFence | undefined {
  const match = FENCE.exec(line);
  if (!match) return undefined;
  const [, indent = '', mark = '', rest = ''] = match;
  // A line with a whole ```code``` is inline code.
  if (mark.startsWith('`') && rest.includes('`')) return undefined;
  return { mark, column: indent.length };
}

function closes(line: string, { mark, column }: OpenFence): boolean {
  const match = FENCE.exec(line);
  if (!match) return false;
  const [, indent = '', closing = '', rest = ''] = match;
  if (!closing.startsWith(mark) || rest.trim() !== '') return false;
  return /^[ \t>]*$/.test(indent) && indent.length <= column + CLOSING_INDENT;
}
