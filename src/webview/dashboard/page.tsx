import type { JSX } from 'preact';
import { useCallback, useMemo, useState } from 'preact/hooks';
import { Icon } from '../shared/iconButton';
import { Chart } from './charts/chart';
import type { Mark, View } from './charts/spec';
import { useTheme } from './charts/theme';
import type { Choice } from './dashboardLink';
import type { Dataset, Stretch } from './data/dataset';
import { middlesOf } from './data/grid';
import { Requests } from './requests/requests';
import { texts } from './texts/texts';
import { exactTime, timeToMinute } from './texts/times';
import { Tiles } from './tiles';
import { useFigures } from './useFigures';

interface PageProps {
  readonly dataset: Dataset;
  readonly choice: Choice;
  readonly stretch: Stretch;
  readonly zoom: (stretch: Stretch) => void;
  readonly resetZoom: () => void;
}

/** Figures, charts and requests of a stretch. */
export function Page({ dataset, choice, stretch, zoom, resetZoom }: PageProps): JSX.Element {
  const theme = useTheme();
  const [said, setSaid] = useState('');
  const announce = useCallback((text: string) => setSaid(text), []);
  const filter = { model: choice.model, endpoint: choice.endpoint };
  // Everything has nothing before it; a part of it neither, since there is no box to switch that off.
  const isCompared = choice.isCompared && choice.range !== 'all';
  const shown = useFigures(dataset, filter, stretch, isCompared);
  const { grid, marks } = shown;
  const view: View = useMemo(
    () => ({ grid, middles: middlesOf(grid), marks, zoom, resetZoom }),
    [grid, marks, zoom, resetZoom],
  );
  return (
    <>
      {shown.isEmpty && <p class="hint">{texts.nothingDetail}</p>}
      {shown.isByHour && (
        <p class="hint">
          <Icon name="info" />
          <span>{texts.byHour(timeToMinute(dataset.requests.at[0] ?? dataset.stretch.to))}</span>
        </p>
      )}
      <Tiles tiles={shown.tiles} />
      <section aria-label={texts.chartsLabel} class="charts">
        <h2 class="visually-hidden">{texts.chartsLabel}</h2>
        {shown.specs.slice(0, 2).map((spec) => (
          <Chart key={spec.id} spec={spec} view={view} theme={theme} announce={announce} />
        ))}
        <Chart spec={shown.heat} view={view} theme={theme} announce={announce} isWide />
        {shown.specs.slice(2).map((spec) => (
          <Chart key={spec.id} spec={spec} view={view} theme={theme} announce={announce} />
        ))}
      </section>
      {marks.length > 0 && <Marks marks={marks} />}
      <Requests dataset={dataset} rows={shown.rows} announce={announce} />
      <p class="visually-hidden" role="status">
        {said}
      </p>
    </>
  );
}

function Marks({ marks }: { readonly marks: readonly Mark[] }): JSX.Element {
  return (
    <section class="marks" aria-label={texts.marks}>
      <h2>{texts.marks}</h2>
      <ul>
        {marks.map(({ at, label }) => (
          <li key={`${String(at)} ${label}`}>
            <span class="mark-time">{exactTime(at)}</span> {label}
          </li>
        ))}
      </ul>
    </section>
  );
}
