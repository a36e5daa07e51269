import type { ConnectionOptions } from './connection';

/**
 * Runs `work` while no other window replaces the same damaged file. The lock is SQLite's own, on an empty file beside the history:
 * the operating system releases it when its holder dies, which a marker file would outlive.
 * @throws SQLite's busy error when another window holds it for longer than the busy timeout, and what `work` throws
 */
export function whileReplacing<T>(options: ConnectionOptions, work: () => T): T {
  const lock = new options.sqlite.DatabaseSync(`${options.file}.replacing`);
  try {
    lock.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs}`);
    lock.exec('BEGIN EXCLUSIVE');
    return work();
  } finally {
    // Ends the transaction, which wrote nothing.
    lock.close();
  }
}
