import type { ChartSpec, DrawnLine, Series } from './spec';

export interface Drawn {
  readonly series: Series;
  /** Of bars that stand on others: where they end. */
  readonly values: DrawnLine;
}

/** What of a chart is drawn, what lies behind first. `hidden`: labels. */
export function drawnSeries({ series }: ChartSpec, hidden: ReadonlySet<string>): Drawn[] {
  const shown = series.filter(({ label }) => !hidden.has(label));
  const stacked: Drawn[] = [];
  let ends: number[] = [];
  for (const part of shown.filter(({ form }) => form === 'stack')) {
    const below = ends;
    ends = part.values.map((value, index) => (value ?? 0) + (below[index] ?? 0));
    stacked.unshift({ series: part, values: ends.map((end) => (end === 0 ? null : end)) });
  }
  const others = shown.filter(({ form }) => form !== 'stack');
  return [...stacked, ...others.map((part) => ({ series: part, values: part.values }))];
}

/** Points that no line goes to: they are drawn as dots, or nobody would see them. */
export function lonePoints(values: readonly (number | null | undefined)[]): number[] {
  const isOff = (value: number | null | undefined, isIn: boolean): boolean =>
    !isIn || value === null;
  const found: number[] = [];
  for (const [index, value] of values.entries()) {
    if (value === null || value === undefined) continue;
    const isFirst = isOff(values[index - 1], index > 0);
    if (isFirst && isOff(values[index + 1], index + 1 < values.length)) found.push(index);
  }
  return found;
}
