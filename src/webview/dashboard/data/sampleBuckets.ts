import type { Line } from './buckets';
import { firstFrom } from './dataset';
import type { Dataset } from './dataset';
import { bucketOf } from './grid';
import type { Grid } from './grid';

/** What machine and engine were like, bucket by bucket. Of some samples in one bucket the worst counts, for CPU and network the mean. */
export interface SampleBuckets {
  readonly cpuShare: Line;
  readonly rssMB: Line;
  readonly loopDelayMs: Line;
  readonly running: Line;
  readonly queued: Line;
  readonly concurrency: Line;
  readonly headroom: Line;
  readonly storeMs: Line;
  readonly networkMs: Line;
}

export function sampleBucketsOf({ samples }: Dataset, grid: Grid): SampleBuckets {
  const first = firstFrom(samples.at, grid.stretch.from);
  const end = firstFrom(samples.at, grid.stretch.to);
  const buckets = Array.from(samples.at.subarray(first, end), (at) => bucketOf(grid, at));
  const line = (values: Float32Array, fold: Fold): Line =>
    folded(values.subarray(first, end), buckets, grid.count, fold);
  return {
    cpuShare: line(samples.cpuShare, mean),
    rssMB: line(samples.rssMB, most),
    loopDelayMs: line(samples.loopDelayMs, most),
    running: line(samples.running, most),
    queued: line(samples.queued, most),
    concurrency: line(samples.concurrency, most),
    headroom: line(samples.headroom, least),
    storeMs: line(samples.storeMs, most),
    networkMs: line(samples.networkMs, mean),
  };
}

/** `count`: how many went into `held`. */
type Fold = (held: number, value: number, count: number) => number;

const most: Fold = (held, value) => Math.max(held, value);
const least: Fold = (held, value) => Math.min(held, value);
const mean: Fold = (held, value, count) => held + (value - held) / (count + 1);

function folded(
  values: Float32Array,
  buckets: readonly number[],
  length: number,
  fold: Fold,
): Line {
  const line: Line = Array.from({ length }, () => null);
  const counts = new Uint32Array(length);
  for (const [index, value] of values.entries()) {
    const bucket = buckets[index];
    if (bucket === undefined || Number.isNaN(value)) continue;
    const held = line[bucket] ?? null;
    const count = counts[bucket] ?? 0;
    line[bucket] = held === null ? value : fold(held, value, count);
    counts[bucket] = count + 1;
  }
  return line;
}
