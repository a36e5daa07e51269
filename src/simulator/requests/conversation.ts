import { createHash } from 'node:crypto';
import { listOf, stringOf, isRecord } from '../json';
import { isSmallJob } from '../answers/smallJobs';
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
  /** The same in the pieces in which it came: one for each time that the client asked to go on. */
  readonly parts: readonly string[];
  /** Whether there is an answer to go on from: at the end of the messages, or before the user's last words. */
  readonly goesOn: 'no' | 'prefill' | 'asked';
  /** What the user said last, without its marks. */
  readonly lastWords: string;
  /** Texts of the tool results in the last message. */
  readonly toolResults: readonly string[];
  /** What the last user message asks for with [[fault ...]] and [[shape ...]]. */
  readonly faults: readonly string[];
  readonly shapes: readonly string[];
  /** Scripts that it starts, with [[script ...]] and [[outage DURATION FAULT]]. */
  readonly scripts: readonly string[];
  /** What it, or the question that is gone on from, says with [[continuation ...]]. */
  readonly continuations: readonly string[];
}

/** The question that is open, and what was written in answer to it. */
export interface OpenAnswer {
  readonly prompt: string;
  readonly earlier: readonly string[];
  readonly parts: readonly string[];
  /** What the user said last, without its marks. */
  readonly lastWords: string;
}

type MarkKind = 'fault' | 'shape' | 'script' | 'outage' | 'continuation';

const MARK = /\[\[\s*(fault|shape|script|outage|continuation)\s+([^\]]*?)\s*\]\]/gi;
const CONTINUE = /^\s*(?:please\s+)?(?:continue|go on|carry on|keep going|继续|请继续)/i;
/** Words of a longer instruction to go on; a question may hold them, too. */
const MAY_CONTINUE = /\b(?:continue|go on|carry on|keep going)\b|继续/i;

export function textOf(blocks: readonly WireBlock[]): string {
  return blocks
    .filter((block) => block.type === 'text')
    .map((block) => stringOf(block['text']))
    .join('\n\n');
}

/** A question without its [[...]] marks. */
export function withoutMarks(text: string): string {
  return text.replaceAll(MARK, '').trim();
}

function marks(text: string, kind: MarkKind): string[] {
  // What it quotes was meant for the requests that it tells of.
  if (isSmallJob(text)) return [];
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

/** The turn whose answer is being written when turns whose question `goesOn` only ask for the rest of the one before. */
function openTurn(turns: readonly Turn[], goesOn: RegExp): number {
  let index = turns.length - 1;
  while (index > 0 && goesOn.test(withoutMarks(turns[index]?.question ?? ''))) index -= 1;
  return index;
}

/** The turn that is open: by its plain words, or by longer ones where the answer before them is not whole. */
function openIndex(turns: readonly Turn[], breaksOff: (open: OpenAnswer) => boolean): number {
  const index = openTurn(turns, CONTINUE);
  if (index === 0 || index < turns.length - 1) return index;
  const maybe = openTurn(turns, MAY_CONTINUE);
  return maybe < index && breaksOff(openAnswer(turns, maybe)) ? maybe : index;
}

function openAnswer(turns: readonly Turn[], index: number): OpenAnswer {
  return {
    prompt: withoutMarks(turns[index]?.question ?? ''),
    earlier: turns.slice(0, index).map(({ question }) => withoutMarks(question)),
    parts: turns
      .slice(index)
      .map(({ answer }) => answer)
      .filter((answer) => answer !== ''),
    lastWords: withoutMarks(turns.at(-1)?.question ?? ''),
  };
}

/** "[[outage 30s overload]]" as a script. */
function outageScript(text: string): string {
  const [, duration = '', faults = ''] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  return `${faults} for ${duration}; ok`;
}

/** Key of a conversation up to and with its last user message. */
export function conversationKey(messages: readonly WireMessage[]): string {
  const end = messages.findLastIndex(({ role }) => role === 'user');
  return createHash('sha1')
    .update(JSON.stringify(messages.slice(0, end + 1)))
    .digest('base64url');
}

/**
 * What the messages ask. A last message that begins with "continue" asks for the rest of the answer before it; one that only has
 * such words in it does so where `breaksOff` says that the answer before it is not whole.
 */
export function readConversation(
  request: Pick<MessagesRequest, 'messages'>,
  breaksOff: (open: OpenAnswer) => boolean = () => false,
): Conversation {
  const { messages } = request;
  const lastUser = messages.findLast(({ role }) => role === 'user');
  const lastText = textOf(lastUser?.blocks ?? []);
  const turns = turnsOf(messages);
  const index = openIndex(turns, breaksOff);
  const open = openAnswer(turns, index);
  const prefilled = messages.at(-1)?.role === 'assistant';
  const question = turns[index]?.question ?? '';
  return {
    ...open,
    key: conversationKey(messages),
    already: open.parts.join(''),
    goesOn: open.parts.length === 0 ? 'no' : prefilled ? 'prefill' : 'asked',
    toolResults: toolResultTexts(lastUser?.blocks ?? []),
    faults: marks(lastText, 'fault'),
    shapes: marks(lastText, 'shape'),
    scripts: [...marks(lastText, 'script'), ...marks(lastText, 'outage').map(outageScript)],
    // The last one counts: that of the question holds until another is said.
    continuations: [...marks(question, 'continuation'), ...marks(lastText, 'continuation')],
  };
}

/**
 * Where `already` ends in `answer`: to the letter, or with other white space, as clients trim it.
 * `undefined` when `already` is not what stands there, from `start` on.
 */
function endOf(answer: string, already: string, start: number): number | undefined {
  if (answer.startsWith(already, start)) return start + already.length;
  let position = start;
  for (const character of already) {
    if (/\s/.test(character)) continue;
    while (position < answer.length && /\s/.test(answer.charAt(position))) position += 1;
    if (!answer.startsWith(character, position)) return undefined;
    position += character.length;
  }
  return position;
}

/** A part that goes on may begin with what is there already; that is not longer than this. */
const LONGEST_REPEAT = 2_000;

/** The same for a part that goes on from `start`, perhaps after words of its own and a repetition. */
function endOfLater(answer: string, part: string, start: number): number | undefined {
  const limit = Math.min(part.length, LONGEST_REPEAT);
  for (let skipped = 0; skipped <= limit; skipped += 1) {
    const end = endOf(answer, part.slice(skipped), start);
    if (end !== undefined) return end;
  }
  return undefined;
}

/** What is left of `answer` when its beginning was written in these parts; `undefined` when they are not the beginning of it. */
export function remainderOf(answer: string, ...parts: readonly string[]): string | undefined {
  let reach: number | undefined = 0;
  for (const [index, part] of parts.entries()) {
    reach = index === 0 ? endOf(answer, part, 0) : endOfLater(answer, part, reach);
    if (reach === undefined) return undefined;
  }
  return answer.slice(reach);
}
