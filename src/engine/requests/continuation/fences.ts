/** A code block that a text opened and did not close. */
export interface OpenFence {
  readonly character: string;
  readonly length: number;
  /** The opening line after its marks, trimmed: mostly the language. */
  readonly info: string;
}

export interface FenceLine extends OpenFence {
  /** Where the line after it begins; the text's end where the line is not ended. */
  readonly end: number;
  /** Whether its end came. */
  readonly ended: boolean;
}

/** Marks of a code block at the start of a line, however deep in a list or quotation. */
const FENCE = /[ \t>]*(`{3,}|~{3,})([^\n]*)(\n|$)/y;

/** Reads the line at `from` as the opening or closing line of a code block. */
export function fenceLineAt(text: string, from: number): FenceLine | undefined {
  FENCE.lastIndex = from;
  const match = FENCE.exec(text);
  if (!match) return undefined;
  const [line, marks = '', rest = '', newline] = match;
  const character = marks.charAt(0);
  const info = rest.trim();
  // "```x```" is code inside a line.
  if (character === '`' && info.includes('`')) return undefined;
  return { character, length: marks.length, info, end: from + line.length, ended: newline !== '' };
}

/** Whether `line` ends the block that `open` began: the same marks, at least as many, nothing behind them (CommonMark 4.5). */
export function closes(line: OpenFence, open: OpenFence): boolean {
  return line.character === open.character && line.length >= open.length && line.info === '';
}

/** The code block that is open at the end of `text`. */
export function openFence(text: string): OpenFence | undefined {
  let open: OpenFence | undefined;
  for (let start = 0; start < text.length;) {
    const line = fenceLineAt(text, start);
    if (line && open === undefined) open = line;
    else if (line && open && closes(line, open)) open = undefined;
    const newline = text.indexOf('\n', start);
    if (newline < 0) break;
    start = newline + 1;
  }
  return open;
}
