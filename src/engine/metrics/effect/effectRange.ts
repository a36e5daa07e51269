import type { MetricsRange } from '../metricsHistory';

const DAY_MS = 86_400_000;
/** A change is judged by so much time before and after it at most, ms. */
const MOST_MS = 30 * DAY_MS;

/** The time around a change, with the change in it. All in ms since 1970. */
export interface EffectRange extends MetricsRange {
  readonly at: number;
}

/**
 * The time around a change that says something about it: all after it and as much before, at least a day, up to the changes beside it.
 * @param marks moments of all changes, in any order, its own among them or not
 */
export function effectRange(at: number, marks: readonly number[], now: number): EffectRange {
  const earliest = Math.max(at - MOST_MS, ...marks.filter((mark) => mark < at));
  const to = Math.max(at, Math.min(at + MOST_MS, now, ...marks.filter((mark) => mark > at)));
  const from = Math.max(earliest, at - Math.max(to - at, DAY_MS));
  return { from, at, to };
}
