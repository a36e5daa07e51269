import type { Attachment, Feedback, StoredTurn, TurnOutcome } from '../engine/ports';
import type { Connection } from './connection';
import { readKey, toJson } from './turnRows';

/** Writes the rows of one turn. Everything in it takes part in a transaction that is open. */
export class TurnWriter {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Its own row and those beside it. Returns its key. */
  insert(conversation: number, turn: StoredTurn): number {
    const row = this.#connection
      .statement(
        `INSERT INTO turns (conversation, ordinal, id, created_at, state, model, endpoint_id,
           stop_reason, stats, error, prompt, text, thinking, content)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING key`,
      )
      .get(
        conversation,
        turn.ordinal,
        turn.id,
        turn.createdAt,
        turn.state,
        turn.model,
        turn.endpointId,
        turn.stopReason ?? null,
        toJson(turn.stats),
        toJson(turn.error),
        turn.prompt,
        turn.text,
        turn.thinking,
        JSON.stringify(turn.content),
      );
    const key = readKey(row);
    this.#insertBeside(key, turn);
    return key;
  }

  /** What is in the outcome, also as `undefined`, is set; what is absent stays. One statement: each rewrites the whole row. */
  setOutcome(key: number, outcome: TurnOutcome): void {
    this.#connection
      .statement(
        `UPDATE turns SET state = ?, text = ?, thinking = ?, content = ?,
           stop_reason = iif(?, ?, stop_reason), stats = iif(?, ?, stats),
           error = iif(?, ?, error) WHERE key = ?`,
      )
      .run(
        outcome.state,
        outcome.text,
        outcome.thinking,
        JSON.stringify(outcome.content),
        Number('stopReason' in outcome),
        outcome.stopReason ?? null,
        Number('stats' in outcome),
        toJson(outcome.stats),
        Number('error' in outcome),
        toJson(outcome.error),
        key,
      );
  }

  setFeedback(key: number, feedback: Feedback | undefined): void {
    if (!feedback) {
      this.#connection.statement('DELETE FROM turn_feedback WHERE turn = ?').run(key);
      return;
    }
    this.#connection
      .statement(
        `INSERT INTO turn_feedback (turn, rating, reason) VALUES (?, ?, ?)
         ON CONFLICT (turn) DO UPDATE SET rating = excluded.rating, reason = excluded.reason`,
      )
      .run(key, feedback.rating, feedback.reason);
  }

  #insertBeside(key: number, { parentId, asked, attachments, feedback }: StoredTurn): void {
    if (parentId !== undefined) {
      this.#connection
        .statement('INSERT INTO turn_parents (turn, parent) VALUES (?, ?)')
        .run(key, parentId);
    }
    if (asked !== undefined) {
      this.#connection
        .statement('INSERT INTO turn_asked (turn, asked) VALUES (?, ?)')
        .run(key, asked);
    }
    for (const [place, attachment] of attachments.entries()) {
      this.#insertAttachment(key, place, attachment);
    }
    if (feedback) this.setFeedback(key, feedback);
  }

  #insertAttachment(key: number, place: number, attachment: Attachment): void {
    this.#connection
      .statement('INSERT INTO turn_attachments (turn, place, kind, value) VALUES (?, ?, ?, ?)')
      .run(key, place, attachment.kind, JSON.stringify(attachment));
  }
}
