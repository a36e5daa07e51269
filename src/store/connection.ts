import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatOf, migrate, refuseNewer, rollBack } from './migrations';
import { isBusy } from './sqliteError';
import type { Sqlite } from './sqliteModule';

export interface ConnectionOptions {
  readonly sqlite: Sqlite;
  readonly file: string;
  /** How long SQLite waits for another window's lock, ms. */
  readonly busyTimeoutMs: number;
}

/** The file holds a database, but not one of Pulse: to be moved aside like a damaged one. */
export class ForeignFileError extends Error {
  override readonly name = 'ForeignFileError';
}

/** The journal is cut back to this when it has been longer. Bytes. */
const JOURNAL_LIMIT = 8 * 1024 * 1024;
/** A deletion's clean-up waits no longer than this for other windows' readers; it is tried again later. */
const SHORT_WAIT_MS = 200;
const RETRY_MS = 20;

/** One open database file of the newest format. Everything in it is synchronous: only for the store's own thread. */
export class Connection {
  readonly #database: DatabaseSync;
  readonly #options: ConnectionOptions;
  readonly #identity: string | undefined;
  readonly #statements = new Map<string, StatementSync>();

  /** @throws SQLite's own errors, StoreError `newer`, ForeignFileError, file system errors */
  constructor(options: ConnectionOptions) {
    this.#options = options;
    createFile(options.file);
    this.#database = new options.sqlite.DatabaseSync(options.file);
    try {
      this.#database.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs}`);
      this.#checkOrigin();
      this.#configure();
      migrate(this.#database);
      this.#identity = identityOf(options.file);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** Whether the file at the path is still the one that is open: another window may have moved a damaged one aside. */
  isCurrent(): boolean {
    return this.#identity !== undefined && identityOf(this.#options.file) === this.#identity;
  }

  /** Prepared once for each text. */
  statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** All that `work` reads is of one moment. */
  read<T>(work: () => T): T {
    return this.#transaction('BEGIN', work);
  }

  /** All that `work` writes is there in the end, or none of it. The lock is taken first, so that no read turns stale before its write. */
  write<T>(work: () => T): T {
    return this.#transaction('BEGIN IMMEDIATE', work);
  }

  /**
   * Whether SQLite finds the file's structure sound. Reads all of it. Table by table, without the virtual one: a search index whose
   * contents are wrong can be made anew and is no reason to put a history aside.
   */
  isSound(): boolean {
    const tables = this.#database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")
      .all();
    return tables.every(({ name }) => {
      const check = this.#database.prepare(`PRAGMA quick_check("${String(name)}")`).get();
      return check?.['quick_check'] === 'ok';
    });
  }

  /** Gives the room of deleted rows back to the disk. */
  shrink(): void {
    this.#database.exec('VACUUM');
  }

  /** Empties the journal, in which deleted text would live on. False when another window's reader was in the way. */
  emptyJournal(patience: 'short' | 'full'): boolean {
    if (patience === 'short') this.#database.exec(`PRAGMA busy_timeout = ${SHORT_WAIT_MS}`);
    try {
      const row = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
      return row?.['busy'] === 0;
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${this.#options.busyTimeoutMs}`);
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #transaction<T>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): T {
    this.#database.exec(begin);
    try {
      // A newer Pulse in another window may have changed the format since this connection was opened.
      refuseNewer(formatOf(this.#database));
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      rollBack(this.#database);
      throw error;
    }
  }

  /** Reads only: a file that is not ours, or newer, stays as it is. */
  #checkOrigin(): void {
    const format = formatOf(this.#database);
    refuseNewer(format);
    const tables = this.#database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'];
    // Between two reads another window may have created the tables of a new file.
    if (format === 0 && tables !== 0 && formatOf(this.#database) === 0) {
      throw new ForeignFileError(`${this.#options.file} is not a history of Pulse`);
    }
  }

  #configure(): void {
    this.#useWriteAheadLog();
    // NORMAL: a crash of the process loses nothing; of the machine, at most the last moments.
    this.#database.exec('PRAGMA synchronous = NORMAL');
    this.#database.exec('PRAGMA foreign_keys = ON');
    // Deleted text is overwritten, and sorting or VACUUM leave none of it in temporary files.
    this.#database.exec('PRAGMA secure_delete = ON');
    this.#database.exec('PRAGMA temp_store = MEMORY');
    this.#database.exec(`PRAGMA journal_size_limit = ${JOURNAL_LIMIT}`);
  }

  /**
   * The mode is kept in the file, so only a new one is switched. SQLite does not wait for locks here, hence the loop. On a file
   * system that can't share memory SQLite keeps its older journal, which is as safe and only slower.
   */
  #useWriteAheadLog(): void {
    const deadline = performance.now() + this.#options.busyTimeoutMs;
    for (;;) {
      try {
        this.#database.prepare('PRAGMA journal_mode = WAL').get();
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
  }
}

/** Only the user may read the file; SQLite gives the journal the same rights. */
function createFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

function identityOf(file: string): string | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}
