import * as v from 'valibot';
import {
  attachmentViewSchema,
  completionSchema,
  gaugeSchema,
  queuedSchema,
  slashCommandSchema,
} from './context';
import { historyItemSchema } from './history';
import { parseWith } from './parsing';
import type { Parsed } from './parsing';
import { tokenStyleSchema } from './tokenColors';
import { actionSchema, id, turnPatchSchema, turnSchema } from './turn';

/**
 * What the extension host says to a chat webview; what that says is in chatToHost.ts. Both sides parse what arrives with these schemas.
 *
 * The host owns the state. A webview that (re)appears says `ready` and gets a `snapshot`; from then on it gets `frame`s, numbered
 * without gaps, and acknowledges each after painting it. A frame out of order makes it ask for a new snapshot with `resync`.
 */

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
  /** Asks how large the page is: for a diagnosis. */
  v.object({ type: v.literal('measure') }),
  /** Something was done that can be taken back with `undo`, for a few seconds. */
  v.object({ type: v.literal('undoable'), id, text: v.string() }),
]);
export type HostToChat = v.InferOutput<typeof hostToChatSchema>;

export function parseHostToChat(input: unknown): Parsed<HostToChat> {
  return parseWith(hostToChatSchema, input);
}
