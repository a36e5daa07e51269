import type { ConversationPatch, ConversationSummary } from '../engine/ports';
import type { Connection } from './connection';
import { storeErrors } from './storeError';
import { CONVERSATION_COLUMNS, readConversation, readKey, toJson } from './turnRows';

/** The conversations of one file. Each method but `insert` is one transaction. */
export class ConversationTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Saving one that is there already changes nothing, so that a call whose answer was lost can be repeated. One whose deletion can
   * still be taken back is back: something is asked in it, in another window perhaps.
   */
  create(conversation: ConversationSummary): void {
    this.#connection.write(() => {
      const { changes } = this.#connection
        .statement(
          `UPDATE conversations SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL`,
        )
        .run(conversation.id);
      if (changes === 0) this.insert(conversation);
    });
  }

  /** Takes part in a transaction that is open. Returns the new row's key; `undefined` where one is there. */
  insert(conversation: ConversationSummary): number | undefined {
    const { id, title, titleFrom, pinned, head, compaction } = conversation;
    const row = this.#connection
      .statement(
        `INSERT INTO conversations (id, title, title_from, pinned, head, compaction, workspace,
           created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING RETURNING key`,
      )
      .get(
        id,
        title,
        titleFrom,
        Number(pinned),
        head ?? null,
        toJson(compaction),
        conversation.workspace ?? null,
        conversation.createdAt,
        conversation.updatedAt,
      );
    return row && readKey(row);
  }

  /** What is in the patch, also as `undefined`, is set; what is absent stays. */
  update(id: string, patch: ConversationPatch): void {
    const { title, titleFrom, pinned, head, compaction } = patch;
    this.#connection.write(() => {
      const { changes } = this.#connection
        .statement(
          `UPDATE conversations SET title = coalesce(?, title), title_from = coalesce(?, title_from),
             pinned = coalesce(?, pinned), head = iif(?, ?, head),
             compaction = iif(?, ?, compaction)
           WHERE id = ? AND deleted_at IS NULL`,
        )
        .run(
          title ?? null,
          titleFrom ?? null,
          pinned === undefined ? null : Number(pinned),
          Number('head' in patch),
          head ?? null,
          Number('compaction' in patch),
          toJson(compaction),
          id,
        );
      if (changes === 0) throw storeErrors.missing('chat');
    });
  }

  list(workspace: string | undefined, limit: number): ConversationSummary[] {
    const select = `SELECT ${CONVERSATION_COLUMNS} FROM conversations c WHERE c.deleted_at IS NULL`;
    const order = 'ORDER BY c.pinned DESC, c.updated_at DESC, c.key DESC LIMIT ?';
    return this.#connection.read(() => {
      const rows =
        workspace === undefined
          ? this.#connection.statement(`${select} ${order}`).all(limit)
          : this.#connection
              .statement(`${select} AND c.workspace = ? ${order}`)
              .all(workspace, limit);
      return rows.map(readConversation);
    });
  }

  changeCount(): number {
    return this.#connection.read(() =>
      Number(this.#connection.statement('SELECT count FROM changes').get()?.['count']),
    );
  }
}
