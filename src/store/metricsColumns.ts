import type { SQLOutputValue } from 'node:sqlite';
import { NO_WORD } from '../engine/metrics/metricsHistory';
import type { MetricsRange, RequestColumns, WordColumn } from '../engine/metrics/metricsHistory';
import type { Connection } from './connection';

const MAX_COUNT = 65_535;

/** As selected. */
type Row = readonly SQLOutputValue[];

const WORDS = [
  ['endpoint', 'endpoint'],
  ['model', 'model'],
  ['action', 'action'],
  ['outcome', 'outcome'],
  ['errorKind', 'error_kind'],
  ['servedFrom', 'served_from'],
] as const;
const FLOATS = [
  ['queueMs', 'queue_ms'],
  ['pacingMs', 'pacing_ms'],
  ['backoffMs', 'backoff_ms'],
  ['recoveryMs', 'recovery_ms'],
  ['connectMs', 'connect_ms'],
  ['firstByteMs', 'first_byte_ms'],
  ['firstTokenMs', 'first_token_ms'],
  ['totalMs', 'total_ms'],
  ['inputTokens', 'input_tokens'],
  ['outputTokens', 'output_tokens'],
  ['cacheReadTokens', 'cache_read_tokens'],
  ['cacheWriteTokens', 'cache_write_tokens'],
  ['costUSD', 'cost_usd'],
] as const;
const COUNTS = [
  ['attempts', 'attempts'],
  ['continuations', 'continuations'],
  ['status', 'status'],
] as const;

const NAMED = [...WORDS, ...FLOATS, ...COUNTS];
const SELECT = `SELECT at, request_id, ${NAMED.map(([, name]) => name).join(', ')}`;
const FIRST_WORD = 2;
const FIRST_FLOAT = FIRST_WORD + WORDS.length;
const FIRST_COUNT = FIRST_FLOAT + FLOATS.length;
const IN_RANGE = 'FROM metric_requests WHERE at >= ? AND at < ?';

/**
 * The newest requests of the range, at most `max`, by column; `isCut` where there are more. Takes part in a transaction that is open.
 * Row by row into the columns: 100,000 requests are never there as objects at once.
 */
export function readRequestColumns(
  connection: Connection,
  { from, to }: MetricsRange,
  max: number,
): { requests: RequestColumns; isCut: boolean } {
  const counted = connection
    .statement(`SELECT count(*) AS found FROM (SELECT 1 ${IN_RANGE} LIMIT ?)`)
    .get(from, to, max + 1);
  const found = numberOf(counted?.['found']);
  const columns = new Columns(Math.min(found, max));
  const statement = connection.statement(
    `${SELECT} ${IN_RANGE} ORDER BY at DESC, key DESC LIMIT ?`,
  );
  // Node 22.16 and later: rows as arrays take half the time.
  if ('setReturnArrays' in statement) statement.setReturnArrays(true);
  for (const row of statement.iterate(from, to, max)) {
    columns.putBefore(isArray(row) ? row : Object.values(row));
  }
  return { requests: columns.read(), isCut: found > max };
}

/** Filled from the end. */
class Columns {
  readonly #at: Float64Array;
  readonly #requestId: string[];
  readonly #words;
  readonly #floats;
  readonly #counts;
  /** The same, as selected. */
  readonly #inOrder;
  #place: number;

  constructor(size: number) {
    const floats = (): Float32Array => new Float32Array(size);
    const counts = (): Uint16Array => new Uint16Array(size);
    const words = (): Words => new Words(size);
    this.#place = size;
    this.#at = new Float64Array(size);
    this.#requestId = Array.from({ length: size }, () => '');
    this.#words = {
      endpoint: words(),
      model: words(),
      action: words(),
      outcome: words(),
      errorKind: words(),
      servedFrom: words(),
    };
    this.#floats = {
      queueMs: floats(),
      pacingMs: floats(),
      backoffMs: floats(),
      recoveryMs: floats(),
      connectMs: floats(),
      firstByteMs: floats(),
      firstTokenMs: floats(),
      totalMs: floats(),
      inputTokens: floats(),
      outputTokens: floats(),
      cacheReadTokens: floats(),
      cacheWriteTokens: floats(),
      costUSD: floats(),
    };
    this.#counts = { attempts: counts(), continuations: counts(), status: counts() };
    this.#inOrder = {
      words: WORDS.map(([name]) => this.#words[name]),
      floats: FLOATS.map(([name]) => this.#floats[name]),
      counts: COUNTS.map(([name]) => this.#counts[name]),
    };
  }

  putBefore(row: Row): void {
    const place = --this.#place;
    const requestId = row[1];
    this.#at[place] = numberOf(row[0]);
    if (typeof requestId === 'string') this.#requestId[place] = requestId;
    this.#inOrder.words.forEach((column, index) => column.put(place, row[FIRST_WORD + index]));
    this.#inOrder.floats.forEach((column, index) => {
      column[place] = numberOf(row[FIRST_FLOAT + index]);
    });
    this.#inOrder.counts.forEach((column, index) => {
      column[place] = countOf(row[FIRST_COUNT + index]);
    });
  }

  read(): RequestColumns {
    const { endpoint, model, action, outcome, errorKind, servedFrom } = this.#words;
    return {
      at: this.#at,
      requestId: this.#requestId,
      ...this.#floats,
      ...this.#counts,
      endpoint: endpoint.read(),
      model: model.read(),
      action: action.read(),
      outcome: outcome.read(),
      errorKind: errorKind.read(),
      servedFrom: servedFrom.read(),
    };
  }
}

class Words {
  readonly #places = new Map<string, number>();
  readonly #values: Uint16Array;

  constructor(size: number) {
    this.#values = new Uint16Array(size).fill(NO_WORD);
  }

  /** More different words than there are numbers for count as none. */
  put(place: number, word: SQLOutputValue | undefined): void {
    if (typeof word !== 'string') return;
    const known = this.#places.get(word) ?? this.#places.size;
    if (known >= NO_WORD) return;
    this.#places.set(word, known);
    this.#values[place] = known;
  }

  read(): WordColumn {
    return { names: [...this.#places.keys()], values: this.#values };
  }
}

function numberOf(value: SQLOutputValue | undefined): number {
  return typeof value === 'number' ? value : Number.NaN;
}

function countOf(value: SQLOutputValue | undefined): number {
  return typeof value === 'number' ? Math.min(MAX_COUNT, Math.max(0, value)) : 0;
}

function isArray(row: unknown): row is Row {
  return Array.isArray(row);
}
