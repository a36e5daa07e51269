import * as v from 'valibot';
import type { Clock } from '../base/clock';
import type { Connection } from './connection';
import type { Progress, TurnIndex } from './turnIndex';
import { readKey } from './turnRows';

/** How long a deletion can be taken back, ms. */
export const UNDO_MS = 60_000;

const turnRow = v.object({ conversation: v.number() });

export interface DeletionsOptions {
  readonly connection: Connection;
  readonly index: TurnIndex;
  readonly clock: Clock;
}

/**
 * Deletions of one file. Each method is one transaction, `sweep` several.
 *
 * A deleted conversation is first only hidden. What is deleted for good gets `deleted_at` 0 and an id that nobody knows: from then on it
 * is not there for anyone, its old id is free, and what is left of it is erased in steps, so that nobody waits for a long one. A
 * process that ends in between leaves the rest to the next one that opens the file.
 */
export class Deletions {
  readonly #connection: Connection;
  readonly #index: TurnIndex;
  readonly #clock: Clock;

  constructor({ connection, index, clock }: DeletionsOptions) {
    this.#connection = connection;
    this.#index = index;
    this.#clock = clock;
  }

  hide(id: string): void {
    this.#connection.write(() => {
      this.#connection
        .statement('UPDATE conversations SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL')
        .run(Math.max(1, Math.round(this.#clock.wallNow())), id);
      this.#connection.statement('DELETE FROM answers WHERE conversation = ?').run(id);
    });
  }

  /** Whether it is there again, or was not deleted at all. */
  restore(id: string): boolean {
    return this.#connection.write(() => {
      const { changes } = this.#connection
        .statement('UPDATE conversations SET deleted_at = NULL WHERE id = ?')
        .run(id);
      return changes > 0;
    });
  }

  /** Of this one, or of all that are hidden. */
  finalise(id: string | undefined): void {
    this.#finaliseWhere('deleted_at > 0 AND (?1 IS NULL OR id = ?1)', id ?? null);
  }

  /** Of those whose time is up. A time in the future was written before the clock was set back: that one's is up, too. */
  finaliseOverdue(): void {
    if (this.#hasOverdue()) {
      this.#finaliseWhere('deleted_at > 0 AND abs(deleted_at - ?1) > ?2', this.#now(), UNDO_MS);
    }
  }

  /** The turn and all that follows it are gone from its conversation, for good. Returns the ids; empty where it was not there. */
  removeTurn(id: string): string[] {
    return this.#connection.write(() => {
      const found = this.#connection
        .statement('SELECT conversation FROM turns WHERE id = ?')
        .get(id);
      if (!found) return [];
      const { conversation } = v.parse(turnRow, found);
      const below = this.#below(id, conversation);
      this.#detach(below, conversation);
      this.#forgetIn(conversation, below);
      return below;
    });
  }

  /** Erases what is deleted for good, for about `limitMs`. */
  sweep(limitMs: number): Progress {
    if (!this.#hasRest()) return 'nothing';
    const deadline = this.#clock.now() + limitMs;
    return this.#connection.write(() => {
      for (let key = this.#nextTurn(); key !== undefined; key = this.#nextTurn()) {
        this.erase(key);
        if (this.#clock.now() > deadline) return 'some';
      }
      this.#connection.statement('DELETE FROM conversations WHERE deleted_at = 0').run();
      return 'all';
    });
  }

  /** Not in steps: the index is made anew. Metrics stay: they hold nothing of a conversation. */
  everything(): void {
    this.#connection.write(() => {
      for (const table of ['answers', 'limit_use', 'conversations']) {
        this.#connection.statement(`DELETE FROM ${table}`).run();
      }
      this.#index.clear();
    });
  }

  /** Takes part in a transaction that is open. */
  erase(turnKey: number): void {
    this.#index.erase(turnKey);
    this.#connection.statement('DELETE FROM turns WHERE key = ?').run(turnKey);
  }

  /** Milliseconds until there is something to do here; `undefined`: nothing is deleted. */
  get dueInMs(): number | undefined {
    const row = this.#connection.read(() =>
      this.#connection
        .statement('SELECT min(deleted_at) AS at FROM conversations WHERE deleted_at IS NOT NULL')
        .get(),
    );
    const at = row?.['at'];
    if (typeof at !== 'number') return undefined;
    const wait = at + UNDO_MS + 1 - this.#now();
    return at === 0 || wait > UNDO_MS + 1 ? 0 : Math.max(0, wait);
  }

  #finaliseWhere(where: string, ...values: (string | number | null)[]): void {
    this.#connection.write(() => {
      // Answers that were kept since it was hidden.
      this.#connection
        .statement(
          `DELETE FROM answers WHERE conversation IN (SELECT id FROM conversations WHERE ${where})`,
        )
        .run(...values);
      this.#connection
        .statement(
          `UPDATE conversations SET id = 'gone-' || lower(hex(randomblob(16))), deleted_at = 0,
             title = '', workspace = NULL, head = NULL, compaction = NULL WHERE ${where}`,
        )
        .run(...values);
    });
  }

  /** The turn and all that follows it on any branch; what follows a turn was asked after it. */
  #below(id: string, conversation: number): string[] {
    return this.#connection
      .statement(
        `WITH RECURSIVE below (id, ordinal) AS (
           SELECT id, ordinal FROM turns WHERE id = ?1
           UNION
           SELECT t.id, t.ordinal FROM below b JOIN turn_parents p ON p.parent = b.id
             JOIN turns t ON t.key = p.turn
           WHERE t.conversation = ?2 AND t.ordinal > b.ordinal
         ) SELECT id FROM below`,
      )
      .all(id, conversation)
      .map((row) => String(row['id']));
  }

  /** Moves turns to a conversation that is deleted for good. */
  #detach(ids: readonly string[], conversation: number): void {
    const gone = this.#connection
      .statement(
        `INSERT INTO conversations (id, title, created_at, updated_at, deleted_at)
         VALUES ('gone-' || lower(hex(randomblob(16))), '', 0, 0, 0) RETURNING key`,
      )
      .get();
    const move = this.#connection.statement(
      'UPDATE turns SET conversation = ? WHERE id = ? AND conversation = ?',
    );
    for (const id of ids) move.run(readKey(gone), id, conversation);
  }

  /** What the conversation itself still says of turns that are gone. An answer is not known by its turn, so all of it go. */
  #forgetIn(conversation: number, ids: readonly string[]): void {
    const gone = JSON.stringify(ids);
    this.#connection
      .statement(
        `UPDATE conversations SET
           head = iif(head IN (SELECT value FROM json_each(?1)), NULL, head),
           compaction = iif(compaction ->> 'throughTurnId' IN (SELECT value FROM json_each(?1)),
             NULL, compaction)
         WHERE key = ?2`,
      )
      .run(gone, conversation);
    this.#connection
      .statement(
        `DELETE FROM answers WHERE conversation = (SELECT id FROM conversations WHERE key = ?)`,
      )
      .run(conversation);
  }

  #hasOverdue(): boolean {
    return this.#connection.read(
      () =>
        this.#connection
          .statement(
            `SELECT 1 AS found FROM conversations
             WHERE deleted_at > 0 AND abs(deleted_at - ?) > ? LIMIT 1`,
          )
          .get(this.#now(), UNDO_MS) !== undefined,
    );
  }

  #hasRest(): boolean {
    return this.#connection.read(
      () =>
        this.#connection
          .statement('SELECT 1 AS found FROM conversations WHERE deleted_at = 0 LIMIT 1')
          .get() !== undefined,
    );
  }

  #nextTurn(): number | undefined {
    const found = this.#connection
      .statement(
        `SELECT t.key AS key FROM conversations c JOIN turns t ON t.conversation = c.key
         WHERE c.deleted_at = 0 LIMIT 1`,
      )
      .get();
    return found && readKey(found);
  }

  #now(): number {
    return Math.round(this.#clock.wallNow());
  }
}
