/** What is looked for, as the find bar has it. */
export interface FindQuery {
  readonly text: string;
  readonly isCaseSensitive: boolean;
  readonly isWholeWord: boolean;
}

/** [start, end) in UTF-16 units. */
export type Span = readonly [start: number, end: number];

/** The query as a pattern for `spansIn`; `undefined` where nothing is looked for. White space stands for any white space. */
export function patternOf({ text, isCaseSensitive, isWholeWord }: FindQuery): RegExp | undefined {
  if (text === '') return undefined;
  const literal = text
    .split(/\s+/)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`))
    .join(String.raw`\s+`);
  const source = isWholeWord ? `(?<![\\p{L}\\p{N}_])${literal}(?![\\p{L}\\p{N}_])` : literal;
  // With "u" two letters are the same whatever their case, and none changes its length for being compared.
  return new RegExp(source, isCaseSensitive ? 'gu' : 'giu');
}

/** Where `text` matches, at most `most` times. */
export function spansIn(text: string, pattern: RegExp, most = Number.POSITIVE_INFINITY): Span[] {
  const spans: Span[] = [];
  pattern.lastIndex = 0;
  while (spans.length < most) {
    const match = pattern.exec(text);
    if (!match) break;
    spans.push([match.index, match.index + match[0].length]);
  }
  return spans;
}

/** Marks that may stand inside of a word in markdown and are not shown. */
const INVISIBLE = /[*_~`]/g;
/** A character that is written by its name or number: it may be any. */
const ENTITY = /&#?\w+;/;

/**
 * Whether markdown may show the query somewhere, at a small part of what parsing it costs: all of its words are in there. Says
 * yes too often, never no where it does.
 */
export function mayShow(source: string, { text, isCaseSensitive }: FindQuery): boolean {
  const words = text.replace(INVISIBLE, '').match(/[\p{L}\p{N}]+/gu);
  if (!words || ENTITY.test(source)) return true;
  const bare = source.replace(INVISIBLE, '');
  return words.every((word) => new RegExp(word, isCaseSensitive ? 'u' : 'iu').test(bare));
}
