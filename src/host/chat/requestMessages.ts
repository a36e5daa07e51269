import type { ContentBlock, Message } from '../../engine/types';
import type { Turn } from './turn';

/** Blocks of a reply that go back to the model as they came. Others (tool calls without results, documents) would be refused. */
const SENDABLE: ReadonlySet<string> = new Set(['text', 'thinking', 'redacted_thinking']);

/**
 * The messages of a request: the earlier turns that were answered, then the question. User and assistant take turns, and no
 * message is empty, whatever happened to the turns:
 * - a turn without any visible reply (failed at once, stopped before the first word) is left out with its question;
 * - a reply that broke off is sent as far as it came, unless its question was then asked again right after it;
 * - a whole reply goes back as its stored blocks (signatures kept) to the model and endpoint it came from, else as text.
 */
export function requestMessages(
  earlier: readonly Turn[],
  question: { readonly prompt: string; readonly model: string; readonly endpointId: string },
): Message[] {
  const messages: Message[] = [];
  earlier.forEach((turn, index) => {
    const next = earlier[index + 1] ?? question;
    if (turn.text.trim() === '' || isAskedAgain(turn, next.prompt)) return;
    messages.push({ role: 'user', content: turn.prompt });
    messages.push({ role: 'assistant', content: replyContent(turn, question) });
  });
  messages.push({ role: 'user', content: question.prompt });
  return messages;
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
