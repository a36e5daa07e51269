/**
 * How well what was typed fits a path. As in fzf's first algorithm: a walk forwards finds whether and where the letters are there in
 * order, a walk backwards from the end tightens the place; then the place is scored. On top of it a file's name beats its folders.
 */

const MATCH = 16;
const CONSECUTIVE = 12;
const WORD_START = 10;
const NAME_START = 14;
const GAP = -2;
const MAX_GAP = -24;
const IN_NAME = 60;
const WHOLE_NAME = 60;
const NAME_PREFIX = 40;
const SUBSTRING = 24;

const SLASH = 47;

/** A word typed, in lower case, and the letters that a path must have for it. */
export interface FuzzyWord {
  readonly text: string;
  readonly mask: number;
}

/** Words of a query; all of them have to fit. Backslashes count as slashes. */
export function fuzzyWords(query: string): FuzzyWord[] {
  return query
    .toLowerCase()
    .replaceAll('\\', '/')
    .split(/\s+/u)
    .filter((text) => text !== '')
    .map((text) => ({ text, mask: letterMask(text) }));
}

/** One bit a letter, one for digits, one for each of a few marks: what lacks a bit can't match. */
export function letterMask(text: string): number {
  let mask = 0;
  for (let index = 0; index < text.length; index++) mask |= bitOf(text.charCodeAt(index));
  return mask;
}

function bitOf(code: number): number {
  if (code >= 97 && code <= 122) return 1 << (code - 97);
  if (code >= 48 && code <= 57) return 1 << 26;
  if (code === 46) return 1 << 27;
  if (code === 45) return 1 << 28;
  if (code === 95) return 1 << 29;
  if (code === SLASH) return 1 << 30;
  // One bit for all others, which is the sign.
  return 1 << 31;
}

/** `lower` is `path` in lower case and as long; `nameStart` is where the file's name begins. -Infinity: does not fit. */
export function fuzzyScore(word: string, path: string, lower: string, nameStart: number): number {
  const inName = word.includes('/') ? -1 : lower.indexOf(word, nameStart);
  if (inName >= 0) return substringScore(word, path, inName, nameStart) + IN_NAME;
  const anywhere = lower.indexOf(word);
  if (anywhere >= 0) return substringScore(word, path, anywhere, nameStart);
  const nameEnd = word.includes('/') ? -1 : lastLetter(word, lower, nameStart);
  if (nameEnd >= 0) return placeScore(word, path, lower, nameEnd, nameStart) + IN_NAME;
  const end = lastLetter(word, lower, 0);
  return end < 0 ? Number.NEGATIVE_INFINITY : placeScore(word, path, lower, end, nameStart);
}

/** Places in `path` of the letters that fit, as `fuzzyScore` sees them. */
export function fuzzyPlaces(word: string, lower: string, nameStart: number): number[] {
  const inName = word.includes('/') ? -1 : lower.indexOf(word, nameStart);
  const at = inName >= 0 ? inName : lower.indexOf(word);
  if (at >= 0) return Array.from({ length: word.length }, (_, index) => at + index);
  const nameEnd = word.includes('/') ? -1 : lastLetter(word, lower, nameStart);
  const end = nameEnd >= 0 ? nameEnd : lastLetter(word, lower, 0);
  return end < 0 ? [] : placesBackwards(word, lower, end);
}

function substringScore(word: string, path: string, at: number, nameStart: number): number {
  const { length } = word;
  let score = length * (MATCH + CONSECUTIVE) + SUBSTRING;
  if (at === nameStart) {
    score += NAME_START + NAME_PREFIX;
    const after = path.charCodeAt(at + length);
    // "app" for app.ts
    if (at + length === path.length || after === 46) score += WHOLE_NAME;
  } else if (isWordStart(path, at)) score += NAME_START;
  return score;
}

/** Where the last letter is when each is taken as early as possible; -1: they are not all there. */
function lastLetter(word: string, lower: string, from: number): number {
  let at = from - 1;
  for (let index = 0; index < word.length; index++) {
    at = lower.indexOf(word.charAt(index), at + 1);
    if (at < 0) return -1;
  }
  return at;
}

function placesBackwards(word: string, lower: string, end: number): number[] {
  const places = Array.from<number>({ length: word.length });
  let at = end + 1;
  for (let index = word.length - 1; index >= 0; index--) {
    at = lower.lastIndexOf(word.charAt(index), at - 1);
    places[index] = at;
  }
  return places;
}

function placeScore(
  word: string,
  path: string,
  lower: string,
  end: number,
  nameStart: number,
): number {
  let score = 0;
  let at = end + 1;
  let next = -1;
  for (let index = word.length - 1; index >= 0; index--) {
    at = lower.lastIndexOf(word.charAt(index), at - 1);
    score += MATCH;
    if (next >= 0)
      score += next === at + 1 ? CONSECUTIVE : Math.max(MAX_GAP, GAP * (next - at - 1));
    if (at === nameStart) score += NAME_START;
    else if (isWordStart(path, at)) score += WORD_START;
    next = at;
  }
  return score;
}

/** After a separator, a capital after a small letter, or a digit after none. */
function isWordStart(path: string, at: number): boolean {
  if (at === 0) return true;
  const before = path.charCodeAt(at - 1);
  const code = path.charCodeAt(at);
  if (isSeparator(before)) return !isSeparator(code);
  const isCapital = code >= 65 && code <= 90;
  return isCapital && before >= 97 && before <= 122;
}

function isSeparator(code: number): boolean {
  return code === SLASH || code === 46 || code === 45 || code === 95 || code === 32;
}
