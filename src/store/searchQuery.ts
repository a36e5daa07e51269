import { fold, MAX_TERM, partsOf, scanSegments } from './searchWords';
import type { SegmentKind } from './searchWords';

/** Words of a query past this many are not looked at. */
const MAX_UNITS = 16;

/** One thing that must be found. Folded. */
export interface QueryUnit {
  readonly text: string;
  readonly isUnspaced: boolean;
  /** Whether a word that begins with it will do. */
  readonly isBeginning: boolean;
}

/** Where a unit was found: [start, end) in UTF-16 units of the text. */
export interface Match {
  readonly unit: number;
  readonly start: number;
  readonly end: number;
}

/**
 * What a person typed, as what must be found. The last word counts as a beginning, and so does an identifier, of which one often
 * knows only the first parts. Anything but letters and digits separates words and has no meaning of its own.
 */
export function parseQuery(query: string): QueryUnit[] {
  const segments: { readonly text: string; readonly end: number; readonly kind: SegmentKind }[] =
    [];
  scanSegments(query, (start, end, kind) => {
    segments.push({ text: query.slice(start, end), end, kind });
    return segments.length < MAX_UNITS;
  });
  const units = segments.map(({ text, end, kind }, index): QueryUnit => {
    if (kind === 'unspaced') return { text: fold(text), isUnspaced: true, isBeginning: true };
    // A space after the last word says that it is whole.
    const isLast = index === segments.length - 1 && !/^\s/u.test(query.slice(end));
    const parts = partsOf(text);
    const whole = parts.join('');
    return {
      text: whole.slice(0, MAX_TERM),
      isUnspaced: false,
      isBeginning: isLast || parts.length > 1 || whole.length > MAX_TERM,
    };
  });
  return units.filter(({ text }) => text !== '');
}

/** As a query of FTS5. Terms are letters, digits and marks, quoted: no operator can be in them. */
export function toFtsQuery(units: readonly QueryUnit[]): string {
  return units.flatMap(termsOf).join(' AND ');
}

function termsOf({ text, isUnspaced, isBeginning }: QueryUnit): string[] {
  const characters = Array.from(text);
  if (!isUnspaced || characters.length === 1) return [`"${text}"${isBeginning ? ' *' : ''}`];
  return characters.slice(1).map((character, index) => `"${characters[index] ?? ''}${character}"`);
}

/** Where the units are in a text, in order: the first `limit` places of each. */
export function findUnits(text: string, units: readonly QueryUnit[], limit: number): Match[] {
  const matches: Match[] = [];
  const open = new Map(units.entries());
  const counts = units.map(() => 0);
  scanSegments(text, (start, end, kind) => {
    for (const [unit, wanted] of open) {
      const place = findInSegment(text, start, end, kind, wanted);
      if (!place) continue;
      matches.push({ unit, ...place });
      const count = (counts[unit] ?? 0) + 1;
      counts[unit] = count;
      if (count >= limit) open.delete(unit);
    }
    return open.size > 0;
  });
  return matches.sort((a, b) => a.start - b.start);
}

type Place = Pick<Match, 'start' | 'end'>;

function findInSegment(
  text: string,
  start: number,
  end: number,
  kind: SegmentKind,
  wanted: QueryUnit,
): Place | undefined {
  if (wanted.isUnspaced !== (kind === 'unspaced')) return undefined;
  if (kind === 'plain') {
    const isFound = isPlainMatch(text, start, end, wanted);
    return isFound ? { start, end: start + wanted.text.length } : undefined;
  }
  const segment = text.slice(start, end);
  const place = wanted.isUnspaced
    ? findInUnspaced(segment, wanted.text)
    : findInWord(segment, wanted);
  return place && { start: start + place.start, end: start + place.end };
}

/** Nearly every word of a text comes by here: no piece of it is cut out unless it looks like the one. */
function isPlainMatch(
  text: string,
  start: number,
  end: number,
  { text: wanted, isBeginning }: QueryUnit,
): boolean {
  const length = end - start;
  if (isBeginning ? length < wanted.length : length !== wanted.length) return false;
  const first = text.charCodeAt(start);
  const isSameFirst = first === wanted.charCodeAt(0) || (first | 0x20) === wanted.charCodeAt(0);
  return isSameFirst && text.slice(start, start + wanted.length).toLowerCase() === wanted;
}

function findInUnspaced(segment: string, wanted: string): Place | undefined {
  const at = fold(segment).indexOf(wanted);
  if (at < 0) return undefined;
  // Folding keeps the number of characters of these scripts, but for half-width forms: there the mark is a little off.
  const start = Math.min(at, segment.length - 1);
  return { start, end: Math.min(start + wanted.length, segment.length) };
}

function findInWord(segment: string, { text: wanted, isBeginning }: QueryUnit): Place | undefined {
  const parts = partsOf(segment);
  const whole = parts.join('');
  let from = 0;
  for (const part of parts) {
    const tail = whole.slice(from);
    const isFound = isBeginning ? tail.startsWith(wanted) : tail === wanted || part === wanted;
    if (isFound) return placeOf(segment, from, from + wanted.length);
    from += part.length;
  }
  return undefined;
}

/** The place in a word of [from, to) of what folding made of it. */
function placeOf(word: string, from: number, to: number): Place {
  let folded = 0;
  let at = 0;
  let first: number | undefined;
  for (const character of word) {
    if (folded >= to) break;
    const length = fold(character).length;
    if (first === undefined && length > 0 && folded + length > from) first = at;
    folded += length;
    at += character.length;
  }
  return { start: first ?? 0, end: at };
}
