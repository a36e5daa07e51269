import { NO_WORD } from '../../../protocol/dashboard';
import { wordAt } from './dataset';
import type { Dataset } from './dataset';
import { bucketOf, bucketStretch, HOUR_MS } from './grid';
import type { Grid } from './grid';
import { percentileOf, Sorter } from './percentile';
import { hoursIn, rowsIn } from './selection';
import type { Filter } from './selection';

/** A reply that came in less, ms, came in one piece: its rate would be the network's, not the model's. As in the engine's figures. */
const MIN_STREAM_MS = 100;

/** One number for each bucket; `null`: nothing was measured. */
export type Line = (number | null)[];

export interface Buckets {
  readonly requests: number[];
  readonly failed: number[];
  /** Those that failed, by kind; the most frequent first. What is known by the hour only has none. */
  readonly errors: ReadonlyMap<string, number[]>;
  /** Ms. */
  readonly firstTokenP50: Line;
  readonly firstTokenP95: Line;
  readonly firstTokenP99: Line;
  /** Output tokens per second of an answer: median. */
  readonly rate: Line;
  /** Requests that ended in a minute. */
  readonly perMinute: number[];
  /** US$. */
  readonly costUSD: number[];
}

/** Output tokens per second between first token and end; NaN where it tells nothing, as of kept and shared answers. */
export function rateOf({ requests }: Dataset, row: number): number {
  const isServed = (requests.servedFrom.values[row] ?? NO_WORD) !== NO_WORD;
  if (isServed || wordAt(requests.outcome, row) !== 'ok') return Number.NaN;
  const streamMs = (requests.totalMs[row] ?? 0) - (requests.firstTokenMs[row] ?? Number.NaN);
  const tokens = requests.outputTokens[row] ?? 0;
  return streamMs >= MIN_STREAM_MS && tokens > 0 ? (tokens / streamMs) * 1_000 : Number.NaN;
}

/** What the rows of the filter came to, bucket by bucket. `rows`: those the filter lets through, oldest first. */
export function bucketsOf(
  dataset: Dataset,
  rows: Uint32Array,
  filter: Filter,
  grid: Grid,
): Buckets {
  const buckets = emptyBuckets(grid.count);
  const shown = rowsIn(rows, dataset, grid.stretch);
  count(dataset, shown, grid, buckets);
  latencies(dataset, shown, grid, buckets);
  const hours = hoursIn(dataset, filter, grid.stretch);
  addHours(dataset, hours, grid, buckets);
  const withHours = new Set(hours.map((row) => bucketOf(grid, dataset.hours.at[row] ?? 0)));
  for (const [bucket, requests] of buckets.requests.entries()) {
    const { from, to } = bucketStretch(grid, bucket);
    // An hour counts as a whole, also where the stretch ends within it.
    const lengthMs = Math.max(to - from, withHours.has(bucket) ? HOUR_MS : 0);
    buckets.perMinute[bucket] = lengthMs > 0 ? (requests * 60_000) / lengthMs : 0;
  }
  const byCount = [...buckets.errors].sort(([, a], [, b]) => sumOf(b) - sumOf(a));
  return { ...buckets, errors: new Map(byCount) };
}

type Growing = Buckets & { readonly errors: Map<string, number[]> };

function emptyBuckets(count: number): Growing {
  const zeros = (): number[] => Array.from({ length: count }, () => 0);
  const nothing = (): Line => Array.from({ length: count }, () => null);
  return {
    requests: zeros(),
    failed: zeros(),
    errors: new Map(),
    firstTokenP50: nothing(),
    firstTokenP95: nothing(),
    firstTokenP99: nothing(),
    rate: nothing(),
    perMinute: zeros(),
    costUSD: zeros(),
  };
}

function count({ requests }: Dataset, rows: Uint32Array, grid: Grid, buckets: Growing): void {
  const failed = requests.outcome.names.indexOf('failed');
  for (const row of rows) {
    const bucket = bucketOf(grid, requests.at[row] ?? 0);
    increase(buckets.requests, bucket, 1);
    const cost = requests.costUSD[row] ?? Number.NaN;
    if (!Number.isNaN(cost)) increase(buckets.costUSD, bucket, cost);
    if (requests.outcome.values[row] !== failed) continue;
    increase(buckets.failed, bucket, 1);
    const kind = requests.errorKind.names[requests.errorKind.values[row] ?? NO_WORD] ?? '';
    let line = buckets.errors.get(kind);
    if (!line) {
      line = Array.from({ length: grid.count }, () => 0);
      buckets.errors.set(kind, line);
    }
    increase(line, bucket, 1);
  }
}

/** Rows are in the order of time, and so those of a bucket side by side. */
function latencies(dataset: Dataset, rows: Uint32Array, grid: Grid, buckets: Buckets): void {
  const { at, firstTokenMs } = dataset.requests;
  const firstTokens = new Sorter(rows.length);
  const rates = new Sorter(rows.length);
  let current = 0;
  const close = (): void => {
    const sorted = firstTokens.take();
    buckets.firstTokenP50[current] = percentileOf(sorted, 0.5) ?? null;
    buckets.firstTokenP95[current] = percentileOf(sorted, 0.95) ?? null;
    buckets.firstTokenP99[current] = percentileOf(sorted, 0.99) ?? null;
    buckets.rate[current] = percentileOf(rates.take(), 0.5) ?? null;
  };
  for (const row of rows) {
    const bucket = bucketOf(grid, at[row] ?? 0);
    if (bucket !== current) {
      close();
      current = bucket;
    }
    firstTokens.add(firstTokenMs[row] ?? Number.NaN);
    rates.add(rateOf(dataset, row));
  }
  close();
}

/** Hours count like their requests. Their percentiles stand in where a bucket has no requests left: the mean, weighted by answers. */
function addHours({ hours }: Dataset, rows: readonly number[], grid: Grid, buckets: Buckets): void {
  const means = [
    new Means(buckets.firstTokenP50, hours.firstTokenP50),
    new Means(buckets.firstTokenP95, hours.firstTokenP95),
    new Means(buckets.firstTokenP99, hours.firstTokenP99),
  ];
  for (const row of rows) {
    const bucket = bucketOf(grid, hours.at[row] ?? 0);
    const ok = hours.ok[row] ?? 0;
    const failed = hours.failed[row] ?? 0;
    increase(buckets.requests, bucket, ok + failed + (hours.stopped[row] ?? 0));
    increase(buckets.failed, bucket, failed);
    increase(buckets.costUSD, bucket, hours.costUSD[row] ?? 0);
    for (const mean of means) mean.add(bucket, row, ok);
  }
  for (const mean of means) mean.write();
}

class Means {
  readonly #line: Line;
  readonly #values: Float32Array;
  readonly #sums = new Map<number, { sum: number; weight: number }>();

  constructor(line: Line, values: Float32Array) {
    this.#line = line;
    this.#values = values;
  }

  add(bucket: number, row: number, weight: number): void {
    const value = this.#values[row] ?? Number.NaN;
    if (Number.isNaN(value) || weight === 0) return;
    const held = this.#sums.get(bucket) ?? { sum: 0, weight: 0 };
    this.#sums.set(bucket, { sum: held.sum + value * weight, weight: held.weight + weight });
  }

  write(): void {
    for (const [bucket, { sum, weight }] of this.#sums) this.#line[bucket] ??= sum / weight;
  }
}

function increase(line: number[], bucket: number, by: number): void {
  line[bucket] = (line[bucket] ?? 0) + by;
}

function sumOf(line: readonly number[]): number {
  return line.reduce((sum, value) => sum + value, 0);
}
