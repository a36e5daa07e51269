import uPlot from 'uplot';
import type { DisposableLike } from '../../../base/disposable';
import { MIN_ZOOM_MS } from '../data/grid';
import { drawHeat, drawMarks } from './drawing';
import { drawnSeries } from './plotData';
import { plotOptions } from './plotOptions';
import type { ChartSpec, View } from './spec';
import type { Theme } from './theme';

/** CSS pixels. */
const HEIGHT = 190;
/** What a key zooms by. */
const ZOOM_STEP = 2;

export interface PlotContent {
  readonly spec: ChartSpec;
  readonly view: View;
  /** Labels of series that are not drawn. */
  readonly hidden: ReadonlySet<string>;
}

/** What the cursor is on. */
export interface Hover {
  readonly bucket: number;
  /** In a map: the band. */
  readonly band: number | undefined;
}

/** A chart in its place. New figures are drawn into it, so that cursor and what is being dragged stay. */
export class Plot implements DisposableLike {
  readonly #host: HTMLElement;
  readonly #theme: Theme;
  readonly #onHover: (hover: Hover | undefined) => void;
  #content: PlotContent;
  #shape: string;
  #plot: uPlot;
  #at: Hover | undefined;

  constructor(
    host: HTMLElement,
    content: PlotContent,
    theme: Theme,
    onHover: (hover: Hover | undefined) => void,
  ) {
    this.#host = host;
    this.#theme = theme;
    this.#onHover = onHover;
    this.#content = content;
    this.#shape = shapeOf(content);
    this.#plot = this.#make();
  }

  draw(content: PlotContent): void {
    this.#content = content;
    const shape = shapeOf(content);
    if (shape === this.#shape) {
      this.#plot.setData(dataOf(content));
      return;
    }
    this.#shape = shape;
    this.#plot.destroy();
    this.#plot = this.#make();
  }

  /** What the cursor is on. */
  get at(): Hover | undefined {
    return this.#at;
  }

  resize(): void {
    const width = this.#host.clientWidth;
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
  }

  /** Moves the cursor by so many buckets; from the end where there is none. */
  step(by: number): void {
    const { middles } = this.#content.view;
    const last = middles.length - 1;
    const { idx } = this.#plot.cursor;
    const to = idx === null || idx === undefined ? (by > 0 ? 0 : last) : idx + by;
    const at = middles[Math.min(last, Math.max(0, to))];
    if (at === undefined) return;
    const { min = at, max = at } = this.#plot.scales['x'] ?? {};
    const left = this.#plot.valToPos(Math.min(max, Math.max(min, at)), 'x');
    this.#plot.setCursor({ left, top: this.#plot.bbox.height / devicePixelRatio / 2 });
  }

  /** Into what the cursor is on, or out again. */
  zoom(isIn: boolean): void {
    const { view } = this.#content;
    const { from, to } = view.grid.stretch;
    const middle = view.middles[this.#plot.cursor.idx ?? -1] ?? (from + to) / 2;
    const length = isIn ? (to - from) / ZOOM_STEP : (to - from) * ZOOM_STEP;
    if (isIn && length < MIN_ZOOM_MS) return;
    view.zoom({ from: middle - length / 2, to: middle + length / 2 });
  }

  dispose(): void {
    this.#plot.destroy();
  }

  #make(): uPlot {
    const { spec, hidden } = this.#content;
    const options = plotOptions({
      spec,
      drawn: drawnSeries(spec, hidden),
      theme: this.#theme,
      size: { width: Math.max(1, this.#host.clientWidth), height: HEIGHT },
      current: () => this.#content.spec,
      stretch: () => {
        const { from, to } = this.#content.view.grid.stretch;
        return [from, to];
      },
      hooks: {
        drawAxes: [this.#drawHeat],
        draw: [(plot) => drawMarks(plot, this.#content.view.marks, this.#theme)],
        setCursor: [this.#hovered],
        setSelect: [this.#selected],
      },
      resetZoom: () => this.#content.view.resetZoom(),
    });
    return new uPlot(options, dataOf(this.#content), this.#host);
  }

  readonly #drawHeat = (plot: uPlot): void => {
    const { spec, view } = this.#content;
    if (spec.heat) drawHeat(plot, spec.heat, view.grid, this.#theme);
  };

  readonly #hovered = (plot: uPlot): void => {
    const { idx, top = -1 } = plot.cursor;
    const { edges } = this.#content.spec.heat ?? {};
    if (idx === null || idx === undefined) {
      this.#at = undefined;
      this.#onHover(undefined);
      return;
    }
    const ms = edges && top >= 0 ? 10 ** plot.posToVal(top, 'left') : Number.NaN;
    const band = edges?.findIndex((edge, index) => ms >= edge && ms < (edges[index + 1] ?? 0));
    this.#at = { bucket: idx, band: band === -1 ? undefined : band };
    this.#onHover(this.#at);
  };

  readonly #selected = (plot: uPlot): void => {
    const { left, width } = plot.select;
    if (width <= 0) return;
    const from = plot.posToVal(left, 'x');
    const to = plot.posToVal(left + width, 'x');
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (to - from >= MIN_ZOOM_MS) this.#content.view.zoom({ from, to });
  };
}

function dataOf({ spec, view, hidden }: PlotContent): uPlot.AlignedData {
  const lines = drawnSeries(spec, hidden).map(({ values }) => values);
  return [[...view.middles], ...lines, ...(spec.heat ? [view.middles.map(() => null)] : [])];
}

/** What can't be changed in a chart that is there. */
function shapeOf({ spec, hidden }: PlotContent): string {
  const drawn = drawnSeries(spec, hidden).map(({ series: { label, color, form, scale } }) =>
    [label, color, form, scale].join(' '),
  );
  return [...drawn, spec.right ? 'right' : '', spec.heat ? 'heat' : ''].join('\n');
}
