import type uPlot from 'uplot';
import { bucketStretch } from '../data/grid';
import type { Grid } from '../data/grid';
import { countIn } from '../data/heat';
import type { Heat } from '../data/heat';
import type { Mark } from './spec';
import type { Theme } from './theme';

/** UTF-16 units of a mark's label that are drawn; all of it is in the list of marks. */
const MAX_LABEL = 24;
/** The faintest field that is not empty, of 1. */
const FAINTEST = 0.14;

/** The map of latencies; its scale is the logarithm to 10 of ms. */
export function drawHeat(plot: uPlot, heat: Heat, grid: Grid, { colors }: Theme): void {
  const { ctx } = plot;
  const bands = heat.edges.length - 1;
  const rows = heat.edges.map((edge) => Math.round(plot.valToPos(Math.log10(edge), 'left', true)));
  ctx.save();
  ctx.fillStyle = colors.blue;
  for (let bucket = 0; bucket < grid.count; bucket++) {
    const { from, to } = bucketStretch(grid, bucket);
    const left = Math.round(plot.valToPos(from, 'x', true));
    const width = Math.max(1, Math.round(plot.valToPos(to, 'x', true)) - left);
    for (let band = 0; band < bands; band++) {
      const count = countIn(heat, bucket, band);
      if (count === 0) continue;
      const top = rows[band + 1] ?? 0;
      ctx.globalAlpha = FAINTEST + (1 - FAINTEST) * Math.sqrt(count / heat.highest);
      ctx.fillRect(left, top, width, (rows[band] ?? 0) - top);
    }
  }
  ctx.restore();
}

/** Changes that the user has marked, as lines from top to bottom with what they say, where there is room. */
export function drawMarks(plot: uPlot, marks: readonly Mark[], theme: Theme): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = theme.marks;
  ctx.fillStyle = theme.marks;
  ctx.lineWidth = ratio;
  ctx.font = scaledFont(theme.font, ratio);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  let free = bbox.left;
  for (const { at, label } of marks) {
    const x = Math.round(plot.valToPos(at, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const text = label.length > MAX_LABEL ? `${label.slice(0, MAX_LABEL - 1)}…` : label;
    const { width } = ctx.measureText(text);
    const gap = 4 * ratio;
    const fits = x + gap + width <= bbox.left + bbox.width;
    const left = fits ? x + gap : x - gap - width;
    if (left < free) continue;
    ctx.fillText(text, left, bbox.top + 2 * ratio);
    free = Math.max(x, left + width) + gap;
  }
  ctx.restore();
}

function scaledFont(font: string, ratio: number): string {
  return font.replace(/^(\d+)px/u, (_, size: string) => `${String(Number(size) * ratio)}px`);
}
