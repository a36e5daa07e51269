/**
 * Texts as the search sees them: the terms that are put into the index, and the same terms with their places, for the excerpt.
 *
 * The terms are made here and not by one of SQLite's tokenizers, for what people look for in a chat about code:
 * - a word by its beginning, without regard to case, accents and width;
 * - an identifier (`getUserById`, `get_user_by_id`, either way of writing) as a whole and from each of its parts on;
 * - Chinese, Japanese, Korean and the South-East Asian scripts without spaces: as pairs of neighbouring characters, so that words of two
 *   characters, the most frequent ones, are found (SQLite's `trigram` finds nothing below three). Longer ones are pairs that are all
 *   there; that they are in one place is checked in the text.
 *
 * Terms hold letters, digits and marks only, so that none of them means anything in a query of FTS5.
 */

/** A longer word is known by its beginning. UTF-16 units. */
export const MAX_TERM = 40;
/** What is longer, or has more parts, is no identifier: a hash, a picture as text. */
const MAX_IDENTIFIER = 100;
const MAX_PARTS = 16;

const RUN = /[\p{L}\p{N}\p{M}_]+/uy;
/** Scripts that put no spaces between words, or endings on them (Korean). */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}々ー]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}々ー]+/gu;
const IS_UNSPACED =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}々ー]/u;
/** Below Thai nothing is unspaced. */
const MAY_BE_UNSPACED = /[\u0e00-\uffff]/;
const MAY_HAVE_PARTS = /_|.[\p{Lu}]/u;
const PART_BORDER = /_+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const IS_ASCII = /^[\0-\x7f]*$/;
/** See `isEastAsian`. */
const IS_FOLDED = /^[\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff\uac00-\ud7a3]*$/;
/** Instead of a place to go on at. */
const STOP = -1;

const NO_LETTER = 0;
const LOWER = 1;
const UPPER = 2;
const UNDERSCORE = 3;
/** What each ASCII character is. */
const ASCII_KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[a-z\d]/.test(character)) return LOWER;
  if (/[A-Z]/.test(character)) return UPPER;
  return character === '_' ? UNDERSCORE : NO_LETTER;
});

/**
 * - `plain` an ASCII word without parts: folding it is lower case
 * - `word` any other word of a script with spaces; `unspaced` a stretch of one without
 */
export type SegmentKind = 'plain' | 'word' | 'unspaced';

/** Gets [start, end) of a text; `false` ends the scan. */
export type SegmentVisitor = (start: number, end: number, kind: SegmentKind) => boolean;

/** The words of a text, one after the other. By character codes: messages may have megabytes, most of it ASCII. */
export function scanSegments(text: string, visit: SegmentVisitor): void {
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code < 0x80 && ASCII_KINDS[code] === NO_LETTER) {
      at++;
      continue;
    }
    const next =
      scanAscii(text, at, visit) ?? scanEastAsian(text, at, visit) ?? scanRun(text, at, visit);
    if (next === STOP) return;
    at = next;
  }
}

/** Where to go on after a word of ASCII alone; `undefined`: there is none here. */
function scanAscii(text: string, at: number, visit: SegmentVisitor): number | undefined {
  const { end, isPlain } = asciiWord(text, at);
  const after = text.charCodeAt(end);
  if (end === at || (after >= 0x80 && !isEastAsian(after))) return undefined;
  return visit(at, end, isPlain ? 'plain' : 'word') ? end : STOP;
}

/** The same for the characters that most of a Chinese, Japanese or Korean text is of. */
function scanEastAsian(text: string, at: number, visit: SegmentVisitor): number | undefined {
  let end = at;
  while (isEastAsian(text.charCodeAt(end))) end++;
  const after = text.charCodeAt(end);
  const isBorder = !(after >= 0xe00) || isEastAsianSign(after);
  if (end === at || !isBorder) return undefined;
  return visit(at, end, 'unspaced') ? end : STOP;
}

function asciiWord(text: string, start: number): { end: number; isPlain: boolean } {
  let isPlain = true;
  let end = start;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    const kind = code < 0x80 ? ASCII_KINDS[code] : NO_LETTER;
    if (kind === NO_LETTER) break;
    if (kind === UNDERSCORE || (kind === UPPER && end > start)) isPlain = false;
  }
  return { end, isPlain };
}

/** A run of any letters, if there is one here. Returns where to go on. */
function scanRun(text: string, at: number, visit: SegmentVisitor): number {
  RUN.lastIndex = at;
  const run = RUN.exec(text)?.[0];
  if (run === undefined) return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  const end = at + run.length;
  if (!MAY_BE_UNSPACED.test(run)) return visit(at, end, 'word') ? end : STOP;
  for (const { 0: part, index } of run.matchAll(UNSPACED)) {
    const start = at + index;
    const kind = IS_UNSPACED.test(part) ? 'unspaced' : 'word';
    if (!visit(start, start + part.length, kind)) return STOP;
  }
  return end;
}

/** Kana, unified Han and Hangul syllables: letters that folding leaves as they are. */
function isEastAsian(code: number): boolean {
  return (
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0x3041 && code <= 0x3096) ||
    (code >= 0x30a1 && code <= 0x30fa) ||
    code === 0x30fc ||
    code === 0x3005
  );
}

/** Brackets, full stop and comma, and the full-width ones among them. */
function isEastAsianSign(code: number): boolean {
  return (
    (code >= 0x3000 && code <= 0x3003) ||
    (code >= 0x3008 && code <= 0x3011) ||
    (code >= 0xff08 && code <= 0xff0f) ||
    (code >= 0xff1a && code <= 0xff1f) ||
    code === 0xff01
  );
}

/** Adds the terms under which a text is found, until there are `limit`. */
export function addTerms(text: string, terms: Set<string>, limit: number): void {
  scanSegments(text, (start, end, kind) => {
    if (terms.size >= limit) return false;
    if (kind === 'plain')
      terms.add(text.slice(start, Math.min(end, start + MAX_TERM)).toLowerCase());
    else if (kind === 'word') addWord(text.slice(start, end), terms);
    else addPairs(fold(text.slice(start, end)), terms);
    return true;
  });
}

function addWord(word: string, terms: Set<string>): void {
  let tail = '';
  for (const part of partsOf(word).toReversed()) {
    tail = part + tail;
    if (part !== '') terms.add(part.slice(0, MAX_TERM));
    if (tail !== '') terms.add(tail.slice(0, MAX_TERM));
  }
}

/** Each character with the next one, and the last one alone: a single character is found as the beginning of a pair. */
function addPairs(folded: string, terms: Set<string>): void {
  if (IS_FOLDED.test(folded)) {
    for (let at = 0; at < folded.length; at++) terms.add(folded.slice(at, at + 2));
    return;
  }
  let last = '';
  for (const character of folded) {
    if (last !== '') terms.add(last + character);
    last = character;
  }
  if (last !== '') terms.add(last);
}

/** `getUserById` as `get`, `user`, `by`, `id`; any other word as itself. All folded. */
export function partsOf(word: string): string[] {
  if (word.length > MAX_IDENTIFIER || !MAY_HAVE_PARTS.test(word)) return [fold(word)];
  const parts = word.split(PART_BORDER);
  if (parts.length > MAX_PARTS) return [fold(word)];
  return parts.map(fold);
}

/** Without case, accents, width and underscores. */
export function fold(text: string): string {
  if (IS_FOLDED.test(text)) return text;
  if (IS_ASCII.test(text)) return text.toLowerCase().replaceAll('_', '');
  const plain = text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFKC');
  // Some characters are short for several, with a space or a bracket among them. The lower case of Σ depends on where it stands.
  return plain
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, '')
    .replaceAll('ς', 'σ');
}
