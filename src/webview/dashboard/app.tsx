import type { ComponentChildren, JSX } from 'preact';
import { useCallback, useMemo, useState } from 'preact/hooks';
import { ErrorBox } from '../shared/errorBox';
import { FaultBoundary } from '../shared/faultBoundary';
import { Icon } from '../shared/iconButton';
import { useEvents } from '../shared/useEvent';
import type { Choice, DashboardLink } from './dashboardLink';
import type { Dataset, Stretch } from './data/dataset';
import { MIN_ZOOM_MS } from './data/grid';
import { Head } from './head';
import { Page } from './page';
import { formatNumber } from './texts/format';
import { texts } from './texts/texts';
import { timeToMinute } from './texts/times';

/** The whole page. */
export function App({ link }: { readonly link: DashboardLink }): JSX.Element {
  useEvents(link.onChange);
  return (
    <FaultBoundary
      detail={texts.faultDetail}
      again={texts.faultAgain}
      onFault={link.fault}
      onAgain={link.refresh}
    >
      <main class="dashboard" aria-busy={link.isReading}>
        {link.dataset ? <Read link={link} dataset={link.dataset} /> : <Unread link={link} />}
      </main>
    </FaultBoundary>
  );
}

/** Before the first figures are there. */
function Unread({ link }: { readonly link: DashboardLink }): JSX.Element {
  const { problem } = link;
  return (
    <>
      <h1>{texts.title}</h1>
      {problem === undefined ? (
        <p class="loading" role="status">
          {texts.loading}
        </p>
      ) : (
        <ErrorBox
          title={texts.failedTitle}
          detail={problem}
          again={texts.retry}
          onAgain={link.refresh}
        />
      )}
    </>
  );
}

interface ReadProps {
  readonly link: DashboardLink;
  readonly dataset: Dataset;
}

function Read({ link, dataset }: ReadProps): JSX.Element {
  const { choice, problem } = link;
  const [zoomed, setZoomed] = useState<Stretch | undefined>(undefined);
  const resetZoom = useCallback(() => setZoomed(undefined), []);
  const choose = (patch: Partial<Choice>): void => {
    if (patch.range !== undefined) resetZoom();
    link.choose(patch);
  };
  const zoom = useCallback(
    ({ from, to }: Stretch) => setZoomed(clamped({ from, to }, dataset.stretch)),
    [dataset],
  );
  // As time goes on, what was zoomed into leaves what is looked at.
  const held = useMemo(() => zoomed && clamped(zoomed, dataset.stretch), [zoomed, dataset]);
  const names = useMemo(() => namesOf(dataset), [dataset]);
  const isNothing = dataset.requests.at.length + dataset.hours.at.length === 0;
  const isFirst = isNothing && dataset.samples.at.length === 0;
  return (
    <>
      <Head
        choice={choice}
        choose={choose}
        models={names.models}
        endpoints={names.endpoints}
        refreshedAt={link.refreshedAt}
        refresh={link.refresh}
        zoomed={held}
        resetZoom={resetZoom}
      />
      {problem !== undefined && (
        <ErrorBox
          title={texts.staleTitle}
          detail={problem}
          again={texts.retry}
          onAgain={link.refresh}
        />
      )}
      {dataset.isCut && <Cut dataset={dataset} />}
      {isFirst && (choice.range === 'all' || isNothing) ? (
        <Empty isAll={choice.range === 'all'} link={link} choose={choose} />
      ) : (
        <Page
          dataset={dataset}
          choice={choice}
          stretch={held ?? dataset.stretch}
          zoom={zoom}
          resetZoom={resetZoom}
        />
      )}
    </>
  );
}

function Cut({ dataset: { requests } }: { readonly dataset: Dataset }): JSX.Element {
  const { at } = requests;
  return (
    <p class="hint">
      <Icon name="info" />
      <span>{texts.cut(formatNumber(at.length), timeToMinute(at[0] ?? 0))}</span>
    </p>
  );
}

interface EmptyProps {
  readonly isAll: boolean;
  readonly link: DashboardLink;
  readonly choose: (patch: Partial<Choice>) => void;
}

/** Nothing at all, or nothing in the time that was chosen. */
function Empty({ isAll, link, choose }: EmptyProps): JSX.Element {
  return (
    <Note
      title={isAll ? texts.emptyTitle : texts.nothingTitle}
      detail={isAll ? texts.emptyDetail : texts.nothingDetail}
    >
      <button type="button" class="button" onClick={() => link.post({ type: 'openChat' })}>
        {texts.openChat}
      </button>
      {!isAll && (
        <button
          type="button"
          class="button secondary"
          onClick={() => choose({ range: 'all', model: undefined, endpoint: undefined })}
        >
          {texts.showAll}
        </button>
      )}
    </Note>
  );
}

interface NoteProps {
  readonly title: string;
  readonly detail: string;
  readonly children: ComponentChildren;
}

function Note({ title, detail, children }: NoteProps): JSX.Element {
  return (
    <section class="note">
      <Icon name="graph-line" />
      <h2>{title}</h2>
      <p>{detail}</p>
      <div class="actions">{children}</div>
    </section>
  );
}

/** Within what was read; all of it, or nothing of it, is no zoom. */
function clamped({ from, to }: Stretch, whole: Stretch): Stretch | undefined {
  const held = { from: Math.max(from, whole.from), to: Math.min(to, whole.to) };
  if (held.to - held.from < MIN_ZOOM_MS) return undefined;
  return held.from <= whole.from && held.to >= whole.to ? undefined : held;
}

function namesOf({ requests, hours }: Dataset): {
  readonly models: readonly string[];
  readonly endpoints: readonly string[];
} {
  const sorted = (...lists: readonly (readonly string[])[]): string[] =>
    [...new Set(lists.flat())].sort((a, b) => a.localeCompare(b));
  return {
    models: sorted(requests.model.names, hours.model.names),
    endpoints: sorted(requests.endpoint.names, hours.endpoint.names),
  };
}
