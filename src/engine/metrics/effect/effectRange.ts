import type { MetricsRange } from '../metricsHistory';

/** A change is judged by so much time before and after it at most, ms. */
const MOST_MS = 30 * 86_400_000;

/**
 * The time around a change that says something about it: as much before as after, up to the changes beside it. All in ms since 1970.
 * @param marks moments of all changes, in any order, its own among them or not
 */
export function effectRange(at: number, marks: readonly number[], now: number): MetricsRange {
  const before = Math.max(at - MOST_MS, ...marks.filter((mark) => mark < at));
  const after = Math.min(at + MOST_MS, now, ...marks.filter((mark) => mark > at));
  const lengthMs = Math.max(0, Math.min(at - before, after - at));
  return { from: at - lengthMs, to: at + lengthMs };
}
