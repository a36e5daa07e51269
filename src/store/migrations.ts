import type { DatabaseSync } from 'node:sqlite';
import { storeErrors } from './storeError';

/** Any change that a reader of conversations sees makes the count grow, whichever window and statement made it. */
const COUNTED_CHANGES: readonly (readonly [
  table: string,
  event: 'INSERT' | 'UPDATE' | 'DELETE',
])[] = [
  ['conversations', 'INSERT'],
  ['conversations', 'UPDATE'],
  ['conversations', 'DELETE'],
  ['turns', 'INSERT'],
  ['turns', 'UPDATE'],
  ['turns', 'DELETE'],
  ['turn_parts', 'INSERT'],
  ['turn_feedback', 'INSERT'],
  ['turn_feedback', 'UPDATE'],
  ['turn_feedback', 'DELETE'],
];

const COUNT_CHANGES = COUNTED_CHANGES.map(
  ([table, event]) =>
    `CREATE TRIGGER count_${table}_${event.toLowerCase()} AFTER ${event} ON ${table}
       BEGIN UPDATE changes SET count = count + 1; END;`,
).join('\n');

/**
 * Step `n` brings the file from format `n` to `n + 1`; `PRAGMA user_version` holds the format. A step that was released is never
 * changed. What holds for the tables:
 * - `key` is SQLite's own row number, declared so that VACUUM keeps it.
 * - `turns` holds a reply once it ended. While it arrives, its pieces are rows of `turn_parts`: adding one costs as much as the piece
 *   is long, however long the question and the reply already are.
 * - `running_turns` has one row for each turn that is waiting or streaming: whose it is and when its owner last said so (liveTurns.ts).
 * - `answers` is the response cache: anything in it may go at any time. `conversation` is an id and refers to no row, because an
 *   answer may be there before its conversation. The index on use holds the sizes, so that adding them up reads no answer.
 * - `conversations.deleted_at` is set where a deletion may still be taken back, and 0 where it may not: what is left of such a row is
 *   erased step by step (deletions.ts). Rows with a `deleted_at` are in no list.
 * - What is small and changes, or is large and does not, has tables beside `turns`: changing one column of a row rewrites all of it, texts
 *   included. `turn_parents.parent` is an id and refers to no row: it may be deleted in another window while a question that follows
 *   it is being asked, and that question is kept.
 * - `turn_words`, the search index, is made when the file is opened and SQLite has FTS5 (turnIndex.ts). It holds no texts; a turn in
 *   `unindexed_turns` is not in it. A step that follows a change of `searchWords.ts` sets `search_state.is_stale`. `search_state.scrub`: deleted words are
 *   still to be erased from it.
 * - `changes.count` grows with everything that a reader of conversations sees; triggers see to it.
 * - `limit_use` has one row for each window, rate limit scope and model family: sums that only grow (limitUseTable.ts).
 * - `metric_*` hold figures and no text of a conversation. Their keys are never given twice (AUTOINCREMENT): windows tell by them what is
 *   new, also after rows were replaced or cleared. `owner` is a number for the window that wrote a row. `metric_state.file` tells this
 *   file from one that takes its place. `metric_hours` is what is left of an hour's requests (metricsRollup.ts). No trigger counts them.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE conversations (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    workspace TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX conversations_by_time ON conversations (updated_at);
  CREATE INDEX conversations_by_workspace ON conversations (workspace, updated_at);

  CREATE TABLE turns (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation INTEGER NOT NULL REFERENCES conversations (key) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL
      CHECK (state IN ('waiting', 'streaming', 'done', 'stopped', 'failed', 'interrupted')),
    model TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    stop_reason TEXT,
    stats TEXT,
    error TEXT,
    prompt TEXT NOT NULL,
    text TEXT NOT NULL,
    thinking TEXT NOT NULL,
    content TEXT NOT NULL,
    UNIQUE (conversation, ordinal)
  ) STRICT;

  CREATE TABLE turn_parts (
    key INTEGER PRIMARY KEY,
    turn INTEGER NOT NULL REFERENCES turns (key) ON DELETE CASCADE,
    text TEXT NOT NULL,
    thinking TEXT NOT NULL
  ) STRICT;
  CREATE INDEX turn_parts_by_turn ON turn_parts (turn);

  CREATE TABLE running_turns (
    turn INTEGER PRIMARY KEY REFERENCES turns (key) ON DELETE CASCADE,
    owner TEXT NOT NULL,
    place TEXT NOT NULL,
    pid INTEGER NOT NULL,
    touched_at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE answers (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    conversation TEXT,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX answers_by_use ON answers (last_used_at, bytes);
  CREATE INDEX answers_by_age ON answers (created_at);
  CREATE INDEX answers_by_conversation ON answers (conversation) WHERE conversation IS NOT NULL;
  `,
  `
  CREATE TABLE limit_use (
    scope TEXT NOT NULL,
    owner TEXT NOT NULL,
    family TEXT NOT NULL,
    requests INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    touched_at INTEGER NOT NULL,
    PRIMARY KEY (scope, owner, family)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE conversations ADD COLUMN title_from TEXT NOT NULL DEFAULT 'prompt'
    CHECK (title_from IN ('prompt', 'model', 'user'));
  ALTER TABLE conversations ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE conversations ADD COLUMN deleted_at INTEGER;
  ALTER TABLE conversations ADD COLUMN head TEXT;
  ALTER TABLE conversations ADD COLUMN compaction TEXT;
  DROP INDEX conversations_by_time;
  DROP INDEX conversations_by_workspace;
  CREATE INDEX conversations_by_time ON conversations (pinned, updated_at)
    WHERE deleted_at IS NULL;
  CREATE INDEX conversations_by_workspace ON conversations (workspace, pinned, updated_at)
    WHERE deleted_at IS NULL;
  CREATE INDEX conversations_deleted ON conversations (deleted_at) WHERE deleted_at IS NOT NULL;

  CREATE TABLE turn_parents (
    turn INTEGER PRIMARY KEY REFERENCES turns (key) ON DELETE CASCADE,
    parent TEXT NOT NULL
  ) STRICT;
  CREATE INDEX turn_parents_by_parent ON turn_parents (parent);
  INSERT INTO turn_parents (turn, parent)
    SELECT key, parent FROM (
      SELECT key, lag(id) OVER (PARTITION BY conversation ORDER BY ordinal) AS parent FROM turns
    ) WHERE parent IS NOT NULL;

  CREATE TABLE turn_asked (
    turn INTEGER PRIMARY KEY REFERENCES turns (key) ON DELETE CASCADE,
    asked TEXT NOT NULL
  ) STRICT;

  CREATE TABLE turn_attachments (
    turn INTEGER NOT NULL REFERENCES turns (key) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (turn, place)
  ) STRICT;

  CREATE TABLE turn_feedback (
    turn INTEGER PRIMARY KEY REFERENCES turns (key) ON DELETE CASCADE,
    rating TEXT NOT NULL CHECK (rating IN ('up', 'down')),
    reason TEXT NOT NULL
  ) STRICT;

  CREATE TABLE unindexed_turns (
    turn INTEGER PRIMARY KEY REFERENCES turns (key) ON DELETE CASCADE
  ) STRICT;
  INSERT INTO unindexed_turns (turn) SELECT key FROM turns;
  CREATE TABLE search_state (
    key INTEGER PRIMARY KEY CHECK (key = 1),
    is_stale INTEGER NOT NULL DEFAULT 0,
    scrub TEXT NOT NULL DEFAULT 'none' CHECK (scrub IN ('none', 'wanted', 'begun'))
  ) STRICT;
  INSERT INTO search_state (key) VALUES (1);

  CREATE TABLE changes (
    key INTEGER PRIMARY KEY CHECK (key = 1),
    count INTEGER NOT NULL
  ) STRICT;
  INSERT INTO changes VALUES (1, 0);
  ${COUNT_CHANGES}
  `,
  `
  CREATE TABLE metric_state (
    key INTEGER PRIMARY KEY CHECK (key = 1),
    file TEXT NOT NULL
  ) STRICT;
  INSERT INTO metric_state VALUES (1, lower(hex(randomblob(16))));

  CREATE TABLE metric_requests (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL UNIQUE,
    owner INTEGER NOT NULL,
    at INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    stop_reason TEXT,
    error_kind TEXT,
    status REAL,
    request_id TEXT,
    attempts REAL NOT NULL,
    continuations REAL NOT NULL,
    served_from TEXT,
    queue_ms REAL NOT NULL,
    pacing_ms REAL,
    backoff_ms REAL NOT NULL,
    recovery_ms REAL,
    connect_ms REAL,
    first_byte_ms REAL,
    first_token_ms REAL,
    total_ms REAL NOT NULL,
    input_tokens REAL NOT NULL,
    output_tokens REAL NOT NULL,
    cache_read_tokens REAL NOT NULL,
    cache_write_tokens REAL NOT NULL,
    cost_usd REAL
  ) STRICT;
  CREATE INDEX metric_requests_by_time ON metric_requests (at);

  CREATE TABLE metric_samples (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    owner INTEGER NOT NULL,
    at INTEGER NOT NULL,
    cpu_share REAL NOT NULL,
    rss_mb REAL NOT NULL,
    heap_mb REAL NOT NULL,
    loop_delay_ms REAL NOT NULL,
    running REAL NOT NULL,
    queued REAL NOT NULL,
    concurrency REAL NOT NULL,
    headroom REAL,
    store_ms REAL,
    network_ms REAL,
    UNIQUE (at, owner)
  ) STRICT;

  CREATE TABLE metric_events (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL UNIQUE,
    owner INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    model TEXT,
    label TEXT NOT NULL
  ) STRICT;
  CREATE INDEX metric_events_by_time ON metric_events (at);

  CREATE TABLE metric_hours (
    at INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    model TEXT NOT NULL,
    action TEXT NOT NULL,
    ok REAL NOT NULL,
    failed REAL NOT NULL,
    stopped REAL NOT NULL,
    input_tokens REAL NOT NULL,
    output_tokens REAL NOT NULL,
    cache_read_tokens REAL NOT NULL,
    cache_write_tokens REAL NOT NULL,
    cost_usd REAL NOT NULL,
    unpriced REAL NOT NULL,
    first_token_p50 REAL,
    first_token_p95 REAL,
    first_token_p99 REAL,
    total_p50 REAL,
    total_p95 REAL,
    PRIMARY KEY (at, endpoint, model, action)
  ) STRICT, WITHOUT ROWID;
  `,
];

/** The file's format; 0 for a new file. Takes part in a transaction that is open. */
export function formatOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

/**
 * Brings the file to the newest format, all steps or none. Two windows may do it at once: the second finds it done.
 * @throws StoreError `newer` when the file is ahead of the steps; it is not touched then.
 */
export function migrate(database: DatabaseSync, steps: readonly string[] = MIGRATIONS): void {
  refuseNewer(formatOf(database), steps.length);
  if (formatOf(database) === steps.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    const format = formatOf(database);
    refuseNewer(format, steps.length);
    for (const step of steps.slice(format)) database.exec(step);
    database.exec(`PRAGMA user_version = ${steps.length}`);
    database.exec('COMMIT');
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** @throws StoreError `newer` */
export function refuseNewer(found: number, known = MIGRATIONS.length): void {
  if (found > known) throw storeErrors.newer(found, known);
}

/** Ends a transaction that failed. SQLite has ended it by itself after some errors (full disk, input/output): that is fine. */
export function rollBack(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // No transaction is open any more.
  }
}
