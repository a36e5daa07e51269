import type { JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { CopyButton } from '../../shared/copyButton';
import { formatDuration } from '../../shared/format';
import { IconButton } from '../../shared/iconButton';
import { wordAt } from '../data/dataset';
import type { Dataset } from '../data/dataset';
import { phasesAt } from '../data/phases';
import { COLUMNS } from '../data/requestRows';
import { formatNumber } from '../texts/format';
import { texts } from '../texts/texts';
import { exactTime } from '../texts/times';
import { cellText, OutcomeMark } from './cells';

interface DetailsProps {
  readonly dataset: Dataset;
  readonly row: number;
  readonly requestId: string;
  readonly announce: (text: string) => void;
  readonly close: () => void;
}

/** A request by itself: where its time went, and what support would ask for. */
export function RequestDetails(props: DetailsProps): JSX.Element {
  const { dataset, row, requestId, announce, close } = props;
  const { requests } = dataset;
  const head = useRef<HTMLHeadingElement>(null);
  const headId = useId();
  // Not again when the figures are read anew: whoever is elsewhere by then stays there.
  useEffect(() => head.current?.focus(), []);
  return (
    <section
      class="details"
      aria-labelledby={headId}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
    >
      <div class="details-head">
        <h3 ref={head} id={headId} tabIndex={-1}>
          {texts.details}
        </h3>
        <span class="details-when">{exactTime(requests.at[row] ?? 0)}</span>
        <OutcomeMark outcome={wordAt(requests.outcome, row)} />
        <IconButton icon="close" label={texts.close} onClick={close} />
      </div>
      <Waterfall dataset={dataset} row={row} />
      <dl class="facts">
        {requestId !== '' && (
          <div>
            <dt>{texts.detailNames.requestId}</dt>
            <dd class="request-id">
              <code>{requestId}</code>
              <CopyButton label={texts.copyRequestId} text={() => requestId} announce={announce} />
            </dd>
          </div>
        )}
        {factsOf(dataset, row).map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Those that are known. */
function factsOf(dataset: Dataset, row: number): [name: string, text: string][] {
  const { requests } = dataset;
  const { detailNames } = texts;
  const columns = COLUMNS.filter((column) => column !== 'at' && column !== 'outcome');
  const facts = columns.map((column): [string, string] => [
    texts.columns[column],
    cellText(dataset, row, column),
  ]);
  const status = requests.status[row] ?? 0;
  const continuations = requests.continuations[row] ?? 0;
  const read = requests.cacheReadTokens[row] ?? 0;
  const written = requests.cacheWriteTokens[row] ?? 0;
  const served = wordAt(requests.servedFrom, row);
  return [
    ...facts,
    [detailNames.status, status > 0 ? String(status) : ''],
    [detailNames.continuations, continuations > 0 ? texts.times(formatNumber(continuations)) : ''],
    [
      detailNames.cache,
      read + written > 0 ? texts.cacheTokens(formatNumber(read), formatNumber(written)) : '',
    ],
    [detailNames.served, served === '' ? '' : texts.served(served)],
  ].filter((fact): fact is [string, string] => fact[1] !== '');
}

/** One bar a phase on a common axis, all of it as text, too. */
function Waterfall({ dataset, row }: Pick<DetailsProps, 'dataset' | 'row'>): JSX.Element | null {
  const phases = phasesAt(dataset.requests, row);
  const totalMs = dataset.requests.totalMs[row] ?? 0;
  const headId = useId();
  if (phases.length === 0) return null;
  return (
    <>
      <p class="waterfall-head" id={headId}>
        {texts.waterfall}
      </p>
      <ol class="waterfall" aria-labelledby={headId}>
        {phases.map(({ name, startMs, durationMs }) => (
          <li key={name}>
            <span class="waterfall-label">{texts.phases[name]}</span>
            <span class="waterfall-track" aria-hidden="true">
              <span
                class={`waterfall-bar ${name}`}
                style={{ left: percent(startMs / totalMs), width: percent(durationMs / totalMs) }}
              />
            </span>
            <span class="waterfall-time">{formatDuration(durationMs)}</span>
            <span class="visually-hidden">{texts.phaseStart(formatDuration(startMs))}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

function percent(part: number): string {
  return `${(100 * part).toFixed(2)}%`;
}
