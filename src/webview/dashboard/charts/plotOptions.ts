import uPlot from 'uplot';
import { formatDuration } from '../../shared/format';
import { tickTime } from '../texts/times';
import { lonePoints } from './plotData';
import type { Drawn } from './plotData';
import type { ChartSpec, ScaleSpec, Series } from './spec';
import type { Theme } from './theme';

/** CSS pixels. Charts of one width have one place for their times. */
const LEFT_AXIS = 62;
const RIGHT_AXIS = 54;
const TIME_AXIS = 26;
const NO_AXIS = 14;
/** Between two ticks of the times. */
const TICK_SPACE = 76;
/** Charts under one cursor. */
const SYNC_KEY = 'pulse';
const NO_GRID: uPlot.Axis.Grid = { show: false };
// The package's enums are gone when it is built: its sides are numbers.
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const RIGHT: uPlot.Axis = { scale: 'right', side: 1 };
/** What is dragged is a stretch from so many pixels on; less was a click. */
const DRAG_FROM = 6;

export interface PlotParts {
  readonly spec: ChartSpec;
  readonly drawn: readonly Drawn[];
  readonly theme: Theme;
  readonly size: { readonly width: number; readonly height: number };
  /** Read anew at each drawing. */
  readonly current: () => ChartSpec;
  readonly stretch: () => [from: number, to: number];
  readonly hooks: uPlot.Hooks.Arrays;
  readonly resetZoom: () => void;
}

export function plotOptions(parts: PlotParts): uPlot.Options {
  const { spec, drawn, theme, size, current, hooks } = parts;
  const scale = (
    { heat, left, right }: ChartSpec,
    side: 'left' | 'right',
  ): ScaleSpec | undefined => (heat ? undefined : side === 'left' ? left : right);
  const range =
    (side: 'left' | 'right'): uPlot.Scale.Range =>
    (_, _min, max) => {
      const now = current();
      return now.heat ? heatRange(now.heat.edges) : reach(scale(now, side), max);
    };
  return {
    ...size,
    ms: 1,
    padding: [10, spec.right ? 0 : NO_AXIS, 0, 0],
    legend: { show: false },
    cursor: {
      y: spec.heat !== undefined,
      drag: { x: true, y: false, setScale: false, dist: DRAG_FROM },
      // What is dragged or clicked in one chart is done once.
      sync: {
        key: SYNC_KEY,
        setSeries: false,
        filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
      },
      bind: {
        dblclick: () => () => {
          parts.resetZoom();
          return null;
        },
      },
      points: { size: 7 },
    },
    scales: {
      x: { time: true, range: parts.stretch },
      left: { range: range('left') },
      right: { range: range('right') },
    },
    series: [{}, ...drawn.map(({ series }) => seriesOptions(series, theme)), ...dummy(spec)],
    axes: axes(spec, theme),
    hooks,
  };
}

/** A map has no lines, and a chart without any has no scale. */
function dummy({ heat }: ChartSpec): uPlot.Series[] {
  return heat ? [{ scale: 'left', points: { show: false } }] : [];
}

function reach(scale: ScaleSpec | undefined, max: number | null): uPlot.Range.MinMax {
  const { atLeast = 1, atMost = Number.POSITIVE_INFINITY } = scale ?? {};
  return [0, Math.min(atMost, Math.max(atLeast, (max ?? 0) * 1.08))];
}

function heatRange(edges: readonly number[]): uPlot.Range.MinMax {
  return [Math.log10(edges[0] ?? 100), Math.log10(edges.at(-1) ?? 10_000)];
}

function seriesOptions(series: Series, { colors }: Theme): uPlot.Series {
  const { form, isBefore, scale, label } = series;
  const color = colors[series.color];
  const common: uPlot.Series = { label, scale, stroke: color };
  if (form === 'bars' || form === 'stack') {
    const paths = uPlot.paths.bars?.({ size: [0.86, 48, 1] });
    return {
      ...common,
      ...(paths && { paths }),
      fill: color,
      width: 0,
      points: { show: false },
    };
  }
  return {
    ...common,
    width: isBefore ? 1 : 1.75,
    ...(isBefore && { dash: [4, 4], alpha: 0.8 }),
    ...(form === 'area' && { fill: faint(color) }),
    points: {
      show: false,
      size: 5,
      fill: color,
      filter: (plot, index) => lonePoints([...(plot.data[index] ?? [])]),
    },
  };
}

function faint(color: string): string {
  return color.startsWith('#') && color.length === 7
    ? `${color}26`
    : color.replace(/^rgb\((.+)\)$/u, 'rgba($1, 0.15)');
}

function axes({ left, right, heat }: ChartSpec, { text, lines, font }: Theme): uPlot.Axis[] {
  const common: uPlot.Axis = {
    stroke: text,
    font,
    gap: 4,
    ticks: { show: false },
    grid: { stroke: lines, width: 0.5 },
  };
  const value =
    (format: (value: number) => string): uPlot.Axis.DynamicValues =>
    (_, splits) =>
      splits.map(format);
  return [
    {
      ...common,
      grid: NO_GRID,
      size: TIME_AXIS,
      space: TICK_SPACE,
      border: { show: true, stroke: lines, width: 1 },
      values: (_, splits, _axis, _space, step) => splits.map((at) => tickTime(at, step)),
    },
    {
      ...common,
      scale: 'left',
      size: LEFT_AXIS,
      ...(heat
        ? { splits: heatSplits, values: value((power) => formatDuration(10 ** power)) }
        : { values: value(left.format) }),
    },
    ...(right
      ? [{ ...common, ...RIGHT, size: RIGHT_AXIS, grid: NO_GRID, values: value(right.format) }]
      : []),
  ];
}

/** 1, 2 and 5 of each power of ten, as logarithms; fewer where there are many. */
const heatSplits: uPlot.Axis.Splits = (_, _axis, min, max) => {
  const steps = max - min > 2 ? [1] : max - min > 1 ? [1, 3] : [1, 2, 5];
  const found: number[] = [];
  for (let power = Math.floor(min); power <= max; power++) {
    for (const step of steps) {
      const split = power + Math.log10(step);
      if (split >= min && split <= max) found.push(split);
    }
  }
  return found;
};
