import type { Dataset } from './dataset';
import { bucketOf } from './grid';
import type { Grid } from './grid';
import { rowsIn } from './selection';

/** Bands to a factor of ten: each ends at a third more than it begins with. */
const BANDS_PER_DECADE = 8;

/** How many first tokens came after how long, bucket by bucket. */
export interface Heat {
  /** The bands' ends, ms: band `i` is from `edges[i]` on, before `edges[i + 1]`. Empty where nothing was measured. */
  readonly edges: readonly number[];
  /** By bucket, in each from the lowest band up. */
  readonly counts: Uint32Array;
  readonly highest: number;
}

/** `rows`: those that the filter lets through, oldest first. */
export function heatOf(dataset: Dataset, rows: Uint32Array, grid: Grid): Heat {
  const { at, firstTokenMs } = dataset.requests;
  const shown = rowsIn(rows, dataset, grid.stretch);
  let lowest = Number.POSITIVE_INFINITY;
  let top = Number.NEGATIVE_INFINITY;
  for (const row of shown) {
    const band = bandOf(firstTokenMs[row]);
    if (band < lowest) lowest = band;
    if (band > top) top = band;
  }
  if (top < lowest) return { edges: [], counts: new Uint32Array(0), highest: 0 };
  const bands = top - lowest + 1;
  const counts = new Uint32Array(grid.count * bands);
  let highest = 0;
  for (const row of shown) {
    const band = bandOf(firstTokenMs[row]);
    if (Number.isNaN(band)) continue;
    const cell = bucketOf(grid, at[row] ?? 0) * bands + band - lowest;
    const count = (counts[cell] ?? 0) + 1;
    counts[cell] = count;
    if (count > highest) highest = count;
  }
  const edges = Array.from(
    { length: bands + 1 },
    (_, index) => 10 ** ((lowest + index) / BANDS_PER_DECADE),
  );
  return { edges, counts, highest };
}

/** How many came in a band of a bucket. */
export function countIn({ edges, counts }: Heat, bucket: number, band: number): number {
  return counts[bucket * (edges.length - 1) + band] ?? 0;
}

/** NaN where there was no first token. Less than a millisecond counts as one. */
function bandOf(ms: number | undefined): number {
  if (ms === undefined || Number.isNaN(ms)) return Number.NaN;
  return Math.floor(Math.log10(Math.max(1, ms)) * BANDS_PER_DECADE);
}
