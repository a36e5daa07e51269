import type { ConversationSummary } from '../engine/ports';
import type { Connection } from './connection';
import { storeErrors } from './storeError';
import { CONVERSATION_COLUMNS, readConversation } from './turnRows';

/** The conversations of one file. Each method is one transaction. */
export class ConversationTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Saving one that is there already changes nothing, so that a call whose answer was lost can be repeated. */
  create(conversation: ConversationSummary): void {
    const { id, title, workspace, createdAt, updatedAt } = conversation;
    this.#connection.write(() =>
      this.#connection
        .statement(
          `INSERT INTO conversations (id, title, workspace, created_at, updated_at)
           VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
        )
        .run(id, title, workspace ?? null, createdAt, updatedAt),
    );
  }

  rename(id: string, title: string): void {
    this.#connection.write(() => {
      const { changes } = this.#connection
        .statement('UPDATE conversations SET title = ? WHERE id = ?')
        .run(title, id);
      if (changes === 0) throw storeErrors.missing('chat');
    });
  }

  list(workspace: string | undefined, limit: number): ConversationSummary[] {
    const select = `SELECT ${CONVERSATION_COLUMNS} FROM conversations`;
    const order = 'ORDER BY updated_at DESC, key DESC LIMIT ?';
    return this.#connection.read(() => {
      const rows =
        workspace === undefined
          ? this.#connection.statement(`${select} ${order}`).all(limit)
          : this.#connection
              .statement(`${select} WHERE workspace = ? ${order}`)
              .all(workspace, limit);
      return rows.map(readConversation);
    });
  }

  delete(id: string): void {
    this.#connection.write(() =>
      this.#connection.statement('DELETE FROM conversations WHERE id = ?').run(id),
    );
  }

  deleteAll(): void {
    this.#connection.write(() => this.#connection.statement('DELETE FROM conversations').run());
  }
}
