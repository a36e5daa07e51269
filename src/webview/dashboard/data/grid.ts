import type { Stretch } from './dataset';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** How long an hour of figures is, ms. */
export const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long a bucket may be, ms: what a clock's face has. */
const SIZES_MS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR_MS),
  ...[1, 2, 7, 14, 30, 90, 365].map((count) => count * DAY_MS),
];
/** The shortest stretch to zoom into, ms. */
export const MIN_ZOOM_MS = 10_000;
/** So many buckets at most: each is still some pixels wide. */
const MAX_BUCKETS = 170;

/** Buckets of one length, side by side. The first and the last may stick out of the stretch. */
export interface Grid {
  /** Ms since 1970. */
  readonly start: number;
  readonly sizeMs: number;
  readonly count: number;
  /** What is looked at. */
  readonly stretch: Stretch;
}

/**
 * `offsetMs`: local time ahead of UTC, so that long buckets begin with the reader's day. `leastMs`: how long a bucket is at least,
 * since what is known by the hour only can't be told apart within it.
 */
export function gridOf(stretch: Stretch, offsetMs: number, leastMs = 0): Grid {
  const { from, to } = stretch;
  const sizeMs =
    SIZES_MS.find((size) => size >= leastMs && (to - from) / size <= MAX_BUCKETS) ?? 365 * DAY_MS;
  const start = Math.floor((from + offsetMs) / sizeMs) * sizeMs - offsetMs;
  return { start, sizeMs, count: Math.max(1, Math.ceil((to - start) / sizeMs)), stretch };
}

/** The same buckets one stretch earlier: the first of these is compared with the first of those. */
export function gridBefore({ start, sizeMs, count, stretch: { from, to } }: Grid): Grid {
  const length = to - from;
  return { start: start - length, sizeMs, count, stretch: { from: from - length, to: from } };
}

/** Of a moment in the stretch. */
export function bucketOf({ start, sizeMs, count }: Grid, at: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor((at - start) / sizeMs)));
}

/** The part of a bucket that is in the stretch. */
export function bucketStretch({ start, sizeMs, stretch }: Grid, bucket: number): Stretch {
  const from = start + bucket * sizeMs;
  return { from: Math.max(from, stretch.from), to: Math.min(from + sizeMs, stretch.to) };
}

/** The middles of the buckets, ms since 1970. */
export function middlesOf({ start, sizeMs, count }: Grid): number[] {
  return Array.from({ length: count }, (_, bucket) => start + (bucket + 0.5) * sizeMs);
}
