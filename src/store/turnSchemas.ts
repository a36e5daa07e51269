import * as v from 'valibot';
import type { ConversationSummary, StoredTurn, TurnOutcome, TurnStats } from '../engine/ports';
import { ERROR_KINDS } from '../engine/types';
import type { ContentBlock, ErrorInfo } from '../engine/types';

/** Checks of everything that crosses to the store's thread or comes out of its JSON columns. */

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
/** Milliseconds since 1970. SQLite's strict integers take no fraction. */
const time = v.pipe(v.number(), v.finite(), v.transform(Math.round));
/** Stored JSON leaves out what is `undefined`; a default given as a function puts the field back. */
const maybeNumber = v.optional(v.number(), () => undefined);
const maybeString = v.optional(v.string(), () => undefined);

function isContentBlock(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  switch (value.type) {
    case 'text':
      return 'text' in value && typeof value.text === 'string';
    case 'thinking':
      return (
        'thinking' in value &&
        typeof value.thinking === 'string' &&
        'signature' in value &&
        typeof value.signature === 'string'
      );
    case 'tool_use':
      return (
        'id' in value &&
        typeof value.id === 'string' &&
        'name' in value &&
        typeof value.name === 'string' &&
        'input' in value
      );
    default:
      return typeof value.type === 'string';
  }
}

export const contentSchema = v.pipe(v.array(v.custom<ContentBlock>(isContentBlock)), v.readonly());

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
    connectMs: maybeNumber,
    firstByteMs: maybeNumber,
    firstTokenMs: maybeNumber,
    totalMs: v.number(),
  }),
  costUSD: maybeNumber,
  requestId: maybeString,
  attempts: v.number(),
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

export const turnStateSchema = v.picklist([
  'waiting',
  'streaming',
  'done',
  'stopped',
  'failed',
  'interrupted',
]);

export const conversationSchema = v.object({
  id,
  title: v.string(),
  workspace: maybeString,
  createdAt: time,
  updatedAt: time,
}) satisfies v.GenericSchema<unknown, ConversationSummary>;

export const storedTurnSchema = v.object({
  id,
  conversationId: id,
  ordinal: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  createdAt: time,
  prompt: v.string(),
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
