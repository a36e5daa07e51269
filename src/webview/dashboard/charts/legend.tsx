import type { JSX } from 'preact';
import { formatDuration } from '../../shared/format';
import { formatNumber } from '../texts/format';
import { texts } from '../texts/texts';
import { countIn } from '../data/heat';
import type { Heat } from '../data/heat';
import { bucketTime } from '../texts/times';
import type { Hover } from './plot';
import type { ChartSpec, Series, View } from './spec';
import type { Theme } from './theme';

interface LegendProps {
  readonly spec: ChartSpec;
  readonly hover: Hover | undefined;
  readonly hidden: ReadonlySet<string>;
  readonly theme: Theme;
  readonly toggle: (label: string) => void;
}

/** What the lines are, each to be switched off and on, with their values where the cursor is. */
export function Legend(props: LegendProps): JSX.Element {
  const { spec, hover, hidden, theme, toggle } = props;
  return (
    <ul class="legend" aria-label={texts.legendOf(spec.title)}>
      {spec.heat && <li class="legend-key">{heatText(spec.heat, hover)}</li>}
      {spec.series.map((series) => (
        <li key={series.label}>
          <button
            type="button"
            class="legend-item"
            aria-pressed={!hidden.has(series.label)}
            onClick={() => toggle(series.label)}
          >
            <span
              class={`swatch ${series.form} ${series.isBefore ? 'before' : ''}`}
              style={{ '--color': theme.colors[series.color] }}
              aria-hidden="true"
            />
            <span class="legend-label">{series.label}</span>
          </button>
          <span class="legend-value">{hover && valueAt(spec, series, hover.bucket)}</span>
        </li>
      ))}
    </ul>
  );
}

/** As it is written in legend and table. */
export function valueAt({ left, right }: ChartSpec, series: Series, bucket: number): string {
  const value = series.values[bucket];
  if (value === null || value === undefined) return texts.notMeasured;
  return (series.scale === 'right' && right ? right : left).format(value);
}

/** What stands where the cursor is, as a sentence: for whoever moves it by keys and does not see the legend. */
export function spokenAt(spec: ChartSpec, view: View, hover: Hover): string {
  const { start, sizeMs } = view.grid;
  const time = bucketTime(start + hover.bucket * sizeMs, sizeMs);
  const values = spec.series.map(
    (series) => `${series.label} ${valueAt(spec, series, hover.bucket)}`,
  );
  return [time, ...(spec.heat ? [bandsText(spec.heat, hover.bucket)] : values)].join('; ');
}

/** The bands of a bucket in which something came. */
function bandsText(heat: Heat, bucket: number): string {
  const texted = heat.edges
    .slice(0, -1)
    .flatMap((_, band) => (countIn(heat, bucket, band) > 0 ? countText(heat, bucket, band) : []));
  return texted.length === 0 ? texts.none : texted.join('; ');
}

function heatText(heat: Heat, hover: Hover | undefined): string {
  const { edges, highest } = heat;
  return hover?.band === undefined || edges[hover.band + 1] === undefined
    ? texts.heatKey(formatNumber(highest))
    : countText(heat, hover.bucket, hover.band);
}

function countText(heat: Heat, bucket: number, band: number): string {
  return `${bandText(heat, band)}: ${texts.heatCount(formatNumber(countIn(heat, bucket, band)))}`;
}

/** From when to when a band is. */
export function bandText({ edges }: Heat, band: number): string {
  return texts.heatBand(formatDuration(edges[band] ?? 0), formatDuration(edges[band + 1] ?? 0));
}
