import * as v from 'valibot';
import { contextId } from './context';
import { historyScopeSchema } from './history';
import { parseWith } from './parsing';
import type { Parsed } from './parsing';
import { actionSchema, id } from './turn';

/** What a chat webview says to the extension host: see chat.ts for how the two talk. */

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
    turnId: id,
    action: v.picklist(['insert', 'replace', 'apply', 'newFile', 'run']),
    code: v.pipe(v.string(), v.maxLength(MAX_PROMPT_LENGTH)),
    language: v.pipe(v.string(), v.maxLength(200)),
    path: v.optional(v.pipe(v.string(), v.maxLength(4_096))),
  }),
  /** A code block of this turn's answer was copied. */
  v.object({ type: v.literal('codeCopied'), turnId: id }),
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
  /** Answers `measure`. `nodes`: of the page's document. */
  v.object({
    type: v.literal('measured'),
    nodes: v.pipe(v.number(), v.integer(), v.minValue(0)),
  }),
  /** Something went wrong in the webview: for the log. */
  v.object({ type: v.literal('fault'), message: v.pipe(v.string(), v.maxLength(4_000)) }),
]);
export type ChatToHost = v.InferOutput<typeof chatToHostSchema>;

export function parseChatToHost(input: unknown): Parsed<ChatToHost> {
  return parseWith(chatToHostSchema, input);
}
