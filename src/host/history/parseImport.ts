import * as v from 'valibot';
import type { Attachment, StoredTurn } from '../../engine/ports';
import type { Translate } from '../translate';
import { isClaudeExport, readClaudeConversation } from './claudeExport';
import { exportedConversationSchema, FORMAT, VERSION } from './historyFormat';
import type { ExportedConversation, WholeConversation } from './historyFormat';
import { ConversationProblem, ImportError, issueText } from './importProblem';
import type { ImportDeps } from './importProblem';
import { orderedTurns } from './orderedTurns';

/** A file is read no further than this; it is to be checked before it is read into memory. Bytes. */
export const MAX_IMPORT_BYTES = 400 * 1024 * 1024;
/** Deeper than anything that a model or Pulse writes, and far from where reading it would fail. */
const MAX_DEPTH = 200;
const MAX_CONVERSATIONS = 100_000;
/** Where an attachment may be opened from again. An import is somebody else's word: no command and no program. */
const SAFE_URI = /^(?:file|https?|untitled|vscode-remote|vscode-vfs|vscode-notebook-cell|git):/iu;

export interface ParsedImport {
  readonly from: 'pulse' | 'claude.ai';
  /** As `ConversationStore.importConversation` takes them. At least one. */
  readonly conversations: readonly WholeConversation[];
  /** What is wrong with those that are not among them, one sentence each. */
  readonly problems: readonly string[];
}

/**
 * Reads what `exportJson` wrote, or the `conversations.json` of a claude.ai export. Conversations that can't be read are left out and
 * told in `problems`.
 * @throws ImportError when there is nothing that can be imported
 */
export function parseImport(text: string, deps: ImportDeps): ParsedImport {
  const { translate: t } = deps;
  const data = parseJson(text, t);
  if (isClaudeExport(data)) {
    const list = Array.isArray(data) ? data : [data];
    return collect('claude.ai', list, (input) => readClaudeConversation(input, deps), t);
  }
  return collect('pulse', pulseConversations(data, t), (input) => readConversation(input, t), t);
}

function parseJson(text: string, t: Translate): unknown {
  if (text.length > MAX_IMPORT_BYTES) throw tooLarge(t);
  if (text.startsWith('PK\u0003\u0004')) {
    throw new ImportError(
      'not_json',
      t('This is a ZIP archive. Unpack it and choose the file conversations.json in it.'),
    );
  }
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ImportError(
      'not_json',
      t(
        'This file is not JSON ({0}). Choose a file that Pulse exported as JSON, or conversations.json of a claude.ai export.',
        why.slice(0, 200).toWellFormed(),
      ),
    );
  }
  if (isTooDeep(data)) {
    throw new ImportError(
      'too_deep',
      t('This file is nested more than {0} levels deep. No export of chats is.', MAX_DEPTH),
    );
  }
  return data;
}

/** Level by level: a walk that called itself would fail where it matters. */
function isTooDeep(data: unknown): boolean {
  let level: unknown[] = [data];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      for (const child of Object.values(value)) {
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
  return false;
}

const fileSchema = v.object({
  format: v.literal(FORMAT),
  version: v.pipe(v.number(), v.safeInteger()),
  conversations: v.array(v.unknown()),
});

/** @throws ImportError */
function pulseConversations(data: unknown, t: Translate): unknown[] {
  const file = v.safeParse(fileSchema, data);
  if (!file.success) {
    throw new ImportError(
      'unknown',
      t(
        'There are no chats in this file ({0}) Choose a file that Pulse exported as JSON, or conversations.json of a claude.ai export.',
        issueText(file.issues[0], t),
      ),
    );
  }
  const { version, conversations } = file.output;
  if (version > VERSION) {
    throw new ImportError(
      'newer',
      t(
        'This file was written by a newer version of Pulse (format {0}, this version knows {1}). Update Pulse and import it then.',
        version,
        VERSION,
      ),
    );
  }
  return conversations;
}

function collect(
  from: ParsedImport['from'],
  inputs: readonly unknown[],
  read: (input: unknown) => WholeConversation | undefined,
  t: Translate,
): ParsedImport {
  if (inputs.length > MAX_CONVERSATIONS) throw tooLarge(t);
  const conversations: WholeConversation[] = [];
  const problems: string[] = [];
  for (const [index, input] of inputs.entries()) {
    try {
      const conversation = read(input);
      if (conversation) conversations.push(conversation);
    } catch (error) {
      if (!(error instanceof ConversationProblem)) throw error;
      problems.push(t('Chat {0}: {1}', index + 1, error.message));
    }
  }
  const [first] = problems;
  if (conversations.length > 0) return { from, conversations, problems };
  if (first === undefined) {
    throw new ImportError('empty', t('There is no chat with a message in this file.'));
  }
  throw new ImportError(
    'invalid',
    t('No chat of this file can be read. {0} Export the chats again.', first),
  );
}

function readConversation(input: unknown, t: Translate): WholeConversation {
  const parsed = v.safeParse(exportedConversationSchema, input);
  if (!parsed.success) throw new ConversationProblem(issueText(parsed.issues[0], t));
  return fromExported(parsed.output, t);
}

/** @throws ConversationProblem */
function fromExported(
  { turns, ...conversation }: ExportedConversation,
  t: Translate,
): WholeConversation {
  const stored = orderedTurns(turns, t).map((turn, ordinal) =>
    storedTurn(turn, ordinal, conversation.id),
  );
  return { conversation, turns: stored };
}

function storedTurn(
  turn: ExportedConversation['turns'][number],
  ordinal: number,
  conversationId: string,
): StoredTurn {
  const attachments = turn.attachments.map((attachment) => safeAttachment(attachment));
  return { ...turn, ordinal, conversationId, attachments };
}

function safeAttachment(attachment: Attachment): Attachment {
  const { uri } = attachment;
  return uri === undefined || SAFE_URI.test(uri) ? attachment : { ...attachment, uri: undefined };
}

function tooLarge(t: Translate): ImportError {
  const megabytes = Math.round(MAX_IMPORT_BYTES / 1024 / 1024);
  return new ImportError(
    'too_large',
    t(
      'This file is too large: at most {0} MB and {1} chats are imported at once.',
      megabytes,
      MAX_CONVERSATIONS,
    ),
  );
}
