import { useMemo } from 'preact/hooks';
import { requestSpecs } from './charts/requestSpecs';
import type { ChartSpec, Mark } from './charts/spec';
import { heatSpec, systemSpecs } from './charts/systemSpecs';
import { bucketsOf } from './data/buckets';
import { errorNameOf, stretchBefore } from './data/dataset';
import type { Dataset, Stretch } from './data/dataset';
import { figuresOf } from './data/figures';
import { gridBefore, gridOf, HOUR_MS } from './data/grid';
import type { Grid } from './data/grid';
import { heatOf } from './data/heat';
import { sampleBucketsOf } from './data/sampleBuckets';
import { hoursIn, rowsIn, rowsOf } from './data/selection';
import type { Filter } from './data/selection';
import { tilesOf } from './tileTexts';
import type { Tile } from './tileTexts';

/** All that the page shows of a stretch. */
export interface Shown {
  readonly grid: Grid;
  /** Of the dataset, in the stretch, oldest first. */
  readonly rows: Uint32Array;
  readonly tiles: readonly Tile[];
  readonly specs: readonly ChartSpec[];
  readonly heat: ChartSpec;
  readonly marks: readonly Mark[];
  /** Whether some of it is known by the hour only. */
  readonly isByHour: boolean;
  /** Whether nothing was measured. */
  readonly isEmpty: boolean;
}

/** Works out what is shown; again only where something of it has changed. */
export function useFigures(
  dataset: Dataset,
  filter: Filter,
  stretch: Stretch,
  isCompared: boolean,
): Shown {
  const { model, endpoint } = filter;
  const all = useMemo(() => rowsOf(dataset, { model, endpoint }), [dataset, model, endpoint]);
  return useMemo(
    () => shownOf(dataset, all, { model, endpoint }, stretch, isCompared),
    [dataset, all, stretch, isCompared],
  );
}

/** `all`: the rows that the filter lets through, oldest first. */
export function shownOf(
  dataset: Dataset,
  all: Uint32Array,
  filter: Filter,
  stretch: Stretch,
  isCompared: boolean,
): Shown {
  const earlier = stretchBefore(stretch);
  // A period of which only a part is here would compare badly.
  const isBeforeWhole = isCompared && earlier.from >= dataset.wholeFrom;
  const [isByHour = false, isBeforeByHour = false] = [stretch, earlier].map(
    (part) => hoursIn(dataset, filter, part).length > 0,
  );
  const offsetMs = -60_000 * new Date(stretch.to).getTimezoneOffset();
  const grid = gridOf(
    stretch,
    offsetMs,
    isByHour || (isBeforeWhole && isBeforeByHour) ? HOUR_MS : 0,
  );
  const buckets = bucketsOf(dataset, all, filter, grid);
  const figures = figuresOf(dataset, all, filter, stretch);
  const before = isBeforeWhole ? figuresOf(dataset, all, filter, earlier) : undefined;
  const bucketsBefore = isBeforeWhole
    ? bucketsOf(dataset, all, filter, gridBefore(grid))
    : undefined;
  const samples = sampleBucketsOf(dataset, grid);
  return {
    grid,
    rows: rowsIn(all, dataset, stretch),
    tiles: tilesOf(figures, before, dataset.objective),
    specs: [
      ...requestSpecs(buckets, bucketsBefore, (kind) => errorNameOf(dataset, kind)),
      ...systemSpecs(samples, grid),
    ],
    heat: heatSpec(heatOf(dataset, all, grid)),
    marks: marksOf(dataset, stretch),
    isByHour,
    isEmpty: figures.requests === 0 && samples.running.every((value) => value === null),
  };
}

function marksOf({ events }: Dataset, { from, to }: Stretch): Mark[] {
  const marks = events.filter(({ kind, at }) => kind === 'mark' && at >= from && at < to);
  return marks.map(({ at, label }) => ({ at, label })).sort((a, b) => a.at - b.at);
}
