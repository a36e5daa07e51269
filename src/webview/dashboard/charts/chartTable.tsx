import type { JSX } from 'preact';
import { countIn } from '../data/heat';
import type { Heat } from '../data/heat';
import { formatNumber } from '../texts/format';
import { texts } from '../texts/texts';
import { bucketTime } from '../texts/times';
import { bandText, valueAt } from './legend';
import type { ChartSpec, View } from './spec';

interface Props {
  readonly spec: ChartSpec;
  readonly view: View;
}

/** A chart as figures, a row each bucket in which something was measured. */
export function ChartTable({ spec, view }: Props): JSX.Element {
  const { start, sizeMs, count } = view.grid;
  const columns = columnsOf(spec);
  const buckets = Array.from({ length: count }, (_, bucket) => bucket).filter((bucket) =>
    columns.some((column) => column.isMeasured(bucket)),
  );
  const caption = texts.tableOf(spec.title);
  return (
    <div class="table-frame" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.timeColumn}</th>
            {columns.map(({ label }) => (
              <th key={label} scope="col" class="figures">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {buckets.map((bucket) => (
            <tr key={bucket}>
              <th scope="row">{bucketTime(start + bucket * sizeMs, sizeMs)}</th>
              {columns.map(({ label, text }) => (
                <td key={label} class="figures">
                  {text(bucket)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {buckets.length === 0 && <p class="table-empty">{texts.chartNothing}</p>}
    </div>
  );
}

interface TableColumn {
  readonly label: string;
  readonly text: (bucket: number) => string;
  readonly isMeasured: (bucket: number) => boolean;
}

function columnsOf(spec: ChartSpec): TableColumn[] {
  if (spec.heat) return bandColumns(spec.heat);
  return spec.series.map((series) => ({
    label: series.label,
    text: (bucket) => valueAt(spec, series, bucket),
    // A count of zero is a figure where something else is one, too; a stretch of nothing but zeros says nothing.
    isMeasured: (bucket) => {
      const value = series.values[bucket] ?? undefined;
      return value !== undefined && (value !== 0 || spec.countsFromZero !== true);
    },
  }));
}

function bandColumns(heat: Heat): TableColumn[] {
  const bands = Math.max(0, heat.edges.length - 1);
  return Array.from({ length: bands }, (_, band) => ({
    label: bandText(heat, band),
    text: (bucket) => formatNumber(countIn(heat, bucket, band)),
    isMeasured: (bucket) => countIn(heat, bucket, band) > 0,
  }));
}
