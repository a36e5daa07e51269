import type { DashboardHours, Words } from '../../../protocol/dashboard';
import { firstFrom } from './dataset';
import type { Dataset, Stretch } from './dataset';

/** `undefined`: all of them. */
export interface Filter {
  readonly model: string | undefined;
  readonly endpoint: string | undefined;
}

/** The rows that the filter lets through, oldest first. */
export function rowsOf({ requests }: Dataset, filter: Filter): Uint32Array {
  const isIn = matcher(requests, filter);
  const rows = new Uint32Array(requests.at.length);
  let count = 0;
  for (let row = 0; row < rows.length; row++) if (isIn(row)) rows[count++] = row;
  return rows.subarray(0, count);
}

/** Those of these rows that ended in this stretch. */
export function rowsIn(
  rows: Uint32Array,
  { requests }: Dataset,
  { from, to }: Stretch,
): Uint32Array {
  const first = firstFrom(requests.at, from);
  const end = firstFrom(requests.at, to);
  return rows.subarray(firstFrom(rows, first), firstFrom(rows, end));
}

/** The same for hours: rows of `dataset.hours`. */
export function hoursIn({ hours }: Dataset, filter: Filter, { from, to }: Stretch): number[] {
  const isIn = matcher(hours, filter);
  const found: number[] = [];
  const end = firstFrom(hours.at, to);
  for (let row = firstFrom(hours.at, from); row < end; row++) if (isIn(row)) found.push(row);
  return found;
}

type Named = Pick<DashboardHours, 'model' | 'endpoint'>;

function matcher({ model, endpoint }: Named, filter: Filter): (row: number) => boolean {
  const models = wanted(model, filter.model);
  const endpoints = wanted(endpoint, filter.endpoint);
  return (row) =>
    (models === undefined || model.values[row] === models) &&
    (endpoints === undefined || endpoint.values[row] === endpoints);
}

/** -1, which no row has, for a name that is not met. */
function wanted({ names }: Words, name: string | undefined): number | undefined {
  return name === undefined ? undefined : names.indexOf(name);
}
