import * as v from 'valibot';
import type { Clock } from '../base/clock';
import type { Connection } from './connection';
import type { LiveTurns } from './liveTurns';
import { addTerms } from './searchWords';
import { isBusy, isDiskFault } from './sqliteError';
import {
  CLAIM_COLUMNS,
  PART_COLUMNS,
  TEXT_COLUMNS,
  isRunning,
  readAttachments,
  readClaim,
  readKey,
  readParts,
  readTexts,
} from './turnRows';
import { turnStateSchema } from './turnSchemas';

/** Different words of one turn past this many are not found. */
const MAX_TERMS = 100_000;
/** What is given along with a question is found by this much of its beginning. UTF-16 units. */
const MAX_ATTACHED = 200_000;
/** Longer than so many turns nobody waits for the file. */
const TURNS_PER_STEP = 50;

/** About 10 ms of work. */
const SCRUB_PAGES = 100;
/** Turns that other windows are working on right now stand before those that can be taken in; there are not more. */
const OTHERS_RUNNING = 100;

const MAKE_INDEX = [
  'DROP TABLE IF EXISTS turn_words',
  `CREATE VIRTUAL TABLE turn_words USING
    fts5(words, content = '', tokenize = 'ascii', detail = none, columnsize = 0, prefix = '1 2')`,
  'INSERT OR IGNORE INTO unindexed_turns (turn) SELECT key FROM turns',
  "UPDATE search_state SET is_stale = 0, scrub = 'none'",
];

const waitingRow = v.object({ key: v.number(), id: v.string(), state: turnStateSchema });

/** What a step of longer work did: `nothing` was left to do, `some` of it, or `all`, the last of it. */
export type Progress = 'nothing' | 'some' | 'all';

export interface CandidateFilter {
  readonly workspace: string | undefined;
  readonly before: number;
  readonly limit: number;
}

export interface TurnTexts {
  readonly prompt: string;
  readonly text: string;
  /** The texts among what was given along. */
  readonly attached: readonly string[];
}

/**
 * The search index over the turns of one file. All methods but `catchUp` take part in a transaction that is open.
 *
 * What is in it: the terms of `searchWords.ts`, in an FTS5 table that keeps neither texts, nor places, nor sizes, since the texts are in
 * the same file and a hit is looked at in them anyway. Measured with 40,000 turns of 3.6 KB (143 MB) on Node 24: 23 MB, 0.4 ms for a turn,
 * under 6 ms for any query's newest 500 turns. SQLite's `trigram` took 12 times the room (1.9 times the text, 3.1 with its own copy) and
 * 0.7 ms, finds nothing below three characters, and finds "cat" in "concatenate". The index for beginnings of 1 and 2 characters costs
 * 7 % of room and takes the first letters typed from 45 ms to 0.3 ms.
 *
 * A deletion adds to such an index: the words stay until its segments are merged. After turns were deleted all of them are, in steps
 * (`scrub`), which takes 0.4 s with those 40,000 turns, however many were deleted. FTS5's 'secure-delete' would take 10 ms for each.
 * A row leaves the index by the terms that it came in with, so they are made again from the stored texts: a change of `searchWords.ts`
 * needs a migration that makes it anew.
 *
 * A turn comes in when it ends. One that is not in, because it is under way, or its window died, or it was imported, is listed in
 * `unindexed_turns`; what is not under way is taken in when there is time, and before a search.
 *
 * Where SQLite was built without FTS5 there is no index, every turn is listed and the search reads the texts. If a file has one all
 * the same, from another runtime, it is made anew by the next that can.
 */
export class TurnIndex {
  readonly #connection: Connection;
  readonly #live: LiveTurns;
  readonly #clock: Clock;
  #isAvailable: boolean;

  /** Makes the index where there is none. */
  constructor(connection: Connection, live: LiveTurns, clock: Clock) {
    this.#connection = connection;
    this.#live = live;
    this.#clock = clock;
    this.#isAvailable = hasFts5(connection);
    if (!this.#isAvailable || !this.#mustBeMade()) return;
    try {
      connection.write(() => {
        // Looked at again: another window may have made it meanwhile.
        if (this.#mustBeMade()) this.#make();
      });
    } catch (error) {
      if (isBusy(error) || isDiskFault(error)) throw error;
      // So broken that it can't even be taken away. The chats are worth more than the speed of the search.
      this.#isAvailable = false;
    }
  }

  get isAvailable(): boolean {
    return this.#isAvailable;
  }

  /** A turn that was just made, or is about to change: it is not found until `add`. */
  takeOut(key: number): void {
    const { changes } = this.#connection
      .statement('INSERT INTO unindexed_turns (turn) VALUES (?) ON CONFLICT DO NOTHING')
      .run(key);
    if (changes === 0) return;
    if (!this.#isAvailable) {
      distrustIndex(this.#connection);
      return;
    }
    this.#connection
      .statement("INSERT INTO turn_words (turn_words, rowid, words) VALUES ('delete', ?, ?)")
      .run(key, this.#termsOf(key));
  }

  /** A new turn: nothing of it is in the index yet. */
  list(key: number): void {
    this.#connection.statement('INSERT INTO unindexed_turns (turn) VALUES (?)').run(key);
  }

  /** A turn that is listed as not being in. */
  add(key: number): void {
    if (!this.#isAvailable) return;
    this.#connection
      .statement('INSERT INTO turn_words (rowid, words) VALUES (?, ?)')
      .run(key, this.#termsOf(key));
    this.#connection.statement('DELETE FROM unindexed_turns WHERE turn = ?').run(key);
  }

  /** A turn that is deleted. Its words are still in the index until `scrub` is done. */
  erase(key: number): void {
    this.takeOut(key);
    this.#connection.statement("UPDATE search_state SET scrub = 'wanted'").run();
  }

  get mustScrub(): boolean {
    return this.#isAvailable && this.#connection.read(() => this.#scrubState()) !== 'none';
  }

  /** Merges all segments into one, in which nothing of what was deleted is left, for about `limitMs`. */
  scrub(limitMs: number): Progress {
    if (!this.mustScrub) return 'nothing';
    const deadline = this.#clock.now() + limitMs;
    while (!this.#connection.write(() => this.#scrubStep())) {
      if (this.#clock.now() > deadline) return 'some';
    }
    return 'all';
  }

  /** Takes in what nobody works on any more, for about `limitMs`. `false`: some is left for the next time. */
  catchUp(limitMs: number): boolean {
    if (!this.#isAvailable) return true;
    const deadline = this.#clock.now() + limitMs;
    for (;;) {
      const waiting = this.#connection.read(() => this.#waiting());
      if (waiting.length === 0) return true;
      this.#connection.write(() => {
        for (const key of waiting) {
          if (this.#isListed(key)) this.add(key);
          if (this.#clock.now() > deadline) return;
        }
      });
      if (this.#clock.now() > deadline) return false;
    }
  }

  /** Whether `catchUp` has something to do. */
  get isBehind(): boolean {
    return this.#isAvailable && this.#connection.read(() => this.#waiting().length > 0);
  }

  /** Empties it, and makes it anew: of a deletion of everything, with the turns already gone. */
  clear(): void {
    if (this.#isAvailable) this.#make();
    else distrustIndex(this.#connection);
  }

  /** The turns that may have all of it, the newest first, from below `before` on. They are still to be looked at. */
  candidates(ftsQuery: string, { workspace, before, limit }: CandidateFilter): number[] {
    const from = this.#isAvailable ? 'turn_words w JOIN turns t ON t.key = w.rowid' : 'turns t';
    const key = this.#isAvailable ? 'w.rowid' : 't.key';
    const where = this.#isAvailable ? 'turn_words MATCH ?' : "? <> ''";
    const sql = `SELECT t.key AS key FROM ${from} JOIN conversations c ON c.key = t.conversation
         WHERE ${where} AND ${key} < ? AND c.deleted_at IS NULL
           AND (?3 IS NULL OR c.workspace = ?3)
         ORDER BY ${key} DESC LIMIT ?`;
    const rows = this.#connection.statement(sql).all(ftsQuery, before, workspace ?? null, limit);
    return rows.map((row) => readKey(row));
  }

  /** What the search looks at, with the pieces of a reply that has not ended. `undefined`: no such turn. */
  textsOf(key: number): TurnTexts | undefined {
    const found = this.#connection
      .statement(`SELECT ${TEXT_COLUMNS} FROM turns WHERE key = ?`)
      .get(key);
    if (!found) return undefined;
    const { prompt, text } = readTexts(found);
    const parts = readParts(
      this.#connection
        .statement(`SELECT ${PART_COLUMNS} FROM turn_parts WHERE turn = ? ORDER BY key`)
        .all(key),
    );
    return { prompt, text: text + parts.text, attached: this.#attachedTo(key) };
  }

  #termsOf(key: number): string {
    const terms = new Set<string>();
    const texts = this.textsOf(key);
    if (texts) {
      for (const text of [texts.prompt, texts.text, ...texts.attached]) {
        addTerms(text, terms, MAX_TERMS);
      }
    }
    return [...terms].join(' ');
  }

  /** Pictures and documents in base64 are not read at all. */
  #attachedTo(key: number): string[] {
    const rows = this.#connection
      .statement(
        `SELECT turn, CAST(value AS BLOB) AS value FROM turn_attachments
         WHERE turn = ? AND kind NOT IN ('image', 'pdf') ORDER BY place`,
      )
      .all(key);
    const texts: string[] = [];
    let room = MAX_ATTACHED;
    for (const { label, content } of readAttachments(rows).get(key) ?? []) {
      const blocks = content.map((block) => (block.type === 'text' ? String(block.text) : ''));
      const text = [label, ...blocks].join('\n').slice(0, room);
      room -= text.length;
      texts.push(text);
    }
    return texts;
  }

  #scrubState(): unknown {
    return this.#connection.statement('SELECT scrub FROM search_state').get()?.['scrub'];
  }

  /** What is deleted while a merge is under way is not in it: another one follows. Returns whether there is nothing left to do. */
  #scrubStep(): boolean {
    // With a negative number of pages it begins, with a positive one it goes on.
    const isBegun = this.#scrubState() === 'begun';
    const before = this.#totalChanges();
    this.#connection
      .statement("INSERT INTO turn_words (turn_words, rank) VALUES ('merge', ?)")
      .run(isBegun ? SCRUB_PAGES : -SCRUB_PAGES);
    // Source: sqlite.org/fts5.html, "The 'merge' Command".
    const isDone = isBegun && this.#totalChanges() - before < 2;
    this.#connection.statement('UPDATE search_state SET scrub = ?').run(isDone ? 'none' : 'begun');
    return isDone;
  }

  #totalChanges(): number {
    const row = this.#connection.statement('SELECT total_changes() AS total').get();
    return Number(row?.['total']);
  }

  #mustBeMade(): boolean {
    const made = this.#connection
      .statement("SELECT 1 AS made FROM sqlite_schema WHERE name = 'turn_words'")
      .get();
    const state = this.#connection.statement('SELECT is_stale FROM search_state').get();
    return made === undefined || state?.['is_stale'] !== 0;
  }

  #make(): void {
    for (const sql of MAKE_INDEX) this.#connection.statement(sql).run();
  }

  /** Some of those to be taken in, the newest first. */
  #waiting(): number[] {
    const rows = this.#connection
      .statement(
        `SELECT t.key AS key, t.id AS id, t.state AS state, ${CLAIM_COLUMNS}
         FROM unindexed_turns u JOIN turns t ON t.key = u.turn
         JOIN conversations c ON c.key = t.conversation
         LEFT JOIN running_turns r ON r.turn = t.key
         WHERE c.deleted_at IS NOT 0 ORDER BY u.turn DESC LIMIT ?`,
      )
      .all(this.#live.ids.length + OTHERS_RUNNING + TURNS_PER_STEP);
    const waiting = rows.flatMap((row) => {
      const { key, id, state } = v.parse(waitingRow, row);
      const claim = readClaim(row);
      return isRunning(state) && claim && this.#live.isAlive(id, claim) ? [] : [key];
    });
    return waiting.slice(0, TURNS_PER_STEP);
  }

  /** Another window may have taken it in, or deleted it, meanwhile. */
  #isListed(key: number): boolean {
    const found = this.#connection
      .statement('SELECT turn AS key FROM unindexed_turns WHERE turn = ?')
      .get(key);
    return found !== undefined && readKey(found) === key;
  }
}

/** It is made anew when the file is next opened. */
export function distrustIndex(connection: Connection): void {
  connection.statement('UPDATE search_state SET is_stale = 1').run();
}

function hasFts5(connection: Connection): boolean {
  const sql = "SELECT 1 AS found FROM pragma_module_list WHERE name = 'fts5'";
  return connection.statement(sql).get() !== undefined;
}
