import * as v from 'valibot';
import type { ConversationSummary, StoredTurn } from '../engine/ports';
import type { Claim } from './liveTurns';
import { contentSchema, errorInfoSchema, statsSchema, turnStateSchema } from './turnSchemas';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Text columns are read as bytes (`CAST(… AS BLOB)`): read as text, Node 22 ends them at the first NUL character.
 * A lone surrogate has no UTF-8 form: it was stored as U+FFFD.
 */
const text = v.pipe(
  v.instance(Uint8Array),
  v.transform((bytes) => decoder.decode(bytes)),
);
const maybeText = v.pipe(
  v.nullable(text),
  v.transform((value) => value ?? undefined),
);

const conversationRow = v.object({
  id: text,
  title: text,
  workspace: maybeText,
  created_at: v.number(),
  updated_at: v.number(),
});

const turnRow = v.object({
  key: v.number(),
  id: text,
  ordinal: v.number(),
  created_at: v.number(),
  state: turnStateSchema,
  model: text,
  endpoint_id: text,
  stop_reason: maybeText,
  stats: maybeText,
  error: maybeText,
  prompt: text,
  text,
  thinking: text,
  content: text,
  owner: maybeText,
  place: maybeText,
  pid: v.nullable(v.number()),
  touched_at: v.nullable(v.number()),
});

const partRow = v.object({ text, thinking: text });

export const CONVERSATION_COLUMNS = `CAST(id AS BLOB) AS id, CAST(title AS BLOB) AS title,
  CAST(workspace AS BLOB) AS workspace, created_at, updated_at`;

/** For `turns t LEFT JOIN running_turns r`. */
export const TURN_COLUMNS = `t.key AS key, CAST(t.id AS BLOB) AS id, t.ordinal AS ordinal,
  t.created_at AS created_at, t.state AS state, CAST(t.model AS BLOB) AS model,
  CAST(t.endpoint_id AS BLOB) AS endpoint_id, CAST(t.stop_reason AS BLOB) AS stop_reason,
  CAST(t.stats AS BLOB) AS stats, CAST(t.error AS BLOB) AS error, CAST(t.prompt AS BLOB) AS prompt,
  CAST(t.text AS BLOB) AS text, CAST(t.thinking AS BLOB) AS thinking,
  CAST(t.content AS BLOB) AS content, CAST(r.owner AS BLOB) AS owner,
  CAST(r.place AS BLOB) AS place, r.pid AS pid, r.touched_at AS touched_at`;

export const PART_COLUMNS = 'CAST(text AS BLOB) AS text, CAST(thinking AS BLOB) AS thinking';

export interface ReadTurn {
  readonly key: number;
  readonly turn: StoredTurn;
  /** Of a turn that is waiting or streaming. */
  readonly claim: Claim | undefined;
}

export function readConversation(row: unknown): ConversationSummary {
  const { id, title, workspace, created_at, updated_at } = v.parse(conversationRow, row);
  return { id, title, workspace, createdAt: created_at, updatedAt: updated_at };
}

/** A JSON column that is broken is read as absent: the texts beside it stay readable. */
export function readTurn(row: unknown, conversationId: string): ReadTurn {
  const read = v.parse(turnRow, row);
  const { owner, place, pid, touched_at } = read;
  const claimed = owner !== undefined && place !== undefined && pid !== null && touched_at !== null;
  return {
    key: read.key,
    claim: claimed ? { owner, place, pid, touchedAt: touched_at } : undefined,
    turn: {
      id: read.id,
      conversationId,
      ordinal: read.ordinal,
      createdAt: read.created_at,
      prompt: read.prompt,
      model: read.model,
      endpointId: read.endpoint_id,
      state: read.state,
      text: read.text,
      thinking: read.thinking,
      content: readJson(contentSchema, read.content) ?? [],
      stopReason: read.stop_reason,
      stats: readJson(statsSchema, read.stats),
      error: readJson(errorInfoSchema, read.error),
    },
  };
}

/** The pieces of a reply in flight, joined. */
export function readParts(rows: readonly unknown[]): { text: string; thinking: string } {
  const parts = rows.map((row) => v.parse(partRow, row));
  return {
    text: parts.map((part) => part.text).join(''),
    thinking: parts.map((part) => part.thinking).join(''),
  };
}

function readJson<T>(schema: v.GenericSchema<unknown, T>, json: string | undefined): T | undefined {
  if (json === undefined) return undefined;
  try {
    const result = v.safeParse(schema, JSON.parse(json));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
