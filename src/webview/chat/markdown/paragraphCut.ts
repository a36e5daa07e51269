import { endsInOpenFormula } from './mathRules';

/** Stands for the finished part of an open paragraph; a letter, so that what follows reads as the middle of a line. */
export const PARAGRAPH_STAND_IN = 'x';

/** Text left behind a cut, in UTF-16 units: what is being written may still change how it reads. */
const KEEP = 200;

/** From here on a paragraph is cut even where something is open; the parse at the end of the reply corrects it. */
const FORCE_AT = 6_000;

/** And from here on where there is no end of a word either. */
const FORCE_WITHIN_WORD_AT = 8_000;

const WIDE = /[\u3000-\u30FF\u3400-\u9FFF\uAC00-\uD7AF\uFF01-\uFF60]/;

/**
 * Where a long open paragraph can be cut in two that read the same apart as together: after a word (or a Chinese, Japanese or
 * Korean character), with no emphasis, code span or link open. `leftovers` gives the literal text that inline parsing left.
 */
export function paragraphCut(
  content: string,
  leftovers: (before: string) => string,
): number | undefined {
  let first: number | undefined;
  for (const share of [1, 0.66, 0.33]) {
    const cut = boundaryBefore(content, Math.floor((content.length - KEEP) * share));
    if (cut === undefined) continue;
    first ??= cut;
    const before = content.slice(0, cut);
    const left = leftovers(before);
    if (!hasOpener(left) && !endsInOpenFormula(before, left)) return cut;
  }
  if (content.length < FORCE_AT) return undefined;
  return first ?? (content.length < FORCE_WITHIN_WORD_AT ? undefined : hardCut(content));
}

/** Where a text without any such place is cut: not inside of a character. */
export function hardCut(content: string): number {
  const at = content.length - KEEP;
  return /[\uD800-\uDBFF]/.test(content.charAt(at - 1)) ? at - 1 : at;
}

/** A place between words (or wide characters), where neither side can belong to the other's markup or to a hard break. */
function boundaryBefore(content: string, from: number): number | undefined {
  for (let at = from; at > from / 2 && at > 0; at--) {
    const before = content.charAt(at - 1);
    const after = content.charAt(at);
    const isWordEnd = /[^\s\\]/.test(before) && (after === ' ' || after === '\n');
    const isWide = WIDE.test(before) && WIDE.test(after);
    if ((isWordEnd && /\S/.test(content.charAt(at + 1))) || isWide) return at;
  }
  return undefined;
}

function hasOpener(text: string): boolean {
  const unpaired = text.replace(/\[[^[\]]*\]/g, '');
  return /\*(?=\S)|~(?=\S)|(?<![\p{L}\p{N}])_(?=\S)|[`[]/u.test(unpaired);
}
