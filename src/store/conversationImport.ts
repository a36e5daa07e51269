import { randomUUID } from 'node:crypto';
import type { ConversationSummary, StoredTurn } from '../engine/ports';
import type { Connection } from './connection';
import type { ConversationTable } from './conversationTable';
import { storeErrors } from './storeError';
import type { TurnIndex } from './turnIndex';
import type { TurnWriter } from './turnWriter';
import { isRunning } from './turnRows';

export interface ConversationImportOptions {
  readonly connection: Connection;
  readonly conversations: ConversationTable;
  readonly writer: TurnWriter;
  readonly index: TurnIndex;
}

/** Puts whole conversations into one file. */
export class ConversationImport {
  readonly #options: ConversationImportOptions;

  constructor(options: ConversationImportOptions) {
    this.#options = options;
  }

  /**
   * One transaction. Ids that are taken are replaced, everywhere; references to turns that are not among these are dropped. The turns
   * keep their order and are numbered anew; one that was under way where it is from is interrupted. Returns the conversation's id.
   */
  add(conversation: ConversationSummary, turns: readonly StoredTurn[]): string {
    const { connection, conversations, writer, index } = this.#options;
    return connection.write(() => {
      const newIds = this.#newIds(turns);
      const refer = (id: string | undefined): string | undefined =>
        id === undefined ? undefined : newIds.get(id);
      const { head, compaction } = conversation;
      const throughTurnId = refer(compaction?.throughTurnId);
      const id = this.#isTaken('conversations', conversation.id) ? randomUUID() : conversation.id;
      const key = conversations.insert({
        ...conversation,
        id,
        head: refer(head),
        compaction:
          compaction && throughTurnId !== undefined ? { ...compaction, throughTurnId } : undefined,
      });
      if (key === undefined) throw storeErrors.invalid('the chat could not be given an id');
      const ordered = turns.toSorted((a, b) => a.ordinal - b.ordinal);
      for (const [ordinal, turn] of ordered.entries()) {
        const turnId = newIds.get(turn.id) ?? turn.id;
        const state = isRunning(turn.state) ? 'interrupted' : turn.state;
        const parentId = refer(turn.parentId);
        index.list(writer.insert(key, { ...turn, id: turnId, ordinal, parentId, state }));
      }
      return id;
    });
  }

  #newIds(turns: readonly StoredTurn[]): Map<string, string> {
    const ids = new Map<string, string>();
    for (const { id } of turns) {
      if (ids.has(id)) throw storeErrors.invalid('two messages have the same id');
      ids.set(id, this.#isTaken('turns', id) ? randomUUID() : id);
    }
    return ids;
  }

  #isTaken(table: 'conversations' | 'turns', id: string): boolean {
    const sql = `SELECT 1 AS found FROM ${table} WHERE id = ?`;
    return this.#options.connection.statement(sql).get(id) !== undefined;
  }
}
