import { isBoundary, isLowSurrogate, isSpace, lineStart } from './characters';

/** An anchor of fewer characters may occur by chance. */
const SHORTEST = 40;
/** One that is longer is repeated with mistakes. */
const LONGEST = 240;
/** A line that begins so near is repeated from its beginning. */
const LINE_REACH = 120;
/** Words longer than this are cut: a hash, a line of base64. */
const LONGEST_WORD = 80;

/**
 * The last words of `shown`: what a model is asked to begin with when it goes on. It begins where a word or, if near, a line does, and
 * is long enough to occur once only, where that takes 240 characters at most.
 */
export function chooseAnchor(shown: string): string {
  let start = shown.length;
  let found: number | undefined;
  const first = Math.max(0, shown.length - LONGEST);
  while (start > first) {
    start = wordBefore(shown, start, first);
    if (shown.length - start < SHORTEST && start > 0) continue;
    found = start;
    if (shown.indexOf(shown.slice(start)) === start) break;
  }
  const anchorStart = found ?? start;
  const line = lineStart(shown, anchorStart);
  return shown.slice(line >= shown.length - LINE_REACH ? line : anchorStart);
}

/** Where the word before `end` begins, with the white space behind it left out. */
function wordBefore(text: string, end: number, first: number): number {
  let at = end;
  while (at > first && isSpace(text.charAt(at - 1))) at--;
  const stop = Math.max(first, at - LONGEST_WORD);
  while (at > stop && !isSpace(text.charAt(at - 1))) at--;
  if (at === 0 || isSpace(text.charAt(at - 1))) return at;
  // No white space near: any place between two words, at worst between two characters.
  for (let inside = at + 1; inside < end; inside++) {
    if (isBoundary(text, inside)) return inside;
  }
  return isLowSurrogate(text.charAt(at)) ? at + 1 : at;
}
