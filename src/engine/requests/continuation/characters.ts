const WORD = /[\p{L}\p{N}\p{M}_]/u;
const LETTER = /[\p{L}\p{M}]/u;
const SPACE = /\s/;
/** Scripts that put no spaces between words. */
const UNSPACED = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\uac00-\ud7af]/;

export function isWord(character: string): boolean {
  return WORD.test(character);
}

export function isLetter(character: string): boolean {
  return LETTER.test(character);
}

export function isSpace(character: string): boolean {
  return SPACE.test(character);
}

export function isUnspaced(character: string): boolean {
  return UNSPACED.test(character);
}

/** Whether a word may begin at `index`: not between two characters of one word or of one pair of surrogates. */
export function isBoundary(text: string, index: number): boolean {
  if (index <= 0 || index >= text.length) return true;
  const before = text.charAt(index - 1);
  const after = text.charAt(index);
  if (isLowSurrogate(after)) return false;
  return !isWord(before) || !isWord(after) || isUnspaced(before) || isUnspaced(after);
}

export function isHighSurrogate(character: string): boolean {
  return character >= '\ud800' && character <= '\udbff';
}

export function isLowSurrogate(character: string): boolean {
  return character >= '\udc00' && character <= '\udfff';
}

/** Where the line of `index` begins. */
export function lineStart(text: string, index: number): number {
  return text.lastIndexOf('\n', index - 1) + 1;
}
