import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Dataset } from '../data/dataset';
import { nameOf, rowNamed } from '../data/rowName';
import type { RowName } from '../data/rowName';
import { OUTCOMES, requestIdsOf, requestRows } from '../data/requestRows';
import type { Order, Outcome } from '../data/requestRows';
import { Picker } from '../picker';
import { formatNumber } from '../texts/format';
import { texts } from '../texts/texts';
import { RequestDetails } from './requestDetails';
import { RequestTable } from './requestTable';

interface RequestsProps {
  readonly dataset: Dataset;
  /** Those in the stretch that the page's filter lets through, oldest first. */
  readonly rows: Uint32Array;
  readonly announce: (text: string) => void;
}

/** Every request of the stretch: filter, order, and one by itself. */
export function Requests({ dataset, rows, announce }: RequestsProps): JSX.Element {
  const [text, setText] = useState('');
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const [order, setOrder] = useState<Order>({ column: 'at', isRising: false });
  const [opened, setOpened] = useState<RowName | undefined>(undefined);
  const place = useRef<HTMLElement>(null);
  const ids = useMemo(() => requestIdsOf(dataset), [dataset]);
  const shown = useMemo(
    () => requestRows(dataset, ids, rows, { text, outcome }, order),
    [dataset, ids, rows, text, outcome, order],
  );
  const countText = texts.requestsOf(formatNumber(shown.length), formatNumber(rows.length));
  const openedRow = useMemo(() => opened && rowNamed(opened, dataset, ids), [opened, dataset, ids]);
  const open = (row: number): void => setOpened(nameOf(row, dataset, ids));
  // Only what the reader did is told: figures that come by themselves would be told all day long.
  const isFiltered = text.trim() !== '' || outcome !== undefined;
  useEffect(() => {
    if (isFiltered) announce(countText);
  }, [text, outcome]);
  const close = (): void => {
    setOpened(undefined);
    place.current?.querySelector<HTMLElement>('[role=grid]')?.focus();
  };
  return (
    <section ref={place} class="request-list" aria-label={texts.requests}>
      <h2>{texts.requests}</h2>
      <div class="controls">
        <input
          type="search"
          class="text-field"
          aria-label={texts.filterLabel}
          placeholder={texts.filterHint}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Picker
          label={texts.outcomeLabel}
          all={texts.allOutcomes}
          names={OUTCOMES}
          textOf={(name) => texts.outcomes[name]}
          chosen={outcome}
          choose={setOutcome}
        />
        <p class="count">{countText}</p>
      </div>
      {shown.length === 0 ? (
        <p class="none">{texts.noneMatches}</p>
      ) : (
        <RequestTable
          dataset={dataset}
          ids={ids}
          rows={shown}
          order={order}
          sort={setOrder}
          opened={openedRow}
          open={open}
        />
      )}
      {opened && openedRow !== undefined && (
        <RequestDetails
          key={`${String(opened.at)} ${opened.id} ${String(opened.nth)}`}
          dataset={dataset}
          row={openedRow}
          requestId={ids[openedRow] ?? ''}
          announce={announce}
          close={close}
        />
      )}
    </section>
  );
}
