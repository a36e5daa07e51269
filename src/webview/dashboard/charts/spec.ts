import type { Stretch } from '../data/dataset';
import type { Line } from '../data/buckets';
import type { Grid } from '../data/grid';
import type { Heat } from '../data/heat';

/** Colours of VS Code's charts, as far as they can be told apart. */
export type ColorName = 'blue' | 'green' | 'orange' | 'red' | 'purple' | 'yellow' | 'teal' | 'gray';

/** `undefined` in between: the line goes on over it; `null`: it is interrupted. */
export type DrawnLine = (number | null | undefined)[];

export interface Series {
  readonly label: string;
  readonly values: DrawnLine;
  readonly color: ColorName;
  /** Which of the chart's scales it is read on. */
  readonly scale: 'left' | 'right';
  /** `stack`: bars that stand on those of the series before. */
  readonly form: 'line' | 'area' | 'bars' | 'stack';
  /** Of the period before: dashed. */
  readonly isBefore: boolean;
}

export interface ScaleSpec {
  /** How a value is written in the legend and in the table. */
  readonly format: (value: number) => string;
  /** What the scale reaches at least, and at most. */
  readonly atLeast: number;
  readonly atMost?: number;
}

export interface ChartSpec {
  /** Unchanging, in any language. */
  readonly id: string;
  readonly title: string;
  /** What it says, in a sentence. */
  readonly summary: string;
  readonly series: readonly Series[];
  readonly left: ScaleSpec;
  readonly right?: ScaleSpec;
  /** What a bucket without anything has is 0, not nothing: counts and costs. */
  readonly countsFromZero?: true;
  /** Drawn as a map instead of series. */
  readonly heat?: Heat;
}

export interface Mark {
  /** Ms since 1970. */
  readonly at: number;
  readonly label: string;
}

/** What all charts have in common. */
export interface View {
  readonly grid: Grid;
  /** Ms since 1970, one for each bucket. */
  readonly middles: readonly number[];
  readonly marks: readonly Mark[];
  readonly zoom: (stretch: Stretch) => void;
  readonly resetZoom: () => void;
}

/** A line that goes on over at most so many buckets where nothing was measured. */
export function bridged(line: Line, most: number): DrawnLine {
  const drawn: DrawnLine = [...line];
  let last = -1;
  for (const [index, value] of line.entries()) {
    if (value === null) continue;
    if (last >= 0 && index - last - 1 <= most) drawn.fill(undefined, last + 1, index);
    last = index;
  }
  return drawn;
}
