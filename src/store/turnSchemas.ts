import * as v from 'valibot';
import { isContentBlock } from '../engine/contentBlock';
import { ATTACHMENT_KINDS, TURN_STATES } from '../engine/ports';
import type {
  Attachment,
  Compaction,
  ConversationPatch,
  ConversationSummary,
  Feedback,
  SearchHit,
  StoredTurn,
  TurnNote,
  TurnOutcome,
  TurnStats,
} from '../engine/ports';
import { ERROR_KINDS } from '../engine/types';
import type { ContentBlock, ErrorInfo } from '../engine/types';

/** Checks of everything that crosses to the store's thread or comes out of its JSON columns. */

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
/** Milliseconds since 1970. SQLite's strict integers take no fraction. */
const time = v.pipe(v.number(), v.finite(), v.transform(Math.round));
/** Stored JSON leaves out what is `undefined`; a default given as a function puts the field back. */
const maybeNumber = v.optional(v.number(), () => undefined);
const maybeString = v.optional(v.string(), () => undefined);

export const contentSchema = v.pipe(v.array(v.custom<ContentBlock>(isContentBlock)), v.readonly());

const noteSchema = v.variant('kind', [
  v.object({
    kind: v.literal('shaped'),
    note: v.variant('kind', [
      v.object({ kind: v.literal('compacted'), characters: v.number() }),
      v.object({ kind: v.literal('dropped'), messages: v.number(), tokens: v.number() }),
      v.object({ kind: v.literal('summarised'), messages: v.number(), tokens: v.number() }),
    ]),
  }),
  v.object({ kind: v.literal('fallback'), endpointId: v.string(), model: v.string() }),
  v.object({ kind: v.literal('resumed'), times: v.number() }),
  v.object({ kind: v.literal('served'), from: v.picklist(['memory', 'disk', 'shared']) }),
]) satisfies v.GenericSchema<unknown, TurnNote>;

export const statsSchema = v.object({
  usage: v.object({
    inputTokens: v.number(),
    outputTokens: v.number(),
    cacheReadTokens: v.number(),
    cacheWriteTokens: v.number(),
  }),
  timing: v.object({
    queueMs: v.number(),
    backoffMs: v.number(),
    pacingMs: v.exactOptional(v.number()),
    recoveryMs: v.exactOptional(v.number()),
    connectMs: maybeNumber,
    firstByteMs: maybeNumber,
    firstTokenMs: maybeNumber,
    totalMs: v.number(),
  }),
  costUSD: maybeNumber,
  requestId: maybeString,
  attempts: v.number(),
  notes: v.exactOptional(v.pipe(v.array(noteSchema), v.readonly())),
}) satisfies v.GenericSchema<unknown, TurnStats>;

export const errorInfoSchema = v.object({
  kind: v.picklist(ERROR_KINDS),
  message: v.string(),
  said: v.exactOptional(v.string()),
  status: maybeNumber,
  requestId: maybeString,
  retryable: v.boolean(),
  retryAfterMs: maybeNumber,
}) satisfies v.GenericSchema<unknown, ErrorInfo>;

export const turnStateSchema = v.picklist(TURN_STATES);

const titleFromSchema = v.picklist(['prompt', 'model', 'user']);

export const compactionSchema = v.object({
  throughTurnId: id,
  summary: v.string(),
  tokensBefore: v.number(),
  tokensAfter: v.number(),
  at: time,
}) satisfies v.GenericSchema<unknown, Compaction>;

export const conversationSchema = v.object({
  id,
  title: v.string(),
  titleFrom: titleFromSchema,
  pinned: v.boolean(),
  head: v.optional(id, () => undefined),
  compaction: v.optional(compactionSchema, () => undefined),
  workspace: maybeString,
  createdAt: time,
  updatedAt: time,
}) satisfies v.GenericSchema<unknown, ConversationSummary>;

/** Here an absent field and an `undefined` one differ: the first stays as it is stored, the second is cleared. */
export const patchSchema = v.object({
  title: v.exactOptional(v.string()),
  titleFrom: v.exactOptional(titleFromSchema),
  pinned: v.exactOptional(v.boolean()),
  head: v.optional(id),
  compaction: v.optional(compactionSchema),
}) satisfies v.GenericSchema<unknown, ConversationPatch>;

export const attachmentSchema = v.object({
  id,
  kind: v.picklist(ATTACHMENT_KINDS),
  label: v.string(),
  uri: maybeString,
  tokens: v.number(),
  content: contentSchema,
}) satisfies v.GenericSchema<unknown, Attachment>;

export const feedbackSchema = v.object({
  rating: v.picklist(['up', 'down']),
  reason: v.string(),
}) satisfies v.GenericSchema<unknown, Feedback>;

export const searchHitSchema = v.object({
  conversation: conversationSchema,
  turnId: maybeString,
  excerpt: v.string(),
  matches: v.pipe(v.array(v.tuple([v.number(), v.number()])), v.readonly()),
}) satisfies v.GenericSchema<unknown, SearchHit>;

export const storedTurnSchema = v.object({
  id,
  conversationId: id,
  ordinal: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  parentId: v.optional(id, () => undefined),
  createdAt: time,
  prompt: v.string(),
  asked: maybeString,
  attachments: v.pipe(v.array(attachmentSchema), v.readonly()),
  feedback: v.optional(feedbackSchema, () => undefined),
  model: v.string(),
  endpointId: v.string(),
  state: turnStateSchema,
  text: v.string(),
  thinking: v.string(),
  content: contentSchema,
  stopReason: maybeString,
  stats: v.optional(statsSchema, () => undefined),
  error: v.optional(errorInfoSchema, () => undefined),
}) satisfies v.GenericSchema<unknown, StoredTurn>;

/** Here an absent field and an `undefined` one differ: the first stays as it is stored, the second is cleared. */
export const outcomeSchema = v.object({
  state: turnStateSchema,
  text: v.string(),
  thinking: v.string(),
  content: contentSchema,
  stopReason: v.optional(v.string()),
  stats: v.optional(statsSchema),
  error: v.optional(errorInfoSchema),
}) satisfies v.GenericSchema<unknown, TurnOutcome>;

export const idSchema = id;
