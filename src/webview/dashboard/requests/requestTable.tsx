import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../shared/iconButton';
import { wordAt } from '../data/dataset';
import type { Dataset } from '../data/dataset';
import { nameOf, rowNamed } from '../data/rowName';
import { COLUMNS } from '../data/requestRows';
import type { Column, Order } from '../data/requestRows';
import { texts } from '../texts/texts';
import { cellText, FIGURES, OutcomeMark } from './cells';
import { shownRows } from './shownRows';

/** CSS pixels; the style sheet has the same. */
const ROW_HEIGHT = 26;
/** Rows above and below what is seen, for quick scrolling. */
const OVERSCAN = 8;
/** What is seen before it was measured. */
const FIRST_HEIGHT = 400;
/** Rows that the keys for pages move by. */
const PAGE = 12;

interface TableProps {
  readonly dataset: Dataset;
  /** The ids of the requests, by row of the dataset. */
  readonly ids: readonly string[];
  /** Rows of the dataset, in the order to show. */
  readonly rows: Uint32Array;
  readonly order: Order;
  readonly sort: (order: Order) => void;
  /** Row of the dataset whose details are shown. */
  readonly opened: number | undefined;
  readonly open: (row: number) => void;
}

/** Any number of requests: only the rows in sight are in the page. The arrow keys choose one, Enter opens it. */
export function RequestTable(props: TableProps): JSX.Element {
  const { dataset, ids, rows, order, sort, opened, open } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [active, setActive] = useState(0);
  const [isFocused, setFocused] = useState(false);
  const idBase = useId();
  const height = frame.current?.clientHeight ?? FIRST_HEIGHT;
  const { first, end } = shownRows(rows.length, { top, height, rowHeight: ROW_HEIGHT }, OVERSCAN);
  const current = Math.min(active, rows.length - 1);
  useLayoutEffect(() => {
    if (frame.current) frame.current.scrollTop = 0;
    setTop(0);
    setActive(0);
  }, [order]);
  useReadAnew({ dataset, ids, rows }, (indexNow) => {
    if (isFocused || active > 0) setActive(indexNow(current));
    const seen = Math.floor(top / ROW_HEIGHT);
    if (top === 0 || !frame.current) return;
    frame.current.scrollTop += (indexNow(seen) - seen) * ROW_HEIGHT;
    setTop(frame.current.scrollTop);
  });
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setActive(next);
    if (frame.current) setTop(scrollTo(frame.current, next));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLButtonElement || event.altKey || event.ctrlKey || event.metaKey)
      return;
    const row = rows[current];
    const to = MOVES[event.key]?.(current, rows.length);
    if (to !== undefined) move(to);
    else if (event.key === 'Enter' && row !== undefined) open(row);
    else return;
    event.preventDefault();
  };
  const isActiveShown = current >= first && current < end;
  return (
    <div
      ref={frame}
      class="request-frame"
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
    >
      <table
        class="requests"
        role="grid"
        aria-label={texts.requests}
        aria-description={texts.requestKeys}
        aria-rowcount={rows.length + 1}
        aria-activedescendant={isActiveShown ? `${idBase}-${String(current)}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onFocus={({ target, currentTarget }) => setFocused(target === currentTarget)}
        onBlur={() => setFocused(false)}
      >
        <Heads order={order} sort={sort} />
        <tbody>
          <Filler rows={first} />
          {Array.from(rows.subarray(first, end), (row, offset) => {
            const index = first + offset;
            const isActive = isFocused && index === current;
            return (
              <tr
                key={row}
                id={`${idBase}-${String(index)}`}
                aria-rowindex={index + 2}
                aria-selected={row === opened}
                class={isActive ? 'active' : undefined}
                onClick={() => {
                  setActive(index);
                  open(row);
                }}
              >
                <Cells dataset={dataset} row={row} />
              </tr>
            );
          })}
          <Filler rows={rows.length - end} />
        </tbody>
      </table>
    </div>
  );
}

type Listed = Pick<TableProps, 'dataset' | 'ids' | 'rows'>;

/** Calls `moved` when the figures were read anew, with what tells where a request of before stands now: what was chosen and seen stays. */
function useReadAnew(now: Listed, moved: (indexNow: (index: number) => number) => void): void {
  const held = useRef(now);
  useLayoutEffect(() => {
    const then = held.current;
    held.current = now;
    if (then.dataset === now.dataset) return;
    moved((index) => {
      const row = then.rows[index];
      const name = row === undefined ? undefined : nameOf(row, then.dataset, then.ids);
      const found = name && rowNamed(name, now.dataset, now.ids);
      const at = found === undefined ? -1 : now.rows.indexOf(found);
      return at === -1 ? index : at;
    });
  }, [now.rows]);
}

/** Index of the row that a key leads to. */
const MOVES: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at) => at + PAGE,
  PageUp: (at) => at - PAGE,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** Brings a row into sight; returns how far the frame is scrolled. The head, a row high, stays over the rows. */
function scrollTo(frame: HTMLElement, index: number): number {
  const rowTop = index * ROW_HEIGHT;
  const room = frame.clientHeight - 2 * ROW_HEIGHT;
  if (rowTop < frame.scrollTop) frame.scrollTop = rowTop;
  else if (rowTop > frame.scrollTop + room) frame.scrollTop = rowTop - room;
  return frame.scrollTop;
}

function Heads({ order, sort }: Pick<TableProps, 'order' | 'sort'>): JSX.Element {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {COLUMNS.map((column) => {
          const isSorted = order.column === column;
          const direction = order.isRising ? 'ascending' : 'descending';
          return (
            <th
              key={column}
              scope="col"
              class={classOf(column)}
              aria-sort={isSorted ? direction : 'none'}
            >
              <button
                type="button"
                onClick={() => sort({ column, isRising: isSorted ? !order.isRising : false })}
              >
                <span>{texts.columns[column]}</span>
                {isSorted && <Icon name={order.isRising ? 'arrow-up' : 'arrow-down'} />}
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function Cells({ dataset, row }: { readonly dataset: Dataset; readonly row: number }): JSX.Element {
  return (
    <>
      {COLUMNS.map((column) => {
        const text = cellText(dataset, row, column);
        return (
          <td key={column} class={classOf(column)} title={text}>
            {column === 'outcome' ? (
              <OutcomeMark outcome={wordAt(dataset.requests.outcome, row)} />
            ) : (
              text
            )}
          </td>
        );
      })}
    </>
  );
}

/** As high as rows that are not there. */
function Filler({ rows }: { readonly rows: number }): JSX.Element | null {
  if (rows <= 0) return null;
  return (
    <tr class="filler" aria-hidden="true">
      <td colSpan={COLUMNS.length} style={{ height: `${String(rows * ROW_HEIGHT)}px` }} />
    </tr>
  );
}

function classOf(column: Column): string {
  return FIGURES.has(column) ? `col-${column} figures` : `col-${column}`;
}
