import { invalid } from '../apiProblem';
import { isRecord, listOf, stringOf } from '../json';
import type { WireBlock, WireMessage } from './messagesRequest';

const INPUT_TAGS: ReadonlySet<string> = new Set([
  'bash_code_execution_tool_result',
  'code_execution_tool_result',
  'compaction',
  'container_upload',
  'document',
  'image',
  'redacted_thinking',
  'search_result',
  'server_tool_use',
  'text',
  'text_editor_code_execution_tool_result',
  'thinking',
  'tool_result',
  'tool_search_tool_result',
  'tool_use',
  'web_fetch_tool_result',
  'web_search_tool_result',
]);

function isWireBlock(value: unknown): value is WireBlock {
  return isRecord(value) && typeof value['type'] === 'string';
}

function checkBlock(block: unknown, where: string, role: WireMessage['role']): WireBlock {
  if (!isWireBlock(block)) throw invalid(`${where}.type: Field required`);
  if (!INPUT_TAGS.has(block.type)) {
    const tags = [...INPUT_TAGS].map((tag) => `'${tag}'`).join(', ');
    throw invalid(
      `${where}: Input tag '${block.type}' found using 'type' does not match any of the expected tags: ${tags}`,
    );
  }
  if (block.type === 'text') {
    if (typeof block['text'] !== 'string') throw invalid(`${where}.text: Field required`);
    if (block['text'] === '') throw invalid('messages: text content blocks must be non-empty');
  }
  if (block.type === 'document' && role === 'assistant') {
    throw invalid(`${where}: document blocks are not permitted in assistant turns`);
  }
  if (block.type === 'thinking' && typeof block['signature'] !== 'string') {
    throw invalid(`${where}.signature: Field required`);
  }
  return block;
}

/** Text or blocks as blocks. `where` names the field in the error. */
export function contentBlocks(
  content: unknown,
  where: string,
  role: WireMessage['role'],
): WireBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (Array.isArray(content)) {
    return listOf(content).map((block, index) => checkBlock(block, `${where}.${index}`, role));
  }
  throw invalid(`${where}: Input should be a valid list`);
}

function checkMessage(message: unknown, index: number): WireMessage {
  const where = `messages.${index}`;
  if (!isRecord(message)) throw invalid(`${where}: Input does not match the expected shape.`);
  const { role, content } = message;
  if (role === 'system' && index === 0) {
    throw invalid(
      'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
    );
  }
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw invalid(
      `${where}.role: Input should be 'user' or 'assistant', got ${JSON.stringify(role)}`,
    );
  }
  if (content === undefined) throw invalid(`${where}.content: Field required`);
  const blocks = contentBlocks(content, `${where}.content`, role);
  return { role, blocks };
}

function checkNotEmpty(messages: readonly WireMessage[]): void {
  messages.forEach(({ role, blocks }, index) => {
    const isLast = index === messages.length - 1;
    const empty = blocks.every((b) => b.type === 'text' && b['text'] === '');
    if (!empty || (isLast && role === 'assistant')) return;
    throw invalid(
      `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
    );
  });
}

/** Ids of a message's blocks of one type. */
function ids(message: WireMessage | undefined, type: string, field: string): string[] {
  return (message?.blocks ?? [])
    .filter((block) => block.type === type)
    .map((block) => stringOf(block[field]));
}

function checkToolPairs(messages: readonly WireMessage[]): void {
  messages.forEach((message, index) => {
    const before = ids(messages[index - 1], 'tool_use', 'id');
    for (const id of ids(message, 'tool_result', 'tool_use_id')) {
      if (before.includes(id)) continue;
      throw invalid(
        `messages.${index}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    }
    const results = ids(messages[index + 1], 'tool_result', 'tool_use_id');
    for (const id of ids(message, 'tool_use', 'id')) {
      if (results.includes(id)) continue;
      throw invalid(
        `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${id}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
  });
}

/** @throws ApiProblem with the API's message for what is wrong */
export function validateMessages(value: unknown): WireMessage[] {
  if (value === undefined) throw invalid('messages: Field required');
  if (!Array.isArray(value)) throw invalid('messages: Input should be a valid list');
  const messages = listOf(value).map((message, index) => checkMessage(message, index));
  if (messages.length === 0) throw invalid('messages: at least one message is required');
  if (messages[0]?.role !== 'user') {
    throw invalid('messages: first message must use the "user" role');
  }
  checkNotEmpty(messages);
  checkToolPairs(messages);
  return messages;
}
