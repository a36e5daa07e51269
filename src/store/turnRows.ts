import * as v from 'valibot';
import type { Attachment, ConversationSummary, StoredTurn } from '../engine/ports';
import type { Claim } from './liveTurns';
import {
  attachmentSchema,
  compactionSchema,
  contentSchema,
  errorInfoSchema,
  statsSchema,
  turnStateSchema,
} from './turnSchemas';

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
  title_from: v.picklist(['prompt', 'model', 'user']),
  pinned: v.number(),
  head: maybeText,
  compaction: maybeText,
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
  parent: maybeText,
  asked: maybeText,
  rating: v.nullable(v.picklist(['up', 'down'])),
  reason: maybeText,
});
const attachmentRow = v.object({ turn: v.number(), value: text });

const claimRow = v.object({
  owner: maybeText,
  place: maybeText,
  pid: v.nullable(v.number()),
  touched_at: v.nullable(v.number()),
});

const textsRow = v.object({ prompt: text, text });
const idRow = v.object({ id: text });
const titleRow = v.object({ key: v.number(), title: text });
const partRow = v.object({ text, thinking: text });

/** For `conversations c`. */
export const CONVERSATION_COLUMNS = `CAST(c.id AS BLOB) AS id, CAST(c.title AS BLOB) AS title,
  c.title_from AS title_from, c.pinned AS pinned, CAST(c.head AS BLOB) AS head,
  CAST(c.compaction AS BLOB) AS compaction, CAST(c.workspace AS BLOB) AS workspace,
  c.created_at AS created_at, c.updated_at AS updated_at`;

export const TURN_TABLES = `turns t LEFT JOIN running_turns r ON r.turn = t.key
  LEFT JOIN turn_parents p ON p.turn = t.key LEFT JOIN turn_asked a ON a.turn = t.key
  LEFT JOIN turn_feedback f ON f.turn = t.key`;

/** For `running_turns r`. */
export const CLAIM_COLUMNS = `CAST(r.owner AS BLOB) AS owner, CAST(r.place AS BLOB) AS place,
  r.pid AS pid, r.touched_at AS touched_at`;

/** For `TURN_TABLES`. */
export const TURN_COLUMNS = `t.key AS key, CAST(t.id AS BLOB) AS id, t.ordinal AS ordinal,
  t.created_at AS created_at, t.state AS state, CAST(t.model AS BLOB) AS model,
  CAST(t.endpoint_id AS BLOB) AS endpoint_id, CAST(t.stop_reason AS BLOB) AS stop_reason,
  CAST(t.stats AS BLOB) AS stats, CAST(t.error AS BLOB) AS error, CAST(t.prompt AS BLOB) AS prompt,
  CAST(t.text AS BLOB) AS text, CAST(t.thinking AS BLOB) AS thinking,
  CAST(t.content AS BLOB) AS content, ${CLAIM_COLUMNS},
  CAST(p.parent AS BLOB) AS parent, CAST(a.asked AS BLOB) AS asked, f.rating AS rating, CAST(f.reason AS BLOB) AS reason`;

export const TEXT_COLUMNS = 'CAST(prompt AS BLOB) AS prompt, CAST(text AS BLOB) AS text';
export const PART_COLUMNS = 'CAST(text AS BLOB) AS text, CAST(thinking AS BLOB) AS thinking';

export interface ReadTurn {
  readonly key: number;
  readonly turn: StoredTurn;
  /** Of a turn that is waiting or streaming. */
  readonly claim: Claim | undefined;
}

export function readConversation(row: unknown): ConversationSummary {
  const read = v.parse(conversationRow, row);
  return {
    id: read.id,
    title: read.title,
    titleFrom: read.title_from,
    pinned: read.pinned !== 0,
    head: read.head,
    compaction: readJson(compactionSchema, read.compaction),
    workspace: read.workspace,
    createdAt: read.created_at,
    updatedAt: read.updated_at,
  };
}

/**
 * A JSON column that is broken is read as absent: the texts beside it stay readable.
 * @param attachments of all the turns that are read, by the turn's key
 */
export function readTurn(
  row: unknown,
  conversationId: string,
  attachments: ReadonlyMap<number, readonly Attachment[]>,
): ReadTurn {
  const read = v.parse(turnRow, row);
  return {
    key: read.key,
    claim: readClaim(row),
    turn: {
      id: read.id,
      conversationId,
      ordinal: read.ordinal,
      parentId: read.parent,
      createdAt: read.created_at,
      prompt: read.prompt,
      asked: read.asked,
      attachments: attachments.get(read.key) ?? [],
      feedback:
        read.rating === null ? undefined : { rating: read.rating, reason: read.reason ?? '' },
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

/** `undefined` where no row of `running_turns` was joined. */
export function readClaim(row: unknown): Claim | undefined {
  const { owner, place, pid, touched_at } = v.parse(claimRow, row);
  const isThere = owner !== undefined && place !== undefined && pid !== null && touched_at !== null;
  return isThere ? { owner, place, pid, touchedAt: touched_at } : undefined;
}

export function readTexts(row: unknown): { prompt: string; text: string } {
  return v.parse(textsRow, row);
}

const keyRow = v.object({ key: v.number() });

export function readKey(row: unknown): number {
  return v.parse(keyRow, row).key;
}

/** A column of JSON, or none. */
export function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** Whether a window is at it, or was when it went away. */
export function isRunning(state: StoredTurn['state']): boolean {
  return state === 'waiting' || state === 'streaming';
}

export function readId(row: unknown): string {
  return v.parse(idRow, row).id;
}

export function readTitle(row: unknown): { key: number; title: string } {
  return v.parse(titleRow, row);
}

/** By the turn's key. Rows have `turn` and `value`, as bytes. One that is broken is left out. */
export function readAttachments(rows: readonly unknown[]): Map<number, Attachment[]> {
  const attachments = new Map<number, Attachment[]>();
  for (const row of rows) {
    const { turn, value } = v.parse(attachmentRow, row);
    const attachment = readJson(attachmentSchema, value);
    if (!attachment) continue;
    const others = attachments.get(turn);
    if (others) others.push(attachment);
    else attachments.set(turn, [attachment]);
  }
  return attachments;
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
