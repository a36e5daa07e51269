import type { Match } from './searchQuery';

/** About two lines of a narrow side bar. UTF-16 units. */
const LENGTH = 160;
const LEAD = 30;
/** A single word that is longer is cut, too. */
const MAX_LENGTH = 2 * LENGTH;

export interface Excerpt {
  readonly text: string;
  readonly matches: readonly (readonly [number, number])[];
  /** How many of the things that were looked for are in it. */
  readonly found: number;
}

/** The stretch of a text with most of what was looked for, on one line. `matches` are in the order of the text. */
export function excerptOf(text: string, matches: readonly Match[]): Excerpt {
  const { first, last, found } = bestStretch(matches);
  // Near the end of a text there is room for more of what comes before.
  const latest = Math.max(0, text.length - LENGTH + LEAD);
  const start = Math.min(matches[first]?.start ?? 0, latest);
  const from = notInsidePair(text, wordBorder(text, start));
  const lastEnd = matches[last]?.end ?? 0;
  const end = Math.min(Math.max(from + LENGTH, lastEnd), from + MAX_LENGTH, text.length);
  const to = notInsidePair(text, end);
  let line = from > 0 ? '…' : '';
  const ranges: [number, number][] = [];
  let at = from;
  for (const match of matches.slice(first, last + 1)) {
    if (match.start < at || match.end > to) continue;
    line = onOneLine(line, text.slice(at, match.start));
    ranges.push([line.length, line.length + match.end - match.start]);
    line += text.slice(match.start, match.end);
    at = match.end;
  }
  line = onOneLine(line, text.slice(at, to)).trimEnd();
  return { text: to < text.length ? `${line}…` : line, matches: ranges, found };
}

/** The matches [first, last] that fit into an excerpt and hold the most different ones; the earliest of those. */
function bestStretch(matches: readonly Match[]): { first: number; last: number; found: number } {
  const counts = new Map<number, number>();
  let best = { first: 0, last: matches.length - 1, found: 0 };
  let first = 0;
  for (const [last, match] of matches.entries()) {
    counts.set(match.unit, (counts.get(match.unit) ?? 0) + 1);
    while (first < last && match.end - (matches[first]?.start ?? 0) > LENGTH - LEAD) {
      const unit = matches[first]?.unit ?? 0;
      const left = (counts.get(unit) ?? 1) - 1;
      if (left === 0) counts.delete(unit);
      else counts.set(unit, left);
      first++;
    }
    if (counts.size > best.found) best = { first, last, found: counts.size };
  }
  return { ...best, last: lastWithin(matches, best.first) };
}

/** Later matches that are in the excerpt anyway are marked, too. */
function lastWithin(matches: readonly Match[], first: number): number {
  const end = (matches[first]?.start ?? 0) + LENGTH - LEAD;
  const next = matches.findIndex((match, index) => index > first && match.end > end);
  return next < 0 ? matches.length - 1 : next - 1;
}

/** A place a little before `start`, at the beginning of a word. */
function wordBorder(text: string, start: number): number {
  const earliest = Math.max(0, start - LEAD);
  if (earliest === 0) return 0;
  const space = text.slice(earliest, start).search(/\s/u);
  return space < 0 ? earliest : earliest + space + 1;
}

function notInsidePair(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? Math.max(0, at - 1) : at;
}

function onOneLine(line: string, added: string): string {
  const flat = added.replaceAll(/[\s\p{Cc}]+/gu, ' ');
  return flat.startsWith(' ') && (line === '' || line.endsWith(' '))
    ? line + flat.slice(1)
    : line + flat;
}
