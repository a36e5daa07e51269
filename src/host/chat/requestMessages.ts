import type { Attachment, Compaction } from '../../engine/ports';
import type { ContentBlock, Message } from '../../engine/types';
import type { Turn } from './turn';

/** Blocks of a reply that go back to the model as they came. Others (tool calls without results, documents) would be refused. */
const SENDABLE: ReadonlySet<string> = new Set(['text', 'thinking', 'redacted_thinking']);

export interface AskedQuestion {
  readonly prompt: string;
  readonly asked: string | undefined;
  readonly attachments: readonly Attachment[];
  readonly model: string;
  readonly endpointId: string;
}

/**
 * The messages of a request: the earlier turns of the branch that were answered, then the question. User and assistant take turns,
 * and no message is empty, whatever happened to the turns:
 * - the turns up to the one that a compaction names are told as its summary, in front of the next question: a stable beginning, so that
 *   what follows stays in the prompt cache;
 * - a turn without any visible reply (failed at once, stopped before the first word) is left out with its question;
 * - a reply that broke off is sent as far as it came, unless its question was then asked again right after it;
 * - a whole reply goes back as its stored blocks (signatures kept) to the model and endpoint it came from, else as text.
 */
export function requestMessages(
  earlier: readonly Turn[],
  question: AskedQuestion,
  compaction?: Compaction,
): Message[] {
  const messages: Message[] = [];
  let summary = compaction;
  const ask = (from: Pick<AskedQuestion, 'prompt' | 'asked' | 'attachments'>): void => {
    messages.push({ role: 'user', content: questionContent(from, summary) });
    summary = undefined;
  };
  const told = turnsAfter(earlier, compaction);
  // Of another branch: it says nothing about this one.
  if (told === earlier) summary = undefined;
  told.forEach((turn, index) => {
    const next = told[index + 1] ?? question;
    if (turn.text.trim() === '' || isAskedAgain(turn, next.prompt)) return;
    ask(turn);
    messages.push({ role: 'assistant', content: replyContent(turn, question) });
  });
  ask(question);
  return messages;
}

/** The turns that a compaction does not stand for; all of them, the same array, where it belongs to another branch. */
export function turnsAfter<T extends { readonly id: string }>(
  path: readonly T[],
  compaction: Compaction | undefined,
): readonly T[] {
  if (!compaction) return path;
  const last = path.findIndex(({ id }) => id === compaction.throughTurnId);
  return last === -1 ? path : path.slice(last + 1);
}

function questionContent(
  { prompt, asked, attachments }: Pick<AskedQuestion, 'prompt' | 'asked' | 'attachments'>,
  summary: Compaction | undefined,
): Message['content'] {
  const text = asked ?? prompt;
  if (attachments.length === 0 && !summary) return text;
  return [
    ...(summary ? [{ type: 'text', text: summaryText(summary) }] : []),
    ...attachments.flatMap(({ content }) => content),
    { type: 'text', text },
  ];
}

function summaryText({ summary }: Compaction): string {
  return `The earlier part of this conversation is left out; this is its summary:\n\n<summary>\n${summary}\n</summary>`;
}

function isAskedAgain(turn: Turn, nextPrompt: string): boolean {
  return turn.phase.kind !== 'done' && turn.prompt === nextPrompt;
}

function replyContent(
  turn: Turn,
  question: { readonly model: string; readonly endpointId: string },
): string | readonly ContentBlock[] {
  const sameModel = turn.model === question.model && turn.endpointId === question.endpointId;
  if (turn.phase.kind !== 'done' || !sameModel) return turn.text;
  if (!turn.content.every((block) => SENDABLE.has(block.type))) return turn.text;
  const blocks = turn.content.filter((block) => !isEmptyText(block));
  return blocks.some((block) => block.type === 'text') ? blocks : turn.text;
}

function isEmptyText(block: ContentBlock): boolean {
  return block.type === 'text' && 'text' in block && String(block['text']).trim() === '';
}
