import { firstFrom } from './dataset';
import type { Dataset } from './dataset';

/** What a request is found by in any reading: rows are others in each. */
export interface RowName {
  /** Ms since 1970. */
  readonly at: number;
  readonly id: string;
  /** So many came before it at this moment and with this id. */
  readonly nth: number;
}

/** `ids`: the ids of the requests, by row. */
export function nameOf(row: number, { requests }: Dataset, ids: readonly string[]): RowName {
  const at = requests.at[row] ?? 0;
  const id = ids[row] ?? '';
  let nth = 0;
  for (let earlier = row - 1; requests.at[earlier] === at; earlier--) {
    if (ids[earlier] === id) nth++;
  }
  return { at, id, nth };
}

/** Its row; `undefined` where it is not there any more. */
export function rowNamed(
  { at, id, nth }: RowName,
  { requests }: Dataset,
  ids: readonly string[],
): number | undefined {
  let before = 0;
  for (let row = firstFrom(requests.at, at); requests.at[row] === at; row++) {
    if (ids[row] !== id) continue;
    if (before === nth) return row;
    before++;
  }
  return undefined;
}
