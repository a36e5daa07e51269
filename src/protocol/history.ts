import * as v from 'valibot';

/** A conversation in the panel's list. */
export const historyItemSchema = v.object({
  id: v.string(),
  title: v.string(),
  /** When something was last said, ms since 1970. */
  at: v.number(),
  pinned: v.boolean(),
  /** A short name of the workspace that it belongs to, where that is another one or none. */
  workspace: v.optional(v.string()),
  /** Shown here; an answer is coming; something came that nobody has seen. */
  isCurrent: v.boolean(),
  isRunning: v.boolean(),
  isUnread: v.boolean(),
  /** Where the search found something: `turnId` absent for the title. `matches`: [start, end) of `excerpt`. */
  hit: v.optional(
    v.object({
      turnId: v.optional(v.string()),
      excerpt: v.string(),
      matches: v.array(v.tuple([v.number(), v.number()])),
    }),
  ),
});
export type HistoryItem = v.InferOutput<typeof historyItemSchema>;

export const historyScopeSchema = v.picklist(['workspace', 'all']);
export type HistoryScope = v.InferOutput<typeof historyScopeSchema>;

/** The list has no more than these; a search finds the others. */
export const MAX_HISTORY_ITEMS = 200;
