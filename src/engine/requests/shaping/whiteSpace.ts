import { splitAtFences } from './fences';

/** Shows that a text is a diff or a patch: there a space at a line's end means an empty line that stays. */
const DIFF = /^(?:@@ -\d|diff --git )/m;
/** Whether there may be anything to do: most text is left as it is after this one look. */
const CANDIDATE = /\r\n|[ \t]\n|\n{4}|[\u{200B}\u{2060}\u{FEFF}\u{AD}]/u;
/** Zero-width characters without a meaning. A zero-width space is one in scripts that write no spaces, so it stays there. */
const INVISIBLE =
  /[\u{2060}\u{FEFF}\u{AD}]|(?<![\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Tibetan}])\u{200B}/gu;

/**
 * The text without what a model can't make anything of:
 * - CRLF becomes LF; lines of white space only become empty; more than two spaces at a line's end become two (which is a line break in
 *   markdown, and columns padded to a terminal's width are what costs); three and more empty lines become one;
 * - zero-width characters go: byte order mark, word joiner, soft hyphen, and zero-width space outside scripts that need it.
 *
 * Left byte for byte: fenced code, lines with fence marks, texts that look like a diff, tabs at a line's end (an empty last column),
 * control characters (separators and terminal colours carry meaning). Never longer; doing it twice changes nothing more.
 */
export function compactWhiteSpace(text: string): string {
  if (!CANDIDATE.test(text) || DIFF.test(text)) return text;
  let compacted = '';
  for (const stretch of splitAtFences(text)) {
    compacted += stretch.kind === 'prose' ? compactProse(stretch.text) : stretch.text;
  }
  return compacted;
}

function compactProse(prose: string): string {
  const lines = prose.split('\n');
  const last = lines.length - 1;
  return lines
    .map((line, index) => (index === last ? withoutInvisible(line) : compactLine(line)))
    .join('\n')
    .replace(/(^|[^\n]\n)\n{3,}/g, '$1\n');
}

/** A line that had a line end. */
function compactLine(line: string): string {
  return withoutInvisible(line)
    .replace(/\r+$/, '')
    .replace(/^[ \t]+$/, '')
    .replace(/ {3,}$/, '  ');
}

/** Without the invisible character between them some marks could become a fence, so such lines stay. */
function withoutInvisible(line: string): string {
  return /[`~]/.test(line) ? line : line.replace(INVISIBLE, '');
}
