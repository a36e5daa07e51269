import type { JSX } from 'preact';
import { useCallback, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { texts } from '../texts/texts';
import { bucketTime } from '../texts/times';
import { ChartTable } from './chartTable';
import { Legend, spokenAt } from './legend';
import { Plot } from './plot';
import type { Hover, PlotContent } from './plot';
import type { ChartSpec, View } from './spec';
import type { Theme } from './theme';

interface ChartProps {
  readonly spec: ChartSpec;
  readonly view: View;
  readonly theme: Theme;
  /** Says something to whoever listens to a screen reader. */
  readonly announce: (text: string) => void;
  readonly isWide?: boolean;
}

/** A chart with its legend, and all that it shows as a table on request. */
export function Chart({ spec, view, theme, announce, isWide = false }: ChartProps): JSX.Element {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [hover, setHover] = useState<Hover | undefined>(undefined);
  const [isTable, setTable] = useState(false);
  const { start, sizeMs } = view.grid;
  const tableId = useId();
  const headId = useId();
  const toggle = useCallback((label: string): void => {
    setHidden((held) => {
      const next = new Set(held);
      if (!next.delete(label)) next.add(label);
      return next;
    });
  }, []);
  // Not again with each move of the cursor: it may be some thousand figures.
  const table = useMemo(() => <ChartTable spec={spec} view={view} />, [spec, view]);
  const step = (at: Hover): void => announce(spokenAt(spec, view, at));
  return (
    <section class={`chart ${isWide ? 'wide' : ''}`} aria-labelledby={headId}>
      <div class="chart-head">
        <h3 id={headId}>{spec.title}</h3>
        <span class="chart-time">{hover && bucketTime(start + hover.bucket * sizeMs, sizeMs)}</span>
        <button
          type="button"
          class="link-button"
          aria-expanded={isTable}
          aria-controls={isTable ? tableId : undefined}
          onClick={() => setTable(!isTable)}
        >
          {isTable ? texts.showChart : texts.showTable}
          <span class="visually-hidden">{`: ${spec.title}`}</span>
        </button>
      </div>
      <PlotPlace
        spec={spec}
        view={view}
        hidden={hidden}
        theme={theme}
        onHover={setHover}
        onStep={step}
      />
      <Legend spec={spec} hover={hover} hidden={hidden} theme={theme} toggle={toggle} />
      {isTable && <div id={tableId}>{table}</div>}
    </section>
  );
}

interface PlaceProps extends PlotContent {
  readonly theme: Theme;
  readonly onHover: (hover: Hover | undefined) => void;
  /** A key has moved the cursor. */
  readonly onStep: (hover: Hover) => void;
}

function PlotPlace({ spec, view, hidden, theme, onHover, onStep }: PlaceProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(null);
  const content = useRef<PlotContent>({ spec, view, hidden });
  useLayoutEffect(() => {
    const place = host.current;
    if (!place) return undefined;
    const made = new Plot(place, content.current, theme, onHover);
    plot.current = made;
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(place);
    return () => {
      observer.disconnect();
      made.dispose();
      plot.current = null;
    };
  }, [theme]);
  useLayoutEffect(() => {
    const now = { spec, view, hidden };
    const isDrawn = content.current.spec === spec && content.current.view === view;
    const isSame = isDrawn && content.current.hidden === hidden;
    content.current = now;
    if (!isSame) plot.current?.draw(now);
  }, [spec, view, hidden]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const act = keyAct(event.key, plot.current, view);
    if (!act) return;
    event.preventDefault();
    act();
    const at = event.key.startsWith('Arrow') ? plot.current?.at : undefined;
    if (at) onStep(at);
  };
  return (
    <div
      ref={host}
      class="plot"
      role="img"
      aria-label={texts.chartLabel(spec.title, spec.summary)}
      tabIndex={0}
      onKeyDown={onKeyDown}
    />
  );
}

function keyAct(key: string, plot: Plot | null, view: View): (() => void) | undefined {
  switch (key) {
    case 'ArrowLeft':
      return () => plot?.step(-1);
    case 'ArrowRight':
      return () => plot?.step(1);
    case '+':
    case '=':
      return () => plot?.zoom(true);
    case '-':
      return () => plot?.zoom(false);
    case 'Escape':
    case '0':
      return view.resetZoom;
    default:
      return undefined;
  }
}
