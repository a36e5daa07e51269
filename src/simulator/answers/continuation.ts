import type { Random } from '../random';
import { anchorIn } from './anchor';

/**
 * How an answer that broke off goes on when a user message asks for it: with the next character; after repeating its last words;
 * after words of its own and its last words in another form; with the code fence opened again; or any of these by seed.
 */
export const CONTINUATION_STYLES = ['exact', 'repeat', 'rephrase', 'reopen', 'mixed'] as const;
export type ContinuationStyle = (typeof CONTINUATION_STYLES)[number];
type PlainStyle = Exclude<ContinuationStyle, 'mixed'>;

/** Share of continuations that begin as they were told to, where they do not go on exactly anyway. */
const OBEDIENT = 0.85;
const LAST_LINES = 0.25;
/** Characters. */
const LONGEST_REPEAT = 600;
const REPEATS_AFTER_LEAD_IN = 0.75;
const OPENS_ON_NEW_LINE = 0.5;

const LEAD_INS = [
  'Continuing from where I left off:',
  'Sure, here is the rest:',
  'Picking up where the reply stopped:',
  'Here is the continuation.',
] as const;

interface Continuation {
  readonly style: ContinuationStyle;
  /** Of the whole answer, what is there already. */
  readonly written: string;
  /** What is left of it. */
  readonly rest: string;
  /** What the user said to get it. */
  readonly instruction: string;
  readonly random: Random;
}

/** The text of a reply that goes on: `rest` at its end, after what the style puts before it. */
export function continuationText(continuation: Continuation): string {
  const { written, rest, instruction, random } = continuation;
  const style = plainStyle(continuation.style, random);
  if (style === 'exact') return rest;
  const anchor = anchorIn(instruction, written);
  if (anchor !== undefined && random.chance(OBEDIENT)) {
    const gap = /\s$/.test(anchor) ? '' : (/\s*$/.exec(written)?.[0] ?? '');
    return `${anchor}${gap}${rest}`;
  }
  switch (style) {
    case 'repeat':
      return lastWords(written, random) + rest;
    case 'rephrase':
      return rephrased(written, random) + rest;
    case 'reopen':
      return (reopened(written, random) ?? lastWords(written, random)) + rest;
  }
}

function plainStyle(style: ContinuationStyle, random: Random): PlainStyle {
  if (style !== 'mixed') return style;
  const styles = ['exact', 'repeat', 'rephrase', 'reopen'] as const;
  return styles[random.integer(0, styles.length - 1)] ?? 'exact';
}

/** The last 3 to 25 words, or the last line or two; to the letter. */
function lastWords(written: string, random: Random): string {
  if (random.chance(LAST_LINES)) {
    const lines = written.trimEnd().split('\n');
    const before = lines.slice(0, -random.integer(1, 2)).join('\n').length;
    const last = written.slice(before).replace(/^\n/, '');
    if (last.length <= LONGEST_REPEAT) return last;
  }
  const end = written.slice(-LONGEST_REPEAT).replace(/^[\uDC00-\uDFFF]/, '');
  const words = [...end.matchAll(/\S+/g)];
  return end.slice(words[Math.max(0, words.length - random.integer(3, 25))]?.index ?? 0);
}

function rephrased(written: string, random: Random): string {
  const leadIn = LEAD_INS[random.integer(0, LEAD_INS.length - 1)] ?? LEAD_INS[0];
  if (!random.chance(REPEATS_AFTER_LEAD_IN)) return `${leadIn}\n\n`;
  const words = lastWords(written, random);
  const end = /\s*$/.exec(words)?.[0] ?? '';
  return `${leadIn}\n\n${otherwise(words.trimEnd(), random)}${end}`;
}

/** The same words with another white space or case. */
function otherwise(words: string, random: Random): string {
  switch (random.integer(0, 3)) {
    case 0:
      return words.replaceAll(/\s+/g, ' ');
    case 1:
      return words.replace(/\p{Ll}/u, (letter) => letter.toUpperCase());
    case 2:
      return words.toLowerCase();
    default:
      return words.replaceAll(' ', '  ');
  }
}

/** The fence that `written` ends in, opened again, and the last whole line or the one that was cut. `undefined` outside of code. */
function reopened(written: string, random: Random): string | undefined {
  const opening = openFence(written);
  if (opening === undefined) return undefined;
  const body = written.slice(opening.end);
  const cutLine = body.lastIndexOf('\n') + 1;
  const lineBefore = body.lastIndexOf('\n', cutLine - 2) + 1;
  const isCut = cutLine < body.length;
  const from = isCut && random.chance(0.5) ? cutLine : lineBefore;
  const newLine = random.chance(OPENS_ON_NEW_LINE) ? '\n' : '';
  return `${newLine}${opening.line}\n${body.slice(from)}`;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})([^\n]*)\n/gm;

/** The line that opened the code block in which the text ends, and where the code begins. */
function openFence(written: string): { readonly line: string; readonly end: number } | undefined {
  let open: { line: string; end: number; mark: string } | undefined;
  for (const match of written.matchAll(FENCE)) {
    const [whole, mark = '', info = ''] = match;
    const closes = open && mark.startsWith(open.mark) && info.trim() === '';
    if (closes) open = undefined;
    else if (!open) open = { line: whole.trim(), end: match.index + whole.length, mark };
  }
  // A closing fence at the very end has no line break yet.
  const lastLine = written.slice(written.lastIndexOf('\n') + 1).trim();
  return open && lastLine.startsWith(open.mark) ? undefined : open;
}
