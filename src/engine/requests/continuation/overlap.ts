import { isBoundary, isLetter, isSpace, isUnspaced, isWord, lineStart } from './characters';
import { openFence } from './fences';

/** So much of the partial's end is looked at. */
const WINDOW = 4_000;
/** Least weight (characters that are no white space, two for each of a script without spaces) of an overlap that is no accident. */
const CERTAIN = {
  prefill: 24,
  prose: 8,
  /** A word from its beginning. */
  word: 4,
  /** Code and tables repeat themselves. */
  structured: 6,
  /** The same behind a sentence that announced it. */
  announced: 3,
  /** Whole lines of them. */
  lines: 6,
  /** After a reopened code block. */
  reopened: 4,
  /** Behind a space, which a continuation would begin with. */
  spaced: 12,
} as const;
const FOLDED: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '‘': "'",
  '’': "'",
  '–': '-',
  '—': '-',
  '‑': '-',
};

export type Match =
  /** What arrived may yet become an overlap. */
  | { readonly kind: 'open'; readonly length: number }
  /** The partial goes on at `end`. */
  | { readonly kind: 'cut'; readonly end: number }
  | { readonly kind: 'none' };

/** Where in the continuation an overlap is looked for. */
export interface Place {
  readonly from: number;
  /** Behind a code block's opening line that was opened again. */
  readonly reopened: boolean;
  /** Only the whole anchor counts. */
  readonly strong: boolean;
}

interface Folded {
  readonly text: string;
  /** Where each character was. */
  readonly at: readonly number[];
}

/** The end of a partial text, to be found again at the beginning of what follows, white space and case left aside. */
export class Overlap {
  readonly #shown: string;
  readonly #tail: Folded;
  readonly #prefill: boolean;
  readonly #anchorStart: number;
  readonly #anchorRepeats: boolean;
  readonly #structured: boolean;

  constructor(
    shown: string,
    options: { readonly style: 'prefill' | 'ask'; readonly anchor: string },
  ) {
    const { anchor, style } = options;
    this.#shown = shown;
    this.#tail = fold(shown, Math.max(0, shown.length - WINDOW));
    this.#prefill = style === 'prefill';
    this.#anchorStart = anchor === '' ? -1 : shown.length - anchor.length;
    const repeated = fold(anchor, 0).text;
    this.#anchorRepeats =
      this.#tail.text.indexOf(repeated) < this.#tail.text.length - repeated.length;
    const lastLine = shown.slice(lineStart(shown, shown.length));
    this.#structured = openFence(shown) !== undefined || /^\s*\|/.test(lastLine);
  }

  /**
   * The overlap at `place` of which there is no doubt: the anchor, else the longest one shorter than that, else the shortest one longer.
   * The model was asked for the anchor; only a text that repeats itself has several, and there the longer ones may be chance.
   * `patient`: what may yet become a longer one is waited for.
   */
  match(text: string, place: Place, patient: boolean): Match {
    const begun = fold(text, place.from);
    const { text: tail, at } = this.#tail;
    let longer: Match = { kind: 'none' };
    for (const [start, from] of at.entries()) {
      const length = tail.length - start;
      const isWhole = begun.text.length >= length;
      if (!isWhole && !patient) continue;
      const meets = isWhole
        ? begun.text.startsWith(tail.slice(start))
        : tail.startsWith(begun.text, start);
      if (!meets || !this.#eligible(from, place)) continue;
      if (!isWhole) return { kind: 'open', length: begun.text.length };
      const end = (begun.at[length - 1] ?? text.length - 1) + 1;
      if (!this.#certain(start, text, place, end)) continue;
      if (from >= this.#anchorStart) return { kind: 'cut', end };
      longer = { kind: 'cut', end };
    }
    return longer;
  }

  /** Whether an overlap may begin at `start` of the partial. In a text that repeats itself, one longer than the anchor may be chance. */
  #eligible(start: number, { strong, reopened }: Place): boolean {
    if (start === this.#anchorStart) return true;
    if (!isBoundary(this.#shown, start)) return false;
    return start > this.#anchorStart ? !strong : reopened || !this.#anchorRepeats;
  }

  /** Whether the overlap from `start` of the tail to `end` of the continuation can be nothing but a repetition. */
  #certain(start: number, text: string, place: Place, end: number): boolean {
    const from = this.#tail.at[start] ?? 0;
    const space = /^\s*/.exec(text.slice(place.from))?.[0] ?? '';
    // A reply goes on with the white space that the text lacks; a repetition begins with words.
    const startsLine = space.includes('\n') && place.from === 0;
    if (this.#prefill && !place.reopened) return space === '' && this.#certainPrefill(start);
    if (from <= this.#anchorStart) return this.#certainAnchor(from, space);
    if (place.strong) return false;
    if (startsLine) return this.#certainParagraph(start);
    if (place.reopened) return this.#certainLine(from, text, place);
    if (this.#structured) return this.#certainCode(start, space, place);
    return this.#certainProse(start, text, place, end);
  }

  /** A model that goes on from its own words repeats none of them, unless the text does. */
  #certainPrefill(start: number): boolean {
    if (this.#anchorRepeats || !this.#unique(start)) return false;
    return this.#weigh(this.#tail.at[start] ?? 0) >= CERTAIN.prefill;
  }

  /** The anchor, or what begins before it: that as it stands there, with its indentation. */
  #certainAnchor(from: number, space: string): boolean {
    if (from === this.#anchorStart) return space === '' || !this.#anchorRepeats;
    return this.#shown.slice(0, from).endsWith(space && `\n${space}`);
  }

  /** A code block that was opened again begins with a whole line. */
  #certainLine(from: number, text: string, place: Place): boolean {
    const line = lineStart(this.#shown, from);
    if (this.#shown.slice(line, from).trim() !== '') return this.#weigh(from) >= CERTAIN.spaced;
    return (
      this.#weigh(from) >= CERTAIN.reopened || text.startsWith(this.#shown.slice(line), place.from)
    );
  }

  /** Behind a line's end: a paragraph that is there already. A line of code or of a table may well come twice. */
  #certainParagraph(start: number): boolean {
    const from = this.#tail.at[start] ?? 0;
    const startsLine = from === lineStart(this.#shown, from);
    return !this.#structured && startsLine && this.#weigh(from) >= CERTAIN.spaced;
  }

  #certainCode(start: number, space: string, place: Place): boolean {
    const from = this.#tail.at[start] ?? 0;
    const wholeLines = this.#shown.slice(lineStart(this.#shown, from), from).trim() === '';
    const weight = this.#weigh(from);
    if (wholeLines && weight >= CERTAIN.lines) return true;
    if (space !== '' || !this.#unique(start)) return false;
    const distinct = distinctWordCharacters(this.#shown, from);
    if (place.from > 0) return weight >= CERTAIN.announced && distinct > 0;
    return weight >= CERTAIN.structured && distinct >= 3;
  }

  #certainProse(start: number, text: string, place: Place, end: number): boolean {
    const from = this.#tail.at[start] ?? 0;
    const repeated = this.#tail.text.slice(start);
    const weight = this.#weigh(from);
    if (this.#tail.text.endsWith(repeated, start)) return false;
    if (isSpace(text.charAt(place.from))) return weight >= CERTAIN.spaced;
    if (weight >= CERTAIN.prose) return distinctWordCharacters(this.#shown, from) >= 3;
    if (place.from > 0 && this.#isPhrase(from)) return true;
    return this.#certainWord(from, text, end);
  }

  /** Two words or more. */
  #isPhrase(from: number): boolean {
    const words = this.#shown.slice(from);
    return /\s/.test(words) && words.length > CERTAIN.word && distinctWordCharacters(words, 0) >= 3;
  }

  /** One word, to the letter: whole, as far as it had come, or behind the mark of a heading or a list. */
  #certainWord(from: number, text: string, end: number): boolean {
    const words = this.#shown.slice(from);
    const begin = end - words.length;
    const first = words.charAt(0);
    if (!text.startsWith(words, begin) || isUnspaced(first)) return false;
    const long = this.#weigh(from) >= CERTAIN.word;
    if (isLetter(first)) return long || this.#knows(text, begin, end);
    const startsLine = from === lineStart(this.#shown, from);
    return long && startsLine && distinctWordCharacters(words, 0) >= 3;
  }

  /** Whether the continuation's first word is one that the text has used, and so no rest of a word that was broken. */
  #knows(text: string, from: number, end: number): boolean {
    let stop = end;
    while (stop < text.length && isWord(text.charAt(stop))) stop++;
    if (stop === text.length) return false;
    const word = text.slice(from, stop);
    const before = this.#shown.slice(0, this.#shown.length - (end - from));
    for (let at = before.indexOf(word); at >= 0; at = before.indexOf(word, at + 1)) {
      const whole = !isWord(before.charAt(at - 1)) && !isWord(before.charAt(at + word.length));
      if (whole) return true;
    }
    return false;
  }

  #weigh(from: number): number {
    let weight = 0;
    for (let index = from; index < this.#shown.length; index++) {
      const character = this.#shown.charAt(index);
      if (!isSpace(character)) weight += isUnspaced(character) ? 2 : 1;
    }
    return weight;
  }

  #unique(start: number): boolean {
    return this.#tail.text.indexOf(this.#tail.text.slice(start)) === start;
  }
}

function distinctWordCharacters(text: string, from: number): number {
  return new Set(Array.from(text.slice(from)).filter(isWord)).size;
}

/** Without white space, in lower case, with plain quotation marks and dashes. */
function fold(text: string, from: number): Folded {
  let folded = '';
  const at: number[] = [];
  for (let index = from; index < text.length; index++) {
    const character = text.charAt(index);
    if (isSpace(character)) continue;
    const lower = character.toLowerCase();
    folded += FOLDED[character] ?? (lower.length === 1 ? lower : character);
    at.push(index);
  }
  return { text: folded, at };
}
