import * as v from 'valibot';
import { attachmentViewSchema } from './context';

/** A turn as the chat panel shows it, and what can be done about it. */

/** Of a turn or a conversation. */
export const id = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const ms = v.pipe(v.number(), v.minValue(0));

export const turnStateSchema = v.picklist([
  'waiting',
  'streaming',
  'done',
  'stopped',
  'failed',
  'interrupted',
]);
export type TurnViewState = v.InferOutput<typeof turnStateSchema>;

/** Buttons that a message from the host may offer; each is carried out by the host. */
export const actionSchema = v.picklist([
  'setApiKey',
  'tryDemo',
  'useLocalServer',
  'openSettings',
  'showLog',
  'selectModel',
  'newChat',
  'addContext',
  'addFiles',
  'importChats',
  'exportChat',
  'deleteAllChats',
  'allowSpending',
  'diagnose',
]);
export type PanelAction = v.InferOutput<typeof actionSchema>;

const actionButtonSchema = v.object({ action: actionSchema, label: v.string() });
export type ActionButton = v.InferOutput<typeof actionButtonSchema>;

const statsSchema = v.object({
  firstTokenMs: v.optional(ms),
  totalMs: ms,
  inputTokens: v.number(),
  outputTokens: v.number(),
  cacheReadTokens: v.number(),
  cacheWriteTokens: v.number(),
  /** Ready to show: "$0.0012", "price unknown", "free (demo)". */
  cost: v.string(),
  attempts: v.number(),
  requestId: v.optional(v.string()),
  /** Whether it was kept or shared instead of asked for. */
  isServed: v.boolean(),
  /** Where the time went, in order, for the waterfall. */
  phases: v.array(v.object({ label: v.string(), startMs: ms, durationMs: ms })),
});
export type TurnStatsView = v.InferOutput<typeof statsSchema>;

const retryPlace = v.picklist(['first', 'last', 'never']);
export type RetryPlace = v.InferOutput<typeof retryPlace>;

const errorSchema = v.object({
  kind: v.string(),
  /** What happened, in a few words. */
  title: v.string(),
  /** The rest: what the server said, whether it was retried, what to do. */
  detail: v.string(),
  requestId: v.optional(v.string()),
  /** Where "Retry" stands among what can be done. */
  retry: retryPlace,
  /** Offers to wait until the server takes the question: "Wait until 14:05". */
  wait: v.optional(v.string()),
  actions: v.array(actionButtonSchema),
});
export type TurnErrorView = v.InferOutput<typeof errorSchema>;

const feedbackSchema = v.object({ rating: v.picklist(['up', 'down']), reason: v.string() });

/** Versions of a turn: which one this is, from 0, of how many. */
const branchSchema = v.object({ index: v.number(), count: v.number() });

/** Below the turn: all up to here is told to the model as this summary. */
const compactionSchema = v.object({ label: v.string(), summary: v.string() });

/** A source that the answer cites: its name, the words it is cited for, and where it is, on the web. */
const citationSchema = v.object({
  title: v.string(),
  quote: v.string(),
  href: v.optional(v.string()),
});
export type CitationView = v.InferOutput<typeof citationSchema>;

const toolSchema = v.object({ id: v.string(), name: v.string(), input: v.string() });

export const turnSchema = v.object({
  id,
  prompt: v.string(),
  attachments: v.array(attachmentViewSchema),
  model: v.string(),
  state: turnStateSchema,
  /** Markdown as the model wrote it. */
  text: v.string(),
  thinking: v.string(),
  tools: v.array(toolSchema),
  /** Absent where it cites nothing. */
  citations: v.optional(v.array(citationSchema)),
  /** One quiet line while nothing moves: "Overloaded, trying again in 4 s (2 of 3)". */
  notice: v.optional(v.string()),
  /** When that is expected to be over, ms since 1970: counted down. */
  noticeUntil: v.optional(v.number()),
  /** What happened on the way that the reader should know, each in a quiet line: trimmed, another model, kept answer. */
  notes: v.array(v.string()),
  /** A note at the end of a reply that is not whole: cut at the limit, refused, stopped, interrupted. */
  endNote: v.optional(v.string()),
  /** Whether "Continue" makes sense. */
  canContinue: v.boolean(),
  /** Whether "Ask again" makes sense below a reply that did not fail. */
  canAskAgain: v.boolean(),
  /** Absent where there is only one version. */
  branch: v.optional(branchSchema),
  feedback: v.optional(feedbackSchema),
  compaction: v.optional(compactionSchema),
  stats: v.optional(statsSchema),
  error: v.optional(errorSchema),
});
export type TurnView = v.InferOutput<typeof turnSchema>;

/** What changed of a turn besides its texts; absent stays, null clears. */
export const turnPatchSchema = v.object({
  state: v.optional(turnStateSchema),
  tools: v.optional(v.array(toolSchema)),
  citations: v.optional(v.array(citationSchema)),
  notice: v.optional(v.nullable(v.string())),
  noticeUntil: v.optional(v.nullable(v.number())),
  notes: v.optional(v.array(v.string())),
  endNote: v.optional(v.nullable(v.string())),
  canContinue: v.optional(v.boolean()),
  canAskAgain: v.optional(v.boolean()),
  branch: v.optional(v.nullable(branchSchema)),
  feedback: v.optional(v.nullable(feedbackSchema)),
  compaction: v.optional(v.nullable(compactionSchema)),
  stats: v.optional(v.nullable(statsSchema)),
  error: v.optional(v.nullable(errorSchema)),
});
export type TurnPatch = v.InferOutput<typeof turnPatchSchema>;
