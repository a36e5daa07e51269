import type { ChatRequest } from '../types';
import { isRecord } from './wireGuards';

/**
 * UTF-8 bytes for a token. English and code take about 4 bytes with older tokenizers and, counting 30 % more tokens, about 3 with
 * those since 4.7; Chinese and Japanese take 3 bytes a character and about one token. So 3 errs on the high side, if at all.
 */
const BYTES_PER_TOKEN = 3;
/** The most that an image costs. Source: Anthropic's vision guide (width x height / 750 after scaling down). */
const TOKENS_PER_IMAGE = 1_600;
/** Base64 characters of a document (mostly PDF) for a token: some 1,500 tokens a page of about 50 KB. */
const BASE64_PER_DOCUMENT_TOKEN = 45;
/** Role, separators. */
const TOKENS_PER_MESSAGE = 4;

/** A guess at a request's input tokens, for limits on waiting and where a server can't count. Costs one pass over the strings. */
export function estimateTokens(request: ChatRequest): number {
  let bytes = Buffer.byteLength(request.system ?? '');
  let tokens = 0;
  for (const { content } of request.messages) {
    tokens += TOKENS_PER_MESSAGE;
    if (typeof content === 'string') {
      bytes += Buffer.byteLength(content);
      continue;
    }
    for (const block of content) {
      if (block.type === 'image') tokens += TOKENS_PER_IMAGE;
      else if (block.type === 'document') tokens += documentTokens(block);
      else bytes += bytesIn(block);
    }
  }
  if (request.tools) bytes += bytesIn(request.tools);
  return tokens + Math.ceil(bytes / BYTES_PER_TOKEN);
}

function documentTokens(block: unknown): number {
  const source = isRecord(block) && isRecord(block['source']) ? block['source'] : {};
  const { data } = source;
  if (typeof data !== 'string') return Math.ceil(bytesIn(block) / BYTES_PER_TOKEN);
  const each = source['type'] === 'base64' ? BASE64_PER_DOCUMENT_TOKEN : BYTES_PER_TOKEN;
  return Math.ceil(data.length / each);
}

function bytesIn(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 1;
  let bytes = 0;
  for (const part of Object.values(value)) bytes += bytesIn(part);
  return bytes;
}
