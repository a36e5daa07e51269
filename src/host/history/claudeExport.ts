import * as v from 'valibot';
import { estimateTextTokens } from '../../engine/models/tokenEstimate';
import type { Attachment, StoredTurn } from '../../engine/ports';
import { titleOf } from '../chat/title';
import { framedText } from '../context/framedText';
import { fenced, plainInline } from './markdownText';
import type { WholeConversation } from './historyFormat';
import { ConversationProblem, issueText } from './importProblem';
import type { ImportDeps } from './importProblem';
import { orderedTurns } from './orderedTurns';

/**
 * What "Export data" of claude.ai sends: `conversations.json`, a list of conversations. Nothing about it is promised by anyone, so only
 * what is needed is looked at, and what may be missing may be missing.
 */

/** Says where such a conversation is from where others name model and endpoint: the export has neither. */
const CLAUDE_AI = 'claude.ai';

/** What the store takes for an id. */
const MAX_ID = 200;

const maybeText = v.pipe(
  v.fallback(v.nullish(v.string()), undefined),
  v.transform((text) => (text === null || text === '' ? undefined : text)),
);
const list = v.fallback(v.array(v.unknown()), []);

const messageSchema = v.object({
  uuid: maybeText,
  sender: v.picklist(['human', 'assistant']),
  text: maybeText,
  content: list,
  created_at: maybeText,
  attachments: list,
  files: list,
  parent_message_uuid: maybeText,
});
type ClaudeMessage = v.InferOutput<typeof messageSchema>;

const conversationSchema = v.object({
  uuid: maybeText,
  name: maybeText,
  created_at: maybeText,
  updated_at: maybeText,
  chat_messages: v.array(messageSchema),
});

const blockSchema = v.variant('type', [
  v.object({ type: v.literal('text'), text: v.string() }),
  v.object({ type: v.literal('thinking'), thinking: v.string() }),
  v.object({
    type: v.literal('tool_use'),
    name: v.literal('artifacts'),
    input: v.object({ title: maybeText, language: maybeText, content: v.string() }),
  }),
]);

const fileSchema = v.object({ file_name: v.string(), extracted_content: maybeText });

export function isClaudeExport(data: unknown): boolean {
  const first: unknown = Array.isArray(data) ? data.find(isObject) : data;
  return isObject(first) && 'chat_messages' in first;
}

/** `undefined`: nothing was said in it. @throws ConversationProblem */
export function readClaudeConversation(
  input: unknown,
  deps: ImportDeps,
): WholeConversation | undefined {
  const parsed = v.safeParse(conversationSchema, input);
  if (!parsed.success) throw new ConversationProblem(issueText(parsed.issues[0], deps.translate));
  const { uuid, name, created_at, updated_at, chat_messages } = parsed.output;
  const id = idOf(uuid, deps);
  const createdAt = timeOf(created_at) ?? deps.now;
  const turns = turnsOf(chat_messages, { ...deps, id, createdAt });
  const [first] = turns;
  if (!first) return undefined;
  const last = Math.max(...turns.map((turn) => turn.createdAt));
  const title = name?.trim() ?? '';
  return {
    conversation: {
      id,
      title: title === '' ? titleOf(first.prompt) : titleOf(title),
      titleFrom: title === '' ? 'prompt' : 'model',
      pinned: false,
      head: undefined,
      compaction: undefined,
      workspace: undefined,
      createdAt,
      updatedAt: timeOf(updated_at) ?? last,
    },
    turns,
  };
}

interface TurnContext extends ImportDeps {
  readonly id: string;
  readonly createdAt: number;
}

/** A question that is being put together, with what was answered. */
interface Exchange {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly question: ClaudeMessage | undefined;
  readonly answers: ClaudeMessage[];
}

/** @throws ConversationProblem */
function turnsOf(messages: readonly ClaudeMessage[], context: TurnContext): StoredTurn[] {
  const exchanges: Exchange[] = [];
  /** The exchange that each message is in. */
  const places = new Map<string, Exchange>();
  for (const message of messages) {
    const { parent_message_uuid: parentUuid, uuid } = message;
    // Without a word about it a message follows the one before; with one that is nowhere it is a first one.
    const parent = parentUuid === undefined ? exchanges.at(-1) : places.get(parentUuid);
    let exchange: Exchange;
    if (message.sender === 'assistant' && parent && canAnswer(parent, message)) {
      parent.answers.push(message);
      exchange = parent;
    } else {
      exchange = newExchange(message, parent, context);
      exchanges.push(exchange);
    }
    if (uuid !== undefined) places.set(uuid, exchange);
  }
  const ordered = orderedTurns(exchanges, context.translate);
  return ordered.map((exchange, ordinal) => turnOf(exchange, ordinal, context));
}

/** Another answer to the same question is another version, unless it follows the first answer. */
function canAnswer({ question, answers }: Exchange, message: ClaudeMessage): boolean {
  const last = answers.at(-1);
  if (!last || message.parent_message_uuid === undefined) return true;
  return message.parent_message_uuid !== question?.uuid;
}

function newExchange(
  message: ClaudeMessage,
  parent: Exchange | undefined,
  deps: TurnContext,
): Exchange {
  const isAnotherAnswer = message.sender === 'assistant' && parent !== undefined;
  return {
    id: idOf(message.uuid, deps),
    parentId: isAnotherAnswer ? parent.parentId : parent?.id,
    question: isAnotherAnswer ? parent.question : isHuman(message) ? message : undefined,
    answers: isHuman(message) ? [] : [message],
  };
}

function isHuman({ sender }: ClaudeMessage): boolean {
  return sender === 'human';
}

function turnOf(
  { id, parentId, question, answers }: Exchange,
  ordinal: number,
  context: TurnContext,
): StoredTurn {
  const text = joined(answers.map((answer) => spokenText(answer)));
  const createdAt = timeOf(question?.created_at ?? answers[0]?.created_at) ?? context.createdAt;
  return {
    id,
    conversationId: context.id,
    ordinal,
    parentId,
    createdAt,
    prompt: question ? spokenText(question) : '',
    asked: undefined,
    attachments: question ? attachmentsOf(question, context) : [],
    feedback: undefined,
    model: CLAUDE_AI,
    endpointId: CLAUDE_AI,
    state: answers.length === 0 ? 'interrupted' : 'done',
    text,
    thinking: joined(answers.map((answer) => thoughtText(answer))),
    content: text === '' ? [] : [{ type: 'text', text }],
    stopReason: answers.length === 0 ? undefined : 'end_turn',
    stats: undefined,
    error: undefined,
  };
}

/** The blocks where there are any; `text` beside them is a poorer copy. An artifact becomes a block of code. */
function spokenText({ content, text }: ClaudeMessage): string {
  const pieces = content.map((block) => {
    const parsed = v.safeParse(blockSchema, block);
    if (!parsed.success || parsed.output.type === 'thinking') return '';
    if (parsed.output.type === 'text') return parsed.output.text;
    const { title, language, content: code } = parsed.output.input;
    const head = title === undefined ? '' : `**${plainInline(title)}**\n\n`;
    return head + fenced(code, language ?? '');
  });
  const whole = joined(pieces);
  return whole === '' ? (text ?? '').trim() : whole;
}

function thoughtText({ content }: ClaudeMessage): string {
  return joined(
    content.map((block) => {
      const parsed = v.safeParse(blockSchema, block);
      return parsed.success && parsed.output.type === 'thinking' ? parsed.output.thinking : '';
    }),
  );
}

/** What was given with a question: with its text where the export has it, else by its name only. */
function attachmentsOf(
  { attachments, files }: ClaudeMessage,
  { newId }: TurnContext,
): Attachment[] {
  const seen = new Set<string>();
  return [...attachments, ...files].flatMap((input): Attachment[] => {
    const parsed = v.safeParse(fileSchema, input);
    if (!parsed.success || seen.has(parsed.output.file_name)) return [];
    const { file_name: name, extracted_content: text } = parsed.output;
    seen.add(name);
    const content = text === undefined ? [] : [framedText({ kind: 'file', path: name }, text)];
    return [
      {
        id: newId(),
        kind: 'file',
        label: name === '' ? 'file' : name,
        uri: undefined,
        tokens: content.length === 0 ? 0 : estimateTextTokens(text ?? ''),
        content,
      },
    ];
  });
}

function joined(pieces: readonly string[]): string {
  return pieces
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
    .join('\n\n');
}

function idOf(uuid: string | undefined, { newId }: ImportDeps): string {
  return uuid !== undefined && uuid.length <= MAX_ID ? uuid : newId();
}

function timeOf(text: string | undefined): number | undefined {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? undefined : at;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
