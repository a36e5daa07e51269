import * as v from 'valibot';
import type { Clock } from '../base/clock';
import { percentiles } from '../engine/statistics';
import type {
  HourlyFigures,
  MeasuredRequest,
  MetricsRetention,
} from '../engine/metrics/metricsHistory';
import { addUsage, hasUsage, NO_USAGE } from '../engine/requests/usage';
import type { Usage } from '../engine/types';
import type { Connection } from './connection';
import { HOUR_COLUMNS, insertInto, readRequests, REQUEST_COLUMNS, toHourRow } from './metricsRows';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How often it is looked whether anything has grown old. Ms. */
const INTERVAL_MS = 600_000;
/** A step ends after so many rows, and after so many hours. The last hour is always done whole. */
const STEP_ROWS = 5_000;
const STEP_HOURS = 200;

const oldestRow = v.object({ at: v.nullable(v.number()) });

/** Hours that are there already get more only where requests are kept for longer than before: percentiles of two parts do not add up. */
const ADD_HOUR = `${insertInto('metric_hours', HOUR_COLUMNS, 'ABORT')}
  ON CONFLICT (at, endpoint, model, action) DO UPDATE SET
    ok = ok + excluded.ok, failed = failed + excluded.failed, stopped = stopped + excluded.stopped,
    input_tokens = input_tokens + excluded.input_tokens,
    output_tokens = output_tokens + excluded.output_tokens,
    cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
    cache_write_tokens = cache_write_tokens + excluded.cache_write_tokens,
    cost_usd = cost_usd + excluded.cost_usd, unpriced = unpriced + excluded.unpriced,
    first_token_p50 = coalesce(first_token_p50, excluded.first_token_p50),
    first_token_p95 = coalesce(first_token_p95, excluded.first_token_p95),
    first_token_p99 = coalesce(first_token_p99, excluded.first_token_p99),
    total_p50 = coalesce(total_p50, excluded.total_p50),
    total_p95 = coalesce(total_p95, excluded.total_p95)`;

/** What is kept as it is from when on, ms since 1970. */
export interface KeptSince {
  /** `Infinity`: none are kept. Else the beginning of an hour: only whole hours are added up. */
  readonly requests: number;
  /** Samples and thumbs; `Infinity` likewise. */
  readonly samples: number;
  /** Hours and marks; `Infinity` likewise. */
  readonly hours: number;
}

export function keptSince({ requestDays, hourDays }: MetricsRetention, now: number): KeptSince {
  const since = (days: number): number => (days > 0 ? Math.floor(now - days * DAY_MS) : Infinity);
  const samples = since(requestDays);
  return {
    requests: Number.isFinite(samples) ? hourOf(samples) : Infinity,
    samples,
    hours: since(hourDays),
  };
}

/**
 * Puts what has grown old away, in steps: requests are added up by the hour, other things deleted. Where no requests are kept at all
 * they are deleted without being added up. Lives as long as the store's thread, see `MetricsTable`.
 */
export class MetricsRollup {
  readonly #clock: Clock;
  #nextAt = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Some of what is to be done, in one transaction, if it is time. The rest is done by the next calls. */
  run(connection: Connection, retention: MetricsRetention): void {
    if (this.#clock.now() < this.#nextAt) return;
    const since = keptSince(retention, this.#clock.wallNow());
    const isDone = connection.write(() => step(connection, since));
    if (isDone) this.#nextAt = this.#clock.now() + INTERVAL_MS;
  }
}

/** Whether nothing is left to do. */
function step(connection: Connection, since: KeptSince): boolean {
  const isRolledUp =
    since.requests === Infinity
      ? deleteSome(connection, 'metric_requests', 'at < ?', Infinity)
      : rollUp(connection, since.requests);
  const areGone = [
    deleteSome(connection, 'metric_samples', 'at < ?', since.samples),
    deleteSome(connection, 'metric_events', "at < ? AND kind <> 'mark'", since.samples),
    deleteSome(connection, 'metric_events', "at < ? AND kind = 'mark'", since.hours),
  ];
  // An hour that lies partly in the time is kept.
  connection.statement('DELETE FROM metric_hours WHERE at <= ?').run(since.hours - HOUR_MS);
  return isRolledUp && areGone.every(Boolean);
}

function deleteSome(connection: Connection, table: string, where: string, at: number): boolean {
  const { changes } = connection
    .statement(
      `DELETE FROM ${table} WHERE key IN (SELECT key FROM ${table} WHERE ${where} LIMIT ?)`,
    )
    .run(at, STEP_ROWS);
  return Number(changes) < STEP_ROWS;
}

function rollUp(connection: Connection, before: number): boolean {
  let rows = 0;
  for (let hours = 0; hours < STEP_HOURS && rows < STEP_ROWS; hours++) {
    const oldest = oldestRequest(connection);
    if (oldest === undefined || oldest >= before) return true;
    rows += rollUpHour(connection, hourOf(oldest));
  }
  return false;
}

function oldestRequest(connection: Connection): number | undefined {
  const row = connection.statement('SELECT min(at) AS at FROM metric_requests').get();
  return v.parse(oldestRow, row).at ?? undefined;
}

/** How many requests it had. */
function rollUpHour(connection: Connection, at: number): number {
  const rows = connection
    .statement(
      `SELECT ${REQUEST_COLUMNS.join(', ')} FROM metric_requests WHERE at >= ? AND at < ? ORDER BY key`,
    )
    .all(at, at + HOUR_MS);
  const insert = connection.statement(ADD_HOUR);
  for (const hour of hourlyFigures(at, readRequests(rows))) insert.run(toHourRow(hour));
  connection
    .statement('DELETE FROM metric_requests WHERE at >= ? AND at < ?')
    .run(at, at + HOUR_MS);
  return rows.length;
}

function hourlyFigures(at: number, requests: readonly MeasuredRequest[]): HourlyFigures[] {
  const groups = Map.groupBy(requests, ({ endpointId, model, action }) =>
    JSON.stringify([endpointId, model, action]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [figuresOf(at, first, group)] : [];
  });
}

function figuresOf(
  at: number,
  { endpointId, model, action }: MeasuredRequest,
  group: readonly MeasuredRequest[],
): HourlyFigures {
  const ended = (outcome: MeasuredRequest['outcome']): number =>
    group.filter((each) => each.outcome === outcome).length;
  const firstTokens = group
    .map(({ timing }) => timing.firstTokenMs)
    .filter((ms) => ms !== undefined);
  // How soon one failed, was stopped or was found in a cache says nothing about the others.
  const totals = group
    .filter(({ outcome, servedFrom }) => outcome === 'ok' && servedFrom === undefined)
    .map(({ timing }) => timing.totalMs);
  const firstToken = percentiles(firstTokens, { p50: 0.5, p95: 0.95, p99: 0.99 });
  const total = percentiles(totals, { p50: 0.5, p95: 0.95 });
  return {
    at,
    endpointId,
    model,
    action,
    ok: ended('ok'),
    failed: ended('failed'),
    stopped: ended('stopped'),
    usage: group.reduce<Usage>((sum, { usage }) => addUsage(sum, usage), NO_USAGE),
    costUSD: group.reduce((sum, { costUSD }) => sum + (costUSD ?? 0), 0),
    unpriced: group.filter(isUnpriced).length,
    firstTokenP50: firstToken('p50'),
    firstTokenP95: firstToken('p95'),
    firstTokenP99: firstToken('p99'),
    totalP50: total('p50'),
    totalP95: total('p95'),
  };
}

/** Used something whose price is not known. The same in SQL: `UNPRICED` of metricsTable.ts. */
function isUnpriced({ costUSD, usage }: MeasuredRequest): boolean {
  return costUSD === undefined && hasUsage(usage);
}

function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}
