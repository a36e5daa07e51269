import type { Heights } from './heights';

/** Rows next to each other that are in the page, `to` excluded. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** The rows that are in the page: those that touch `top` to `bottom`, px, and those that are `pinned`; in order. */
export function mountedRows(
  heights: Heights,
  top: number,
  bottom: number,
  pinned: Iterable<number>,
): number[] {
  const last = heights.count - 1;
  if (last < 0) return [];
  const rows = new Set<number>();
  for (let row = heights.indexAt(top); row <= heights.indexAt(bottom); row++) rows.add(row);
  for (const row of pinned) if (row >= 0 && row <= last) rows.add(row);
  return [...rows].toSorted((a, b) => a - b);
}

/** Rows in order as runs without gaps. */
export function runsOf(rows: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const row of rows) {
    const run = runs.at(-1);
    if (run?.to === row) runs[runs.length - 1] = { from: run.from, to: row + 1 };
    else runs.push({ from: row, to: row + 1 });
  }
  return runs;
}
