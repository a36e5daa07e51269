import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Clock } from '../base/clock';
import type {
  MetricsBatch,
  MetricsHistoryRead,
  MetricsRange,
  MetricsRetention,
  Spending,
  SystemSample,
} from '../engine/metrics/metricsHistory';
import type { Connection } from './connection';
import { readRequestColumns } from './metricsColumns';
import { keptSince, MetricsRollup } from './metricsRollup';
import type { KeptSince } from './metricsRollup';
import {
  EVENT_COLUMNS,
  HOUR_COLUMNS,
  insertInto,
  readEvents,
  readHours,
  readRequests,
  readSamples,
  REQUEST_COLUMNS,
  SAMPLE_COLUMNS,
  toEventRow,
  toRequestRow,
  toSampleRow,
} from './metricsRows';
import { metricsCursorSchema, spendingSchema } from './metricsSchemas';
import type { MetricsCursor, MetricsExchanged } from './metricsSchemas';
import { isBusy } from './sqliteError';

/** What a window that has seen nothing yet is told. Ms. */
const RECENT_MS = 24 * 3_600_000;
/** Of each table, the newest, in one exchange. */
const MAX_EXCHANGED = 20_000;
/** In one reading. Where there are more samples, some are put together; of the others the newest are read. */
const MAX_SAMPLES = 5_000;
const MAX_EVENTS = 20_000;
const MAX_HOURS = 50_000;

const UNPRICED = `cost_usd IS NULL AND
  input_tokens + output_tokens + cache_read_tokens + cache_write_tokens > 0`;

const COLUMNS = {
  metric_requests: REQUEST_COLUMNS,
  metric_samples: SAMPLE_COLUMNS,
  metric_events: EVENT_COLUMNS,
} as const;
type MetricTable = keyof typeof COLUMNS;

const sampledRow = v.object({
  count: v.number(),
  first: v.nullable(v.number()),
  last: v.nullable(v.number()),
});

/**
 * What windows measured. Each method is one transaction, `exchange` up to two. Lives as long as the store's thread, over a file that is
 * closed and opened again: it does not keep the connection. What a window has seen is kept by its other side (metricsCalls.ts), so that
 * neither a thread that died nor an answer that came too late loses anything.
 */
export class MetricsTable {
  /** Of its name only a number is written down. */
  readonly #owner: number;
  readonly #clock: Clock;
  readonly #rollup: MetricsRollup;

  constructor(owner: string, clock: Clock) {
    this.#owner = createHash('sha256').update(owner).digest().readUIntBE(0, 6);
    this.#clock = clock;
    this.#rollup = new MetricsRollup(clock);
  }

  /**
   * See `MetricsHistory.exchangeMetrics`. The same batch may come again.
   * @param seen as the last exchange returned it; `undefined` at the first one
   */
  exchange(
    connection: Connection,
    batch: MetricsBatch,
    retention: MetricsRetention,
    seen: MetricsCursor | undefined,
  ): MetricsExchanged {
    const exchanged = connection.write(() => {
      this.#write(connection, batch, keptSince(retention, this.#clock.wallNow()));
      const now = readCursor(connection);
      // Nothing of another file was seen.
      const known = seen?.file === now.file ? seen : undefined;
      const others = (table: MetricTable, key: number | undefined): unknown[] =>
        key === undefined
          ? this.#newestOf(connection, table, 'at', this.#clock.wallNow() - RECENT_MS)
          : this.#newestOf(connection, table, 'key', key + 1);
      return {
        others: {
          requests: readRequests(others('metric_requests', known?.requests)),
          samples: readSamples(others('metric_samples', known?.samples)),
          events: readEvents(others('metric_events', known?.events)),
        },
        seen: now,
      };
    });
    this.#putAway(connection, retention);
    return exchanged;
  }

  read(connection: Connection, range: MetricsRange, maxRequests: number): MetricsHistoryRead {
    return connection.read(() => ({
      ...readRequestColumns(connection, range, maxRequests),
      samples: readSystem(connection, range),
      events: readEvents(readNewest(connection, 'metric_events', EVENT_COLUMNS, range, MAX_EVENTS)),
      hours: readHours(readNewest(connection, 'metric_hours', HOUR_COLUMNS, range, MAX_HOURS)),
    }));
  }

  spending(connection: Connection, { from, to }: MetricsRange): Spending {
    const row = connection.read(() =>
      connection
        .statement(
          `SELECT coalesce(sum(cost), 0.0) AS costUSD, coalesce(sum(unpriced), 0) AS unpriced,
             coalesce(sum(requests), 0) AS requests
           FROM (
             SELECT sum(cost_usd) AS cost, sum(${UNPRICED}) AS unpriced, count(*) AS requests
             FROM metric_requests WHERE at >= ?1 AND at < ?2
             UNION ALL
             SELECT sum(cost_usd), sum(unpriced), sum(ok + failed + stopped)
             FROM metric_hours WHERE at >= ?1 AND at < ?2
           )`,
        )
        .get(from, to),
    );
    return v.parse(spendingSchema, row);
  }

  removeEvent(connection: Connection, uid: string): void {
    connection.write(() =>
      connection.statement('DELETE FROM metric_events WHERE uid = ?').run(uid),
    );
  }

  clear(connection: Connection): void {
    connection.write(() => {
      for (const table of [...Object.keys(COLUMNS), 'metric_hours']) {
        connection.statement(`DELETE FROM ${table}`).run();
      }
    });
  }

  /** What is too old to be kept is not written: its hour was added up already. */
  #write(connection: Connection, batch: MetricsBatch, since: KeptSince): void {
    const owned = (columns: readonly string[]): string[] => [...columns, 'owner'];
    const owner = this.#owner;
    const addRequest = connection.statement(
      insertInto('metric_requests', owned(REQUEST_COLUMNS), 'IGNORE'),
    );
    for (const request of batch.requests) {
      if (request.at >= since.requests) addRequest.run({ ...toRequestRow(request), owner });
    }
    const addSample = connection.statement(
      insertInto('metric_samples', owned(SAMPLE_COLUMNS), 'IGNORE'),
    );
    for (const sample of batch.samples) {
      if (sample.at >= since.samples) addSample.run({ ...toSampleRow(sample), owner });
    }
    const addEvent = connection.statement(
      insertInto('metric_events', owned(EVENT_COLUMNS), 'REPLACE'),
    );
    for (const event of batch.events) {
      const keptFrom = event.kind === 'mark' ? since.hours : since.samples;
      if (event.at >= keptFrom) addEvent.run({ ...toEventRow(event), owner });
    }
  }

  /** Oldest first, of other windows. */
  #newestOf(connection: Connection, table: MetricTable, by: 'key' | 'at', from: number): unknown[] {
    return connection
      .statement(
        `SELECT ${COLUMNS[table].join(', ')} FROM ${table}
         WHERE ${by} >= ? AND owner <> ? ORDER BY ${by} DESC LIMIT ?`,
      )
      .all(from, this.#owner, MAX_EXCHANGED)
      .toReversed();
  }

  #putAway(connection: Connection, retention: MetricsRetention): void {
    try {
      this.#rollup.run(connection, retention);
    } catch (error) {
      // Another window is writing: the next exchange does it. What this one is about is done.
      if (!isBusy(error)) throw error;
    }
  }
}

function readCursor(connection: Connection): MetricsCursor {
  const row = connection
    .statement(
      `SELECT file,
         (SELECT coalesce(max(key), 0) FROM metric_requests) AS requests,
         (SELECT coalesce(max(key), 0) FROM metric_samples) AS samples,
         (SELECT coalesce(max(key), 0) FROM metric_events) AS events
       FROM metric_state`,
    )
    .get();
  return v.parse(metricsCursorSchema, row);
}

/** Oldest first. */
function readNewest(
  connection: Connection,
  table: 'metric_events' | 'metric_hours',
  columns: readonly string[],
  { from, to }: MetricsRange,
  max: number,
): unknown[] {
  return connection
    .statement(
      `SELECT ${columns.join(', ')} FROM ${table} WHERE at >= ? AND at < ? ORDER BY at DESC LIMIT ?`,
    )
    .all(from, to, max)
    .toReversed();
}

/** All samples of the range; of more than can be shown, those of equal stretches of time are put together. */
function readSystem(connection: Connection, { from, to }: MetricsRange): SystemSample[] {
  const { count, first, last } = v.parse(
    sampledRow,
    connection
      .statement(
        `SELECT count(*) AS count, min(at) AS first, max(at) AS last
         FROM metric_samples WHERE at >= ? AND at < ?`,
      )
      .get(from, to),
  );
  if (first === null || last === null) return [];
  if (count <= MAX_SAMPLES) {
    const all = connection.statement(
      `SELECT ${SAMPLE_COLUMNS.join(', ')} FROM metric_samples
       WHERE at >= ? AND at < ? ORDER BY at, key`,
    );
    return readSamples(all.all(from, to));
  }
  const stretch = (last - first + 1) / MAX_SAMPLES;
  const together = connection.statement(
    `SELECT max(at) AS at, avg(cpu_share) AS cpu_share, max(rss_mb) AS rss_mb,
       max(heap_mb) AS heap_mb, max(loop_delay_ms) AS loop_delay_ms, max(running) AS running,
       max(queued) AS queued, max(concurrency) AS concurrency, min(headroom) AS headroom,
       max(store_ms) AS store_ms, avg(network_ms) AS network_ms
     FROM metric_samples WHERE at >= ?1 AND at < ?2
     GROUP BY CAST((at - ?3) / ?4 AS INTEGER) ORDER BY 1`,
  );
  return readSamples(together.all(from, to, first, stretch));
}
