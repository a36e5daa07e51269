/** [start, end) in UTF-16 units. */
export type Matches = readonly (readonly [start: number, end: number])[];

interface Piece {
  readonly text: string;
  readonly isMatch: boolean;
}

/** The whole text in pieces. Ranges that are out of order, overlap or reach beyond the end lose no text and double none. */
export function piecesOf(text: string, matches: Matches): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const add = (end: number, isMatch: boolean): void => {
    if (end <= at) return;
    pieces.push({ text: text.slice(at, end), isMatch });
    at = end;
  };
  for (const [start, end] of matches.toSorted(([a], [b]) => a - b)) {
    if (end <= start) continue;
    add(Math.min(start, text.length), false);
    add(Math.min(end, text.length), true);
  }
  add(text.length, false);
  return pieces;
}
