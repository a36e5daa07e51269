import type { ChatRequest, ContentBlock, Message } from '../../types';
import { Repetitions } from './repetition';
import { compactWhiteSpace } from './whiteSpace';

export interface CompactionLimits {
  /** Characters of user content, and of system prompt, from which on there is compaction. */
  readonly compactUserFrom: number;
  readonly compactSystemFrom: number;
}

export interface Compacted {
  readonly request: ChatRequest;
  /** The first message that is subject to compaction; the number of messages where none is. */
  readonly from: number;
}

/**
 * White space only: see `compactWhiteSpace`. A text is compacted when it and all before it have so many characters together. That goes
 * by what was before and not by the whole, so that text once sent stays as it was sent while the conversation grows: else the server's
 * prompt cache would be lost at the moment when it is worth most.
 */
export function compactRequest(request: ChatRequest, limits: CompactionLimits): Compacted {
  const { messages, from } = compactMessages(request.messages, limits.compactUserFrom);
  const system = compactSystem(request.system, limits.compactSystemFrom);
  if (messages === request.messages && system === request.system) return { request, from };
  return {
    request: { ...request, messages, ...(system === undefined ? {} : { system }) },
    from,
  };
}

/** The messages with large repeated texts replaced by a reference, in user messages from index `from` on. */
export function withoutRepetitions(messages: readonly Message[], from: number): readonly Message[] {
  if (from >= messages.length) return messages;
  const repetitions = new Repetitions();
  return mapped(messages, (message, index) => {
    if (message.role !== 'user') return message;
    if (index >= from) return withTexts(message, (text) => repetitions.replace(text));
    for (const text of textsOf(message)) repetitions.note(text);
    return message;
  });
}

/** Characters of the texts that compaction may change. */
export function compactableCharacters({ system, messages }: ChatRequest): number {
  let characters = systemCharacters(system);
  for (const message of messages)
    if (message.role === 'user') characters += userCharacters(message);
  return characters;
}

export function systemCharacters(system: ChatRequest['system']): number {
  if (system === undefined) return 0;
  if (typeof system === 'string') return system.length;
  let characters = 0;
  for (const segment of system) characters += segment.length;
  return characters;
}

function compactMessages(
  messages: readonly Message[],
  limit: number,
): { readonly messages: readonly Message[]; readonly from: number } {
  let characters = 0;
  let from = messages.length;
  const compacted = mapped(messages, (message, index) => {
    if (message.role !== 'user') return message;
    characters += userCharacters(message);
    if (characters < limit) return message;
    from = Math.min(from, index);
    return withTexts(message, compactWhiteSpace);
  });
  return { messages: compacted, from };
}

function compactSystem(system: ChatRequest['system'], limit: number): ChatRequest['system'] {
  if (system === undefined) return system;
  if (typeof system === 'string') return system.length < limit ? system : compactWhiteSpace(system);
  let characters = 0;
  return mapped(system, (segment) => {
    characters += segment.length;
    return characters < limit ? segment : compactWhiteSpace(segment);
  });
}

function userCharacters(message: Message): number {
  let characters = 0;
  for (const text of textsOf(message)) characters += text.length;
  return characters;
}

function textsOf({ content }: Message): readonly string[] {
  if (typeof content === 'string') return [content];
  const texts: string[] = [];
  for (const block of content) {
    const text = textOf(block);
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

function withTexts(message: Message, change: (text: string) => string): Message {
  const { content } = message;
  if (typeof content === 'string') {
    const changed = change(content);
    // What consists of invisible characters only would become an empty message.
    return changed === content || changed.trim() === ''
      ? message
      : { ...message, content: changed };
  }
  const blocks = mapped(content, (block) => {
    const text = textOf(block);
    if (text === undefined) return block;
    const changed = change(text);
    return changed === text || changed.trim() === '' ? block : { ...block, text: changed };
  });
  return blocks === content ? message : { ...message, content: blocks };
}

function textOf(block: ContentBlock): string | undefined {
  return block.type === 'text' && 'text' in block && typeof block.text === 'string'
    ? block.text
    : undefined;
}

/** `map` that gives back the same array where nothing changed. */
function mapped<T>(items: readonly T[], change: (item: T, index: number) => T): readonly T[] {
  let changed: T[] | undefined;
  items.forEach((item, index) => {
    const next = change(item, index);
    if (next === item) return;
    changed ??= items.slice();
    changed[index] = next;
  });
  return changed ?? items;
}
