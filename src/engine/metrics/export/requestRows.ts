import { NO_WORD } from '../metricsHistory';
import type { RequestColumns } from '../metricsHistory';
import { wordOf } from '../turnColumns';

/** Digits that a 32-bit number is exact to. */
const DIGITS = 7;

export type Field = string | number | null;

/** The fields of an exported request in their order. Ms, tokens, US$. `at` is an ISO 8601 moment in UTC: when it ended. */
export const REQUEST_FIELDS = [
  'at',
  'endpoint',
  'model',
  'action',
  'outcome',
  'errorKind',
  'status',
  'requestId',
  'servedFrom',
  'attempts',
  'continuations',
  'queueMs',
  'pacingMs',
  'backoffMs',
  'recoveryMs',
  'connectMs',
  'firstByteMs',
  'firstTokenMs',
  'totalMs',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'costUSD',
] as const satisfies readonly (keyof RequestColumns)[];
type FieldName = (typeof REQUEST_FIELDS)[number];

/** One field of one request; `null` where it has none. */
export function fieldOf(columns: RequestColumns, name: FieldName, index: number): Field {
  if (name === 'status') return wholeOf(columns.status[index] || undefined);
  const column = columns[name];
  if (column instanceof Float64Array) return isoOf(column[index]);
  if (column instanceof Float32Array) return numberOf(column[index]);
  if (column instanceof Uint16Array) return wholeOf(column[index]);
  return ('names' in column ? wordOf(column, index) : column[index]) || null;
}

function wholeOf(value: number | undefined): Field {
  return value === undefined || value === NO_WORD ? null : value;
}

function numberOf(value: number | undefined): Field {
  return value === undefined || Number.isNaN(value) ? null : Number(value.toPrecision(DIGITS));
}

function isoOf(at: number | undefined): Field {
  const moment = new Date(at ?? Number.NaN);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}
