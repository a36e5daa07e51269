import * as v from 'valibot';
import type { ConversationSummary, StoredTurn } from '../../engine/ports';
import { compactionSchema, conversationSchema, storedTurnSchema } from '../../store/turnSchemas';

/** The file that Pulse exports and imports. Moments are ISO 8601, so that others can read it. */
export const FORMAT = 'pulse-conversations';
export const VERSION = 1;

/** A conversation that is not, or not yet, in the store. */
export interface WholeConversation {
  readonly conversation: ConversationSummary;
  readonly turns: readonly StoredTurn[];
}

/** What JavaScript's dates can hold, and what a file may say for it. */
const moment = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => Date.parse(text)),
  v.number(),
  v.finite(),
);

/** The order of the list is the order of asking. */
export const exportedTurnSchema = v.object({
  ...v.omit(storedTurnSchema, ['conversationId', 'ordinal', 'createdAt']).entries,
  createdAt: moment,
});

export const exportedConversationSchema = v.object({
  ...v.omit(conversationSchema, ['compaction', 'createdAt', 'updatedAt']).entries,
  compaction: v.optional(
    v.object({ ...v.omit(compactionSchema, ['at']).entries, at: moment }),
    () => undefined,
  ),
  createdAt: moment,
  updatedAt: moment,
  turns: v.array(exportedTurnSchema),
});
export type ExportedConversation = v.InferOutput<typeof exportedConversationSchema>;
