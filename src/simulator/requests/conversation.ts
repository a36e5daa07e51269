import { createHash } from 'node:crypto';
import { listOf, stringOf, isRecord } from '../json';
import type { MessagesRequest, WireBlock, WireMessage } from './messagesRequest';

/** What a request asks, read from its messages. */
export interface Conversation {
  /** The same for every attempt of the same question in the same conversation. */
  readonly key: string;
  /** The question without its [[...]] marks. When the last message only says "continue": the question before it. */
  readonly prompt: string;
  /** Questions before it, oldest first. */
  readonly earlier: readonly string[];
  /** Text of the answer that is there already and is to be gone on from; '' for a new answer. */
  readonly already: string;
  /** Texts of the tool results in the last message. */
  readonly toolResults: readonly string[];
  /** What the last user message asks for with [[fault ...]] and [[shape ...]]. */
  readonly faults: readonly string[];
  readonly shapes: readonly string[];
}

const MARK = /\[\[\s*(fault|shape)\s+([^\]]*?)\s*\]\]/gi;
const CONTINUE = /^\s*(?:please\s+)?(?:continue|go on|carry on|keep going|继续|请继续)/i;

export function textOf(blocks: readonly WireBlock[]): string {
  return blocks
    .filter((block) => block.type === 'text')
    .map((block) => stringOf(block['text']))
    .join('\n\n');
}

function withoutMarks(text: string): string {
  return text.replaceAll(MARK, '').trim();
}

function marks(text: string, kind: 'fault' | 'shape'): string[] {
  return [...text.matchAll(MARK)]
    .filter((match) => match[1]?.toLowerCase() === kind)
    .map((match) => match[2] ?? '');
}

function toolResultTexts(blocks: readonly WireBlock[]): string[] {
  return blocks
    .filter((block) => block.type === 'tool_result')
    .map(({ content }) => {
      if (typeof content === 'string') return content;
      const parts = listOf(content).filter(isRecord);
      return parts.map((part) => stringOf(part['text'])).join('\n');
    });
}

interface Turn {
  readonly question: string;
  readonly answer: string;
}

/** Messages as turns: consecutive ones of a role belong together, as the API combines them. */
function turnsOf(messages: readonly WireMessage[]): Turn[] {
  const turns: { question: string[]; answer: string[] }[] = [];
  for (const { role, blocks } of messages) {
    if (role === 'system') continue;
    const last = turns.at(-1);
    if (role === 'assistant') last?.answer.push(textOf(blocks));
    else if (last && last.answer.length === 0) last.question.push(textOf(blocks));
    else turns.push({ question: [textOf(blocks)], answer: [] });
  }
  return turns.map(({ question, answer }) => ({
    question: question.join('\n\n'),
    answer: answer.join(''),
  }));
}

/** The turn whose answer is being written, with all that was written of it. */
function openTurn(turns: readonly Turn[]): { index: number; already: string } {
  let index = turns.length - 1;
  let already = turns[index]?.answer ?? '';
  while (index > 0 && CONTINUE.test(withoutMarks(turns[index]?.question ?? ''))) {
    index -= 1;
    already = (turns[index]?.answer ?? '') + already;
  }
  return { index, already };
}

/** Key of a conversation up to and with its last user message. */
export function conversationKey(messages: readonly WireMessage[]): string {
  const end = messages.findLastIndex(({ role }) => role === 'user');
  return createHash('sha1')
    .update(JSON.stringify(messages.slice(0, end + 1)))
    .digest('base64url');
}

export function readConversation(request: Pick<MessagesRequest, 'messages'>): Conversation {
  const { messages } = request;
  const lastUser = messages.findLast(({ role }) => role === 'user');
  const lastText = textOf(lastUser?.blocks ?? []);
  const turns = turnsOf(messages);
  const { index, already } = openTurn(turns);
  return {
    key: conversationKey(messages),
    prompt: withoutMarks(turns[index]?.question ?? ''),
    earlier: turns.slice(0, index).map(({ question }) => withoutMarks(question)),
    already,
    toolResults: toolResultTexts(lastUser?.blocks ?? []),
    faults: marks(lastText, 'fault'),
    shapes: marks(lastText, 'shape'),
  };
}

/**
 * What is left of `answer` when `already` was written: white space may differ, as clients trim it.
 * `undefined` when `already` is not the beginning of it.
 */
export function remainderOf(answer: string, already: string): string | undefined {
  let position = 0;
  for (const character of already) {
    if (/\s/.test(character)) continue;
    while (position < answer.length && /\s/.test(answer.charAt(position))) position += 1;
    if (!answer.startsWith(character, position)) return undefined;
    position += character.length;
  }
  return answer.slice(position);
}
