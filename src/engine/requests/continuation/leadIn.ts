import { isUnspaced } from './characters';

/** How a sentence begins that speaks of going on instead of doing so. */
const OPENERS: readonly string[] = (
  'sure|certainly|of course|absolutely|okay|ok|right|understood|got it|apologies|sorry|my apologies|here|continuing|continued|' +
  "resuming|picking up|let me|i'll|i’ll|i will|to continue|as requested|好的|当然|抱歉|继续|接着|接上|以下"
).split('|');
/** What it then speaks of. Without one of these the sentence may be the reply's own: "Here is the code:". */
const SUBJECT =
  /continu|resum|\brest\b|remain|left off|pick(?:ing|ed)? (?:it )?up|cut off|broke off|stopped|interrupt|继续|接着|接上|剩余|其余|中断/i;
const ENDING = /[:.!…。：！)\]*_—-]$/;
const MARKUP = /^[\s*_#>([{"“'‘…—-]*/;
const LONGEST = 160;

/** `more`: its line has not ended yet. `mention`: only a greeting, no lead-in by itself. */
export type LeadIn =
  | { readonly kind: 'none' }
  | { readonly kind: 'more' }
  | { readonly kind: 'whole' | 'mention'; readonly end: number };

/** Reads the line at `from` as a sentence that announces the continuation ("Sure, here is the rest:"). */
export function leadInAt(text: string, from: number): LeadIn {
  const newline = text.indexOf('\n', from);
  const line = text.slice(from, newline < 0 ? undefined : newline);
  if (line.length > LONGEST) return { kind: 'none' };
  const words = line.replace(MARKUP, '').toLowerCase();
  const opened = OPENERS.some((opener) => words.startsWith(opener));
  if (newline < 0) {
    const mayOpen = opened || OPENERS.some((opener) => opener.startsWith(words));
    return mayOpen ? { kind: 'more' } : { kind: 'none' };
  }
  if (!opened || !ENDING.test(line.trimEnd()) || isLongUnspaced(line)) return { kind: 'none' };
  const end = from + line.length + blankLength(text, from + line.length);
  return { kind: SUBJECT.test(words) ? 'whole' : 'mention', end };
}

/** In Chinese the openers are ordinary words: only a short line with a colon announces. */
function isLongUnspaced(line: string): boolean {
  return isUnspaced(line.replace(MARKUP, '').charAt(0)) && !/^.{1,40}[：:]$/.test(line.trimEnd());
}

/** The line's end and a blank line behind it: what else there is of white space may be the reply's own. */
function blankLength(text: string, from: number): number {
  return /^\n(?:[ \t]*\n)?/.exec(text.slice(from))?.[0].length ?? 0;
}
