import * as v from 'valibot';
import {
  attachmentViewSchema,
  completionSchema,
  contextId,
  gaugeSchema,
  queuedSchema,
  slashCommandSchema,
} from './context';
import { historyItemSchema, historyScopeSchema } from './history';
import { tokenStyleSchema } from './tokenColors';

/**
 * All that the extension host and a chat webview say to each other. Both sides parse what arrives with these schemas.
 *
 * The host owns the state. A webview that (re)appears says `ready` and gets a `snapshot`; from then on it gets `frame`s, numbered
 * without gaps, and acknowledges each after painting it. A frame out of order makes it ask for a new snapshot with `resync`.
 */

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
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
const turnPatchSchema = v.object({
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

export const optionSchema = v.object({
  id: v.string(),
  label: v.string(),
  description: v.optional(v.string()),
});
export type PanelOption = v.InferOutput<typeof optionSchema>;

export const sessionSchema = v.object({
  conversationId: id,
  title: v.string(),
  /** Whether a turn is running. */
  busy: v.boolean(),
  /** Where questions go: shown small above the composer, e.g. "api.anthropic.com" or "Demo: local simulator, not Claude". */
  endpoint: v.object({
    kind: v.picklist(['none', 'api', 'demo', 'local', 'custom']),
    label: v.string(),
  }),
  model: v.string(),
  models: v.array(optionSchema),
  /** Empty where the model has no choice. */
  efforts: v.array(optionSchema),
  effort: v.string(),
  /** Ways to get started, shown while there is nowhere to send a question (`endpoint.kind` is `none`). */
  setup: v.array(v.object({ action: actionSchema, label: v.string(), detail: v.string() })),
  /** Text of the composer as it was when the window went away. */
  draft: v.string(),
  /** Context of the question being written. */
  attachments: v.array(attachmentViewSchema),
  /** Absent until it is known. */
  gauge: v.optional(gaugeSchema),
  /** Questions that wait for the answer under way, in order. */
  queue: v.array(queuedSchema),
  commands: v.array(slashCommandSchema),
  /** Whether this conversation is written down. */
  isKept: v.boolean(),
});
export type SessionView = v.InferOutput<typeof sessionSchema>;

export const changeSchema = v.variant('kind', [
  v.object({ kind: v.literal('turnAdded'), turn: turnSchema }),
  v.object({ kind: v.literal('turnRemoved'), turnId: id }),
  /** Text that follows what is there. */
  v.object({ kind: v.literal('append'), turnId: id, text: v.string(), thinking: v.string() }),
  /** The attempt failed that the last thinking came from: so much of its end goes, in UTF-16 units. */
  v.object({
    kind: v.literal('thinkingVoid'),
    turnId: id,
    length: v.pipe(v.number(), v.integer(), v.minValue(1)),
  }),
  v.object({ kind: v.literal('turn'), turnId: id, patch: turnPatchSchema }),
  v.object({ kind: v.literal('session'), session: v.partial(sessionSchema) }),
]);
export type Change = v.InferOutput<typeof changeSchema>;

export const hostToChatSchema = v.variant('type', [
  v.object({
    type: v.literal('snapshot'),
    /** Number of the frame before the next one. */
    seq: v.number(),
    session: sessionSchema,
    turns: v.array(turnSchema),
  }),
  v.object({ type: v.literal('frame'), seq: v.number(), changes: v.array(changeSchema) }),
  v.object({ type: v.literal('focusComposer') }),
  /** Put this text into the composer (after what is there) and focus it. */
  v.object({ type: v.literal('insertText'), text: v.string() }),
  /** Brings this turn into sight. */
  v.object({ type: v.literal('showTurn'), turnId: id }),
  v.object({ type: v.literal('showHistory') }),
  v.object({ type: v.literal('showFind') }),
  /** Answers `complete`; those to an older question are dropped. */
  v.object({
    type: v.literal('completions'),
    requestId: v.number(),
    items: v.array(completionSchema),
  }),
  /** Answers `history`. */
  v.object({
    type: v.literal('history'),
    requestId: v.number(),
    items: v.array(historyItemSchema),
    /** Why the list can't be had, instead of it. */
    problem: v.optional(v.string()),
  }),
  /** A list that is shown should be asked for again. */
  v.object({ type: v.literal('historyChanged') }),
  /** How code is coloured in the editor's theme; empty where that can't be read. Sent after `ready` and when the theme changes. */
  v.object({ type: v.literal('tokenColors'), styles: v.array(tokenStyleSchema) }),
  /** Something was done that can be taken back with `undo`, for a few seconds. */
  v.object({ type: v.literal('undoable'), id, text: v.string() }),
]);
export type HostToChat = v.InferOutput<typeof hostToChatSchema>;

/** Longest prompt taken from the webview, in UTF-16 units: the API's 32 MB limit is far above, this stops accidents. */
export const MAX_PROMPT_LENGTH = 8_000_000;
/** Longest pasted or dropped file in base64: the API takes 32 MB in a request. UTF-16 units. */
export const MAX_DATA_LENGTH = 45_000_000;

export const chatToHostSchema = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('resync') }),
  /** Frame `seq` is painted. */
  v.object({ type: v.literal('ack'), seq: v.number() }),
  v.object({ type: v.literal('send'), text: v.pipe(v.string(), v.maxLength(MAX_PROMPT_LENGTH)) }),
  v.object({ type: v.literal('stop') }),
  /** Send the failed, stopped or interrupted turn's question again. */
  v.object({ type: v.literal('retry'), turnId: id }),
  /** The same, as soon as the server takes it. */
  v.object({ type: v.literal('retryLater'), turnId: id }),
  /** Go on from where the reply ended. */
  v.object({ type: v.literal('continue'), turnId: id }),
  v.object({ type: v.literal('selectModel'), model: v.string() }),
  v.object({ type: v.literal('selectEffort'), effort: v.string() }),
  /** Asks another question in the place of this turn's; the first version stays, as a branch. */
  v.object({
    type: v.literal('edit'),
    turnId: id,
    text: v.pipe(v.string(), v.maxLength(MAX_PROMPT_LENGTH)),
  }),
  /** The same question again as another version, by another model if one is named. */
  v.object({ type: v.literal('regenerate'), turnId: id, model: v.optional(v.string()) }),
  /** Shows version `index` of the turn and what followed it. */
  v.object({ type: v.literal('switchBranch'), turnId: id, index: v.number() }),
  /** With all that follows; can be taken back. */
  v.object({ type: v.literal('deleteTurn'), turnId: id }),
  v.object({
    type: v.literal('feedback'),
    turnId: id,
    rating: v.nullable(v.picklist(['up', 'down'])),
    reason: v.pipe(v.string(), v.maxLength(10_000)),
  }),
  v.object({ type: v.literal('undo'), id }),
  v.object({ type: v.literal('undoCompaction') }),
  /** A code block's button. `path`: the file that its head names. */
  v.object({
    type: v.literal('codeAction'),
    action: v.picklist(['insert', 'replace', 'apply', 'newFile', 'run']),
    code: v.pipe(v.string(), v.maxLength(MAX_PROMPT_LENGTH)),
    language: v.pipe(v.string(), v.maxLength(200)),
    path: v.optional(v.pipe(v.string(), v.maxLength(4_096))),
  }),
  /** What `@` offers for what was typed after it. */
  v.object({
    type: v.literal('complete'),
    requestId: v.number(),
    query: v.pipe(v.string(), v.maxLength(1_000)),
  }),
  v.object({ type: v.literal('attach'), source: v.pipe(v.string(), v.maxLength(4_096)) }),
  /** Pasted or dropped bytes; `text` that is too long for the composer is one, too. */
  v.object({
    type: v.literal('attachData'),
    name: v.pipe(v.string(), v.maxLength(1_000)),
    mime: v.pipe(v.string(), v.maxLength(200)),
    base64: v.pipe(v.string(), v.maxLength(MAX_DATA_LENGTH)),
  }),
  v.object({
    type: v.literal('attachText'),
    text: v.pipe(v.string(), v.maxLength(MAX_PROMPT_LENGTH)),
  }),
  /** Dropped from the explorer or an editor's tab. */
  v.object({
    type: v.literal('attachUris'),
    uris: v.pipe(v.array(v.pipe(v.string(), v.maxLength(4_096))), v.maxLength(1_000)),
  }),
  v.object({ type: v.literal('detach'), id: contextId }),
  /** It looks as if it held secrets, and is to be sent all the same. */
  v.object({ type: v.literal('allowAttachment'), id: contextId }),
  /** Shows where it is from. `turnId`: of a question that was asked. */
  v.object({
    type: v.literal('openAttachment'),
    id: contextId,
    turnId: v.optional(id),
  }),
  /** Takes a waiting question back; `edit`: into the composer. */
  v.object({ type: v.literal('unqueue'), id: contextId, edit: v.boolean() }),
  v.object({
    type: v.literal('history'),
    requestId: v.number(),
    query: v.pipe(v.string(), v.maxLength(1_000)),
    scope: historyScopeSchema,
  }),
  v.object({
    type: v.literal('openChat'),
    conversationId: id,
    turnId: v.optional(id),
    place: v.picklist(['here', 'tab']),
  }),
  v.object({
    type: v.literal('renameChat'),
    conversationId: id,
    title: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(300)),
  }),
  v.object({ type: v.literal('pinChat'), conversationId: id, pinned: v.boolean() }),
  v.object({ type: v.literal('deleteChat'), conversationId: id }),
  v.object({
    type: v.literal('exportChat'),
    conversationId: id,
    format: v.picklist(['markdown', 'json']),
  }),
  v.object({ type: v.literal('draft'), text: v.pipe(v.string(), v.maxLength(MAX_PROMPT_LENGTH)) }),
  /** A link of a reply was clicked; the host opens only http, https and mailto, after VS Code's own question. */
  v.object({ type: v.literal('openLink'), href: v.pipe(v.string(), v.maxLength(8_192)) }),
  v.object({ type: v.literal('action'), action: actionSchema }),
  /** The page has the keyboard, or has it no more. */
  v.object({ type: v.literal('focus'), hasFocus: v.boolean() }),
  /** Something went wrong in the webview: for the log. */
  v.object({ type: v.literal('fault'), message: v.pipe(v.string(), v.maxLength(4_000)) }),
]);
export type ChatToHost = v.InferOutput<typeof chatToHostSchema>;

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

function parseWith<T>(schema: v.GenericSchema<unknown, T>, input: unknown): Parsed<T> {
  const result = v.safeParse(schema, input);
  if (result.success) return { ok: true, value: result.output };
  return { ok: false, problem: v.summarize(result.issues) };
}

export function parseHostToChat(input: unknown): Parsed<HostToChat> {
  return parseWith(hostToChatSchema, input);
}

export function parseChatToHost(input: unknown): Parsed<ChatToHost> {
  return parseWith(chatToHostSchema, input);
}
