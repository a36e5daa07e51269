import * as v from 'valibot';
import type {
  Attachment,
  ConversationSummary,
  Feedback,
  StoredTurn,
  TurnOutcome,
} from '../engine/ports';
import type { Clock } from '../base/clock';
import type { Connection } from './connection';
import type { Deletions } from './deletions';
import type { LiveTurns } from './liveTurns';
import { SplitPairs } from './splitPairs';
import { storeErrors } from './storeError';
import type { TurnIndex } from './turnIndex';
import {
  CONVERSATION_COLUMNS,
  PART_COLUMNS,
  TURN_COLUMNS,
  TURN_TABLES,
  isRunning,
  readAttachments,
  readConversation,
  readKey,
  readParts,
  readTurn,
} from './turnRows';
import type { ReadTurn } from './turnRows';
import type { TurnWriter } from './turnWriter';

export interface TurnTableOptions {
  readonly connection: Connection;
  readonly live: LiveTurns;
  readonly writer: TurnWriter;
  readonly index: TurnIndex;
  readonly deletions: Deletions;
  readonly clock: Clock;
}

const repeatedRow = v.object({ key: v.number(), same: v.number(), gone: v.number() });

/**
 * The turns of one file. Each method is one transaction. Before anything about the texts of a turn changes it is taken out of the
 * search index, which finds it there by these texts.
 */
export class TurnTable {
  readonly #connection: Connection;
  readonly #live: LiveTurns;
  readonly #writer: TurnWriter;
  readonly #index: TurnIndex;
  readonly #deletions: Deletions;
  readonly #clock: Clock;
  readonly #text = new SplitPairs();
  readonly #thinking = new SplitPairs();

  constructor({ connection, live, writer, index, deletions, clock }: TurnTableOptions) {
    this.#connection = connection;
    this.#live = live;
    this.#writer = writer;
    this.#index = index;
    this.#deletions = deletions;
    this.#clock = clock;
  }

  /** A conversation with its turns in order, all of one moment. */
  read(
    conversationId: string,
  ): { conversation: ConversationSummary; turns: StoredTurn[] } | undefined {
    return this.#connection.read(() => {
      const found = this.#connection
        .statement(
          `SELECT c.key AS key, ${CONVERSATION_COLUMNS} FROM conversations c
           WHERE c.id = ? AND c.deleted_at IS NULL`,
        )
        .get(conversationId);
      if (!found) return undefined;
      const key = readKey(found);
      const attachments = this.#attachmentsIn(key);
      const turns = this.#connection
        .statement(
          `SELECT ${TURN_COLUMNS} FROM ${TURN_TABLES} WHERE t.conversation = ? ORDER BY t.ordinal`,
        )
        .all(key)
        .map((row) => this.#withLife(readTurn(row, conversationId, attachments)));
      return { conversation: readConversation(found), turns };
    });
  }

  /**
   * The turn gets its ordinal, or the next free one when another window has added a turn there meanwhile. Saving one that is there
   * already changes nothing, so that a call whose answer was lost can be repeated.
   */
  insert(turn: StoredTurn): void {
    this.#connection.write(() => {
      if (this.#isRepeated(turn)) return;
      const conversation = this.#connection
        .statement('SELECT key FROM conversations WHERE id = ? AND deleted_at IS NULL')
        .get(turn.conversationId);
      if (!conversation) throw storeErrors.missing('chat');
      const key = readKey(conversation);
      const ordinal = this.#freeOrdinal(key, turn.ordinal);
      this.#index.list(this.#writer.insert(key, { ...turn, ordinal }));
      this.#bumpConversation(turn.id, turn.createdAt);
      if (isRunning(turn.state)) this.#live.claim(this.#connection, turn.id);
    });
    if (isRunning(turn.state)) this.#live.start(turn.id);
  }

  append(id: string, added: { readonly text: string; readonly thinking: string }): void {
    const text = this.#text.join(id, added.text);
    const thinking = this.#thinking.join(id, added.thinking);
    this.#connection.write(() => {
      const key = this.#keyOf(id);
      this.#index.takeOut(key);
      if (text.whole !== '' || thinking.whole !== '') {
        this.#connection
          .statement('INSERT INTO turn_parts (turn, text, thinking) VALUES (?, ?, ?)')
          .run(key, text.whole, thinking.whole);
      }
      // Only once a reply: it rewrites the row, the question included.
      this.#connection
        .statement("UPDATE turns SET state = 'streaming' WHERE key = ? AND state <> 'streaming'")
        .run(key);
      this.#live.claim(this.#connection, id);
    });
    this.#text.keep(id, text.half);
    this.#thinking.keep(id, thinking.half);
    this.#live.start(id);
  }

  finish(id: string, outcome: TurnOutcome): void {
    // Also when saving fails: nobody works on the turn any more.
    if (!isRunning(outcome.state)) this.#live.release(id);
    this.#connection.write(() => {
      const key = this.#keyOf(id);
      this.#index.takeOut(key);
      this.#writer.setOutcome(key, outcome);
      this.#connection.statement('DELETE FROM turn_parts WHERE turn = ?').run(key);
      this.#bumpConversation(id, this.#clock.wallNow());
      if (isRunning(outcome.state)) {
        this.#live.claim(this.#connection, id);
        return;
      }
      this.#connection.statement('DELETE FROM running_turns WHERE turn = ?').run(key);
      this.#index.add(key);
    });
    this.#text.keep(id, '');
    this.#thinking.keep(id, '');
    if (isRunning(outcome.state)) this.#live.start(id);
  }

  /** Ends the turns that are still running here, with the text that they have. */
  interruptOwn(): void {
    const ids = this.#live.ids;
    this.#live.releaseAll();
    if (ids.length === 0) return;
    this.#connection.write(() => {
      for (const id of ids) this.#interrupt(id);
    });
  }

  setFeedback(id: string, feedback: Feedback | undefined): void {
    this.#connection.write(() => this.#writer.setFeedback(this.#keyOf(id), feedback));
  }

  /** With all that follows it on its branch. */
  delete(id: string): void {
    for (const gone of this.#deletions.removeTurn(id)) this.#live.release(gone);
  }

  #attachmentsIn(conversation: number): Map<number, Attachment[]> {
    return readAttachments(
      this.#connection
        .statement(
          `SELECT a.turn AS turn, CAST(a.value AS BLOB) AS value FROM turns t
           JOIN turn_attachments a ON a.turn = t.key
           WHERE t.conversation = ? ORDER BY a.turn, a.place`,
        )
        .all(conversation),
    );
  }

  /** What is left of one that was deleted for good makes room. */
  #isRepeated(turn: StoredTurn): boolean {
    const found = this.#connection
      .statement(
        `SELECT t.key AS key, c.id = ? AND t.prompt = ? AS same, c.deleted_at IS 0 AS gone
         FROM turns t JOIN conversations c ON c.key = t.conversation WHERE t.id = ?`,
      )
      .get(turn.conversationId, turn.prompt, turn.id);
    if (!found) return false;
    const { key, same, gone } = v.parse(repeatedRow, found);
    if (gone === 1) {
      this.#deletions.erase(key);
      return false;
    }
    if (same === 1) return true;
    throw storeErrors.invalid('another turn has this id');
  }

  #freeOrdinal(conversation: number, wanted: number): number {
    const row = this.#connection
      .statement(
        `SELECT max(ordinal) AS last, max(ordinal = ?) AS taken FROM turns WHERE conversation = ?`,
      )
      .get(wanted, conversation);
    return row?.['taken'] === 1 ? Number(row['last']) + 1 : wanted;
  }

  /** A conversation is as new as its newest turn; the list is ordered by that. */
  #bumpConversation(turnId: string, at: number): void {
    this.#connection
      .statement(
        `UPDATE conversations SET updated_at = max(updated_at, ?)
         WHERE key = (SELECT conversation FROM turns WHERE id = ?)`,
      )
      .run(at, turnId);
  }

  #interrupt(id: string): void {
    const found = this.#connection.statement('SELECT key FROM turns WHERE id = ?').get(id);
    // Deleted meanwhile, perhaps by another window.
    if (!found) return;
    const key = readKey(found);
    const parts = this.#partsOf(key);
    this.#connection
      .statement(
        `UPDATE turns SET state = 'interrupted', text = text || ?, thinking = thinking || ?
         WHERE key = ?`,
      )
      .run(parts.text, parts.thinking, key);
    this.#connection.statement('DELETE FROM turn_parts WHERE turn = ?').run(key);
    this.#connection.statement('DELETE FROM running_turns WHERE turn = ?').run(key);
  }

  /** The turn as a reader sees it: with the pieces that have arrived, and `interrupted` where nobody works on it. */
  #withLife({ key, turn, claim }: ReadTurn): StoredTurn {
    if (!isRunning(turn.state)) return turn;
    const parts = this.#partsOf(key);
    const alive = claim !== undefined && this.#live.isAlive(turn.id, claim);
    return {
      ...turn,
      state: alive ? turn.state : 'interrupted',
      text: turn.text + parts.text,
      thinking: turn.thinking + parts.thinking,
    };
  }

  #partsOf(key: number): { text: string; thinking: string } {
    return readParts(
      this.#connection
        .statement(`SELECT ${PART_COLUMNS} FROM turn_parts WHERE turn = ? ORDER BY key`)
        .all(key),
    );
  }

  #keyOf(id: string): number {
    const found = this.#connection
      .statement(
        `SELECT t.key AS key FROM turns t JOIN conversations c ON c.key = t.conversation
         WHERE t.id = ? AND c.deleted_at IS NOT 0`,
      )
      .get(id);
    if (!found) {
      this.#live.release(id);
      throw storeErrors.missing('message');
    }
    return readKey(found);
  }
}
