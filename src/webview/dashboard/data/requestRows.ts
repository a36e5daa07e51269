import { NO_WORD } from '../../../protocol/dashboard';
import type { Words } from '../../../protocol/dashboard';
import { errorNameOf } from './dataset';
import type { Dataset } from './dataset';

export const OUTCOMES = ['ok', 'failed', 'stopped'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const COLUMNS = [
  'at',
  'outcome',
  'model',
  'endpoint',
  'action',
  'firstTokenMs',
  'totalMs',
  'inputTokens',
  'outputTokens',
  'costUSD',
  'attempts',
  'errorKind',
] as const;
export type Column = (typeof COLUMNS)[number];

export interface Order {
  readonly column: Column;
  readonly isRising: boolean;
}

export interface RowFilter {
  /** Part of the model's name, the error's or the request's id, in any case; empty for all. */
  readonly text: string;
  readonly outcome: Outcome | undefined;
}

/** The ids of the requests, by row. */
export function requestIdsOf({ requests }: Dataset): readonly string[] {
  return requests.at.length === 0 ? [] : requests.requestIds.split('\n');
}

/** Those of `rows` that the filter lets through, in this order. Equal ones stay with the newest first. */
export function requestRows(
  dataset: Dataset,
  ids: readonly string[],
  rows: Uint32Array,
  filter: RowFilter,
  order: Order,
): Uint32Array {
  const oldestFirst = filtered(dataset, ids, rows, filter);
  if (order.column === 'at' && order.isRising) return oldestFirst;
  const matching = oldestFirst.toReversed();
  if (order.column === 'at') return matching;
  const keys = keysOf(dataset, order.column);
  const sign = order.isRising ? 1 : -1;
  return matching.sort((a, b) => compare(keys[a] ?? Number.NaN, keys[b] ?? Number.NaN, sign));
}

/** What is not known comes last, whatever the order. */
function compare(a: number, b: number, sign: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return (a - b) * sign;
}

function filtered(
  dataset: Dataset,
  ids: readonly string[],
  rows: Uint32Array,
  { text, outcome }: RowFilter,
): Uint32Array {
  const { requests } = dataset;
  const wanted = text.trim().toLowerCase();
  if (wanted === '' && outcome === undefined) return rows;
  const models = namesWith(requests.model.names, wanted);
  const kinds = namesWith(shownErrors(dataset), wanted);
  const isNamed = ({ values }: Words, names: ReadonlySet<number>, row: number): boolean =>
    names.has(values[row] ?? NO_WORD);
  const index = outcome === undefined ? undefined : requests.outcome.names.indexOf(outcome);
  return rows.filter(
    (row) =>
      (index === undefined || requests.outcome.values[row] === index) &&
      (wanted === '' ||
        isNamed(requests.model, models, row) ||
        isNamed(requests.errorKind, kinds, row) ||
        (ids[row] ?? '').toLowerCase().includes(wanted)),
  );
}

/** Indexes of the names that hold the text. */
function namesWith(names: readonly string[], text: string): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [index, name] of names.entries()) {
    if (name.toLowerCase().includes(text)) found.add(index);
  }
  return found;
}

function keysOf(dataset: Dataset, column: Column): Float32Array | Float64Array {
  const values = dataset.requests[column];
  if (!('names' in values)) return values;
  return ranksOf(column === 'errorKind' ? { ...values, names: shownErrors(dataset) } : values);
}

/** The errors' names as they are shown, in the order of those that are kept. */
function shownErrors(dataset: Dataset): string[] {
  return dataset.requests.errorKind.names.map((kind) => errorNameOf(dataset, kind));
}

/** A number for each word, in the order of the alphabet. */
function ranksOf({ names, values }: Words): Float32Array {
  const ranks = new Map(names.toSorted().map((name, rank) => [name, rank]));
  return Float32Array.from(values, (value) => ranks.get(names[value] ?? '') ?? Number.NaN);
}
