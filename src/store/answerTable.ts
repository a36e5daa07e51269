import * as v from 'valibot';
import type { Clock } from '../base/clock';
import type { AnswerLimits, AnswerRecord, KeptAnswerJson } from '../engine/ports';
import type { Connection } from './connection';
import { isBusy } from './sqliteError';

/** An answer's use is written down no more often than this, so that serving it again and again costs no writing. Ms. */
const USE_PRECISION_MS = 60_000;

const answerRow = v.object({
  value: v.string(),
  conversation: v.nullable(v.string()),
  last_used_at: v.number(),
});
const totalRow = v.object({ entries: v.number(), bytes: v.number() });

/** The response cache of one file. Each method is one transaction, `get` at times two. */
export class AnswerTable {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  get(key: string, notBefore: number): KeptAnswerJson | undefined {
    const found = this.#connection.read(() =>
      this.#connection
        .statement(
          `SELECT value, conversation, last_used_at FROM answers
           WHERE key = ? AND created_at >= ?`,
        )
        .get(key, notBefore),
    );
    if (!found) return undefined;
    const { value, conversation, last_used_at: lastUsedAt } = v.parse(answerRow, found);
    this.#touch(key, lastUsedAt);
    return { value, conversationId: conversation ?? undefined };
  }

  put({ key, value, at, conversationId }: AnswerRecord, limits: AnswerLimits): void {
    const bytes = Buffer.byteLength(value);
    this.#connection.write(() => {
      if (bytes > limits.maxBytes) {
        // The one that it would have replaced is out of date all the same.
        this.#connection.statement('DELETE FROM answers WHERE key = ?').run(key);
      } else {
        this.#connection
          .statement(
            `INSERT OR REPLACE INTO answers (key, value, bytes, conversation, created_at, last_used_at)
             VALUES (?, ?, ?, ?, ?, ?)`,
          )
          .run(key, value, bytes, conversationId ?? null, at, this.#clock.wallNow());
      }
      this.#prune(limits);
    });
  }

  clear(): void {
    this.#connection.write(() => this.#connection.statement('DELETE FROM answers').run());
  }

  #touch(key: string, lastUsedAt: number): void {
    const now = this.#clock.wallNow();
    if (Math.abs(now - lastUsedAt) < USE_PRECISION_MS) return;
    try {
      this.#connection.write(() =>
        this.#connection
          .statement('UPDATE answers SET last_used_at = ? WHERE key = ?')
          .run(now, key),
      );
    } catch (error) {
      // Another window is writing. The answer is there; that it was used just now is not worth failing for.
      if (!isBusy(error)) throw error;
    }
  }

  #prune({ notBefore, maxEntries, maxBytes }: AnswerLimits): void {
    this.#connection.statement('DELETE FROM answers WHERE created_at < ?').run(notBefore);
    const total = v.parse(
      totalRow,
      this.#connection
        .statement('SELECT count(*) AS entries, coalesce(sum(bytes), 0) AS bytes FROM answers')
        .get(),
    );
    if (total.entries <= maxEntries && total.bytes <= maxBytes) return;
    this.#connection
      .statement(
        `DELETE FROM answers WHERE rowid IN (
           SELECT id FROM (
             SELECT rowid AS id, row_number() OVER recent AS place, sum(bytes) OVER recent AS total
             FROM answers
             WINDOW recent AS (ORDER BY last_used_at DESC, rowid DESC
               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
           ) WHERE place > ? OR total > ?)`,
      )
      .run(maxEntries, maxBytes);
  }
}
