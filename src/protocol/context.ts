import * as v from 'valibot';

/** What goes along with a question, as the panel shows it: pieces of context, how much of the window they fill, what can be added. */

export const contextId = v.pipe(v.string(), v.minLength(1), v.maxLength(200));

export const attachmentKindSchema = v.picklist([
  'selection',
  'file',
  'folder',
  'editors',
  'problems',
  'terminal',
  'gitDiff',
  'gitLog',
  'symbol',
  'image',
  'pdf',
  'url',
  'text',
]);

/** A chip. Of the question being written, or, always `ready`, of one that was asked. */
export const attachmentViewSchema = v.object({
  id: contextId,
  kind: attachmentKindSchema,
  label: v.string(),
  /** For the tooltip: the whole path, the number of lines. */
  detail: v.string(),
  tokens: v.number(),
  /** `ask`: looks as if it held secrets; it is not sent unless the user allows it. `failed`: see `problem`. */
  state: v.picklist(['loading', 'ready', 'ask', 'failed']),
  /** What is wrong or doubtful, and what to do. */
  problem: v.optional(v.string()),
});
export type AttachmentView = v.InferOutput<typeof attachmentViewSchema>;

/** What fills the model's window if the question is sent now. Tokens, estimated. */
export const gaugeSchema = v.object({
  used: v.number(),
  window: v.number(),
  /** What it consists of, largest first: "Instructions", "Conversation", "src/app.ts", "Question". */
  parts: v.array(v.object({ label: v.string(), tokens: v.number() })),
  /** What sending it costs without the answer: "$0.012"; empty where no price is known. */
  cost: v.string(),
  /** It goes beyond a limit of the user's or of the model: said beside the composer. */
  warning: v.optional(v.string()),
});
export type ContextGauge = v.InferOutput<typeof gaugeSchema>;

/** A slash command. Written as `/name arguments`. */
export const slashCommandSchema = v.object({
  name: v.string(),
  description: v.string(),
  /** What may follow it: "[what to look at]"; empty for nothing. */
  argumentHint: v.string(),
  source: v.picklist(['builtin', 'workspace', 'profile']),
});
export type SlashCommandView = v.InferOutput<typeof slashCommandSchema>;

/** Something that `@` offers. */
export const completionSchema = v.object({
  /** Comes back in `attach`. */
  source: v.pipe(v.string(), v.maxLength(4_096)),
  /** A codicon's name. */
  icon: v.string(),
  label: v.string(),
  /** The folder of a file, say. */
  detail: v.string(),
  /** Places of `label` that match what was typed, UTF-16 units. */
  matches: v.array(v.number()),
  /** Choosing it goes on instead of attaching: this text replaces what was typed after the `@` ("folder:src/"). */
  continues: v.optional(v.string()),
});
export type Completion = v.InferOutput<typeof completionSchema>;

/** A question that waits for the answer under way. */
export const queuedSchema = v.object({
  id: contextId,
  text: v.string(),
  attachments: v.number(),
});
export type QueuedQuestion = v.InferOutput<typeof queuedSchema>;
