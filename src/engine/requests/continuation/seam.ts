import { isLowSurrogate } from './characters';
import { closes, fenceLineAt, openFence } from './fences';
import type { FenceLine, OpenFence } from './fences';
import { leadInAt } from './leadIn';
import { Overlap } from './overlap';
import { splitPartial } from './partialText';

/** Characters beyond the anchor that are held back at most. */
const SLACK = 600;
/** A continuation that so far only repeats what is there is held back longer: none of it is to be shown. */
const LONGEST_REPETITION = 4_000;
/** A sentence that announces the continuation in words of its own. */
const LONGEST_LEAD_IN = 200;
const MOST_LEAD_INS = 3;
/** How a sentence begins that is none of the reply; a reply goes on in lower case, or with space or punctuation. */
const SENTENCE_START = /^[\p{Lu}\p{Lo}*_#>([{"“'‘…`]/u;
const SENTENCE_END = /[:.!…。：！"”>)\]*_]$/;
/** Where a quotation may begin inside a lead-in. */
const QUOTED = /[:："“«‘'`>]\s*/g;
/** The tag around the anchor in the question. */
const OPENING_TAG = '<last_words>';
const CLOSING: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”',
  '«': '»',
  '‘': '’',
  "'": "'",
  '`': '`',
};

export interface SeamOptions {
  readonly partial: string;
  readonly style: 'prefill' | 'ask';
  readonly anchor: string;
}

/** Where the continuation's own words begin, and what has to stand between them and the partial text. */
interface Cut {
  readonly at: number;
  readonly glue: '' | '\n';
}
type Verdict = Cut | 'wait' | 'none';

/**
 * Takes the text of a continuation as it arrives and gives out what really follows the partial text.
 *
 * A continuation may go on with the very next character, repeat the anchor or less or more of the partial's end (with other white space,
 * case or quotation marks), announce itself first, or open the code block again that is still open. The longest overlap counts of
 * which there is no doubt; `Overlap` says what that is. In doubt a repetition stays: words are never lost. The model was shown the
 * partial without white space at its end, so the continuation's first white space is all that belongs there, and what the partial had
 * of it is not given out twice.
 *
 * Only the beginning is held back until the seam is decided: at most the anchor's length and 600 characters, or 4,000 while all of it
 * is a repetition.
 */
export class Seam {
  readonly #anchor: string;
  readonly #ask: boolean;
  readonly #shown: string;
  readonly #tail: string;
  readonly #fence: OpenFence | undefined;
  readonly #overlap: Overlap;
  /** What arrived before the seam was decided. */
  #held = '';
  /** Decided, but the partial's own white space has not been met yet. */
  #meeting = false;
  #decided = false;

  constructor({ partial, style, anchor }: SeamOptions) {
    const { shown, tail } = splitPartial(partial);
    this.#anchor = anchor;
    this.#ask = style === 'ask';
    this.#shown = shown;
    this.#tail = tail;
    this.#fence = openFence(shown);
    this.#overlap = new Overlap(shown, { style, anchor });
  }

  /** Whether everything from now on goes through as it comes. */
  get decided(): boolean {
    return this.#decided;
  }

  /** @returns what follows the partial so far; empty while undecided */
  push(text: string): string {
    return this.#decided ? text : this.#take(text, false);
  }

  /** To be called at the end of the stream. @returns what was still held back */
  flush(): string {
    return this.#decided ? '' : this.#take('', true);
  }

  #take(text: string, final: boolean): string {
    this.#held += text;
    if (!this.#meeting) {
      const cut = this.#find(final);
      if (cut === 'wait') return '';
      this.#held = cut.glue + this.#held.slice(cut.at);
      this.#meeting = true;
    }
    if (this.#tail !== '' && !final && /^\s*$/.test(this.#held)) return '';
    const met = meet(this.#tail, this.#held);
    this.#held = '';
    this.#decided = true;
    return met;
  }

  #find(final: boolean): Cut | 'wait' {
    const exact: Cut = { at: 0, glue: this.#missingNewline(0) };
    if (this.#shown === '' || (final && this.#held === '')) return { at: 0, glue: '' };
    const last = final || this.#held.length >= this.#anchor.length + SLACK;
    const verdict = this.#read(
      { from: 0, leadIns: 0, reopened: false, strong: false },
      last,
      final,
    );
    return verdict === 'none' ? exact : verdict;
  }

  /** Reads the continuation from one place on: an overlap, or what may stand before one. */
  #read(place: Reading, last: boolean, final: boolean): Verdict {
    if (!last && this.#held.length === place.from) return 'wait';
    const repeated = this.#repetition(place, last, final);
    if (repeated !== 'none') return repeated;
    const opened = this.#reopening(place, last, final);
    if (opened !== 'none') return opened;
    if (place.reopened) return 'none';
    const announced = this.#announcement(place, last, final);
    if (announced !== 'none') return announced;
    return place.strong ? 'none' : this.#ownWords(place, last, final);
  }

  #repetition(place: Reading, last: boolean, final: boolean): Verdict {
    const match = this.#overlap.match(this.#held, place, !final);
    if (match.kind === 'open' && (!last || this.#onlyRepeats(match.length))) return 'wait';
    const whole = match.kind === 'open' ? this.#overlap.match(this.#held, place, false) : match;
    if (whole.kind === 'cut') return { at: whole.end, glue: '' };
    const fence = this.#repeatedFence(place, last);
    return fence === 'none' ? this.#quotation(place, last, final) : fence;
  }

  #onlyRepeats(length: number): boolean {
    return length > SLACK / 2 && this.#held.length < LONGEST_REPETITION;
  }

  /** The partial's last line opens or closes a code block, and the continuation begins with it once more. */
  #repeatedFence({ from }: Reading, last: boolean): Verdict {
    const line = this.#shown.slice(this.#shown.lastIndexOf('\n') + 1);
    const fence = fenceLineAt(line, 0);
    if (!fence) return 'none';
    const end = from + line.length;
    if (!this.#held.startsWith(line, from)) {
      return !last && line.startsWith(this.#held.slice(from)) ? 'wait' : 'none';
    }
    if (end === this.#held.length && !last) return 'wait';
    // Longer marks are another fence, and so is one with a language, unless it was to come.
    const behind = this.#held.charAt(end);
    const another = behind === fence.character || (this.#fence === undefined && behind !== '\n');
    return another ? 'none' : { at: end, glue: '' };
  }

  /** The anchor between quotation marks, or behind an ellipsis. */
  #quotation({ from }: Reading, last: boolean, final: boolean): Verdict {
    const mark = /^\s*(?:(["“«‘'`])|\.{3}|…|<last_words>)\s*/.exec(this.#held.slice(from));
    if (!mark || !this.#ask) {
      const begun = this.#held.slice(from).trimStart();
      return this.#ask && !last && OPENING_TAG.startsWith(begun) ? 'wait' : 'none';
    }
    const match = this.#overlap.match(
      this.#held,
      { from: from + mark[0].length, reopened: false, strong: true },
      !final,
    );
    if (match.kind === 'open') return last ? 'none' : 'wait';
    if (match.kind === 'none') return 'none';
    const closing = mark[0].includes('<') ? '</last_words>' : CLOSING[mark[1] ?? ''];
    return this.#afterQuotation(match.end, closing, last);
  }

  #afterQuotation(end: number, closing: string | undefined, last: boolean): Verdict {
    if (closing === undefined) return { at: end, glue: '' };
    const rest = this.#held.slice(end);
    const mark = closing.trim();
    const after = rest.trimStart();
    if (after.startsWith(mark)) {
      const behind = this.#held.length - after.length + mark.length;
      const blank = /^\s*\n/.exec(this.#held.slice(behind))?.[0].length ?? 0;
      if (!last && this.#held.slice(behind).trim() === '') return 'wait';
      return { at: behind + blank, glue: '' };
    }
    return !last && mark.startsWith(after) ? 'wait' : { at: end, glue: '' };
  }

  /** The open code block's first line once more. */
  #reopening(place: Reading, last: boolean, final: boolean): Verdict {
    if (this.#fence === undefined || place.reopened) return 'none';
    const start = place.from + (/^\s*/.exec(this.#held.slice(place.from))?.[0].length ?? 0);
    const line = fenceLineAt(this.#held, start);
    if (!line) {
      const begun = this.#held.slice(start);
      return !last && /^[`~]{0,2}$/.test(begun) ? 'wait' : 'none';
    }
    if (!line.ended) return last ? 'none' : 'wait';
    const reading: Reading = { ...place, from: line.end, reopened: true };
    const inside = this.#read(reading, last, final);
    if (inside !== 'none') return inside;
    if (place.strong || !reopens(line, this.#fence)) return 'none';
    return { at: line.end, glue: this.#newLine() };
  }

  /** A sentence that is known to announce the continuation. */
  #announcement(place: Reading, last: boolean, final: boolean): Verdict {
    if (place.leadIns === MOST_LEAD_INS || /^\s/.test(this.#held)) return 'none';
    const leadIn = leadInAt(this.#held, place.from);
    if (leadIn.kind === 'none') return 'none';
    if (leadIn.kind === 'more') return last ? 'none' : 'wait';
    const reading: Reading = { ...place, from: leadIn.end, leadIns: place.leadIns + 1 };
    if (!final && leadIn.end === this.#held.length) return 'wait';
    const inside = this.#read(reading, last, final);
    if (inside !== 'none' || leadIn.kind === 'mention' || place.strong) return inside;
    return { at: leadIn.end, glue: '' };
  }

  /** A sentence of any other words counts as an announcement when the whole anchor follows. */
  #ownWords({ from, leadIns }: Reading, last: boolean, final: boolean): Verdict {
    const text = this.#held.slice(from);
    if (!this.#ask || leadIns > 0 || !SENTENCE_START.test(text)) return 'none';
    const newline = text.indexOf('\n');
    const line = newline < 0 ? text : text.slice(0, newline);
    if (line.length > LONGEST_LEAD_IN) return 'none';
    for (const { index, 0: mark } of line.matchAll(QUOTED)) {
      const begin = from + index + mark.length;
      const place = { from: begin, reopened: false, strong: true };
      const match = this.#overlap.match(this.#held, place, !final);
      const quote = CLOSING[mark.charAt(0)];
      if (match.kind === 'cut') return this.#afterQuotation(match.end, quote, last);
    }
    if (newline < 0) return last ? 'none' : 'wait';
    if (!SENTENCE_END.test(line.trimEnd())) return 'none';
    const reading: Reading = {
      from: from + newline + 1,
      leadIns: 1,
      reopened: false,
      strong: true,
    };
    return this.#read(reading, last, final);
  }

  /** What an exact continuation lacks when the model left out a line's end that only can be there. */
  #missingNewline(from: number): Cut['glue'] {
    const line = fenceLineAt(this.#held, from);
    if (this.#fence && line && closes(line, this.#fence)) return this.#newLine();
    const table = /^[ \t]*\|.*\|$/.test(this.#shown.slice(this.#shown.lastIndexOf('\n') + 1));
    return table && /^\|\s/.test(this.#held) ? this.#newLine() : '';
  }

  #newLine(): Cut['glue'] {
    return this.#tail.includes('\n') ? '' : '\n';
  }
}

/** A place in the continuation, with what was read on the way to it. */
interface Reading {
  readonly from: number;
  readonly leadIns: number;
  readonly reopened: boolean;
  readonly strong: boolean;
}

/** Whether `line` opens the block again that is open. A line with a language can't close one; one without may. */
function reopens(line: FenceLine, open: OpenFence): boolean {
  if (line.character !== open.character || line.length < open.length || line.info === '')
    return false;
  const nests = open.info === '' || /^(?:md|markdown|text|txt)\b/i.test(open.info);
  return !nests || line.info.toLowerCase() === open.info.toLowerCase();
}

/**
 * What follows `tail`, the partial's last white space (and half a character), of a continuation that did not see it: what the
 * continuation begins with is neither doubled nor lost.
 */
function meet(tail: string, text: string): string {
  if (tail === '' || text.startsWith(tail)) return text.slice(tail.length);
  const space = /^\s*/.exec(text)?.[0] ?? '';
  const blank = tail.trimEnd();
  const half = tail.slice(blank.length === 0 ? tail.length : -1);
  if (half !== '') {
    const rest = text.slice(space.length);
    if (isLowSurrogate(rest.charAt(0))) return rest;
    return rest.startsWith(half) ? rest.slice(half.length) : text;
  }
  if (tail.startsWith(space) || (space === ' ' && tail.includes('\n')))
    return text.slice(space.length);
  for (let length = Math.min(tail.length, space.length); length > 0; length--) {
    if (space.startsWith(tail.slice(-length))) return text.slice(length);
  }
  return text;
}
