import type { ChatRequest, ContentBlock, Message } from '../types';
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
const TOOL_RESULT = 'tool_result';

/** How large (a part of) a prompt is. Sizes add up exactly, field by field; only `tokensOf` rounds. */
export interface PromptSize {
  /** UTF-8 bytes of what counts as text. */
  textBytes: number;
  /** Tokens of what does not: images, documents, each message's frame. */
  otherTokens: number;
  /** About what it takes in the body: text and base64, without JSON's escapes. */
  bodyBytes: number;
  images: number;
}

/** A guess at a request's input tokens, for limits on waiting and where a server can't count. Costs one pass over the strings. */
export function estimateTokens(request: ChatRequest): number {
  return tokensOf(promptSize(request));
}

/** The same for a text alone. */
export function estimateTextTokens(text = ''): number {
  return text === '' ? 0 : Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/** Estimated tokens of something so large. */
export function tokensOf(size: Readonly<PromptSize>): number {
  return size.otherTokens + Math.ceil(size.textBytes / BYTES_PER_TOKEN);
}

/** One pass over the strings, one object made. */
export function promptSize(request: ChatRequest): PromptSize {
  const { system, tools } = request;
  const size = emptySize();
  if (typeof system === 'string') addText(size, system);
  else if (system) for (const segment of system) addText(size, segment);
  if (tools) addBytes(size, bytesIn(tools));
  for (const message of request.messages) addMessage(size, message);
  return size;
}

export function emptySize(): PromptSize {
  return { textBytes: 0, otherTokens: 0, bodyBytes: 0, images: 0 };
}

/** Adds this message to `size`. */
export function addMessage(size: PromptSize, { content }: Message): void {
  size.otherTokens += TOKENS_PER_MESSAGE;
  if (typeof content === 'string') addText(size, content);
  else for (const block of content) addBlock(size, block);
}

function addBlock(size: PromptSize, block: ContentBlock): void {
  if (block.type === 'image') {
    size.images++;
    size.otherTokens += TOKENS_PER_IMAGE;
    size.bodyBytes += sourceOf(block).length;
  } else if (block.type === 'document') {
    addDocument(size, block);
  } else if (block.type === TOOL_RESULT && 'content' in block && Array.isArray(block['content'])) {
    // A tool may answer with images and documents, whose base64 is no text.
    for (const part of block['content']) if (isBlock(part)) addBlock(size, part);
  } else {
    addBytes(size, bytesIn(block));
  }
}

function isBlock(value: unknown): value is ContentBlock {
  return isRecord(value) && typeof value['type'] === 'string';
}

function addDocument(size: PromptSize, block: ContentBlock): void {
  const source = 'source' in block && isRecord(block['source']) ? block['source'] : {};
  if (source['type'] !== 'base64') {
    addBytes(size, bytesIn(block));
    return;
  }
  const { length } = sourceOf(block);
  size.otherTokens += Math.ceil(length / BASE64_PER_DOCUMENT_TOKEN);
  size.bodyBytes += length;
}

function sourceOf(block: ContentBlock): string {
  const source = 'source' in block ? block['source'] : undefined;
  const data = isRecord(source) ? source['data'] : undefined;
  return typeof data === 'string' ? data : '';
}

function addText(size: PromptSize, text: string): void {
  addBytes(size, Buffer.byteLength(text));
}

function addBytes(size: PromptSize, bytes: number): void {
  size.textBytes += bytes;
  size.bodyBytes += bytes;
}

function bytesIn(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 1;
  let bytes = 0;
  for (const part of Object.values(value)) bytes += bytesIn(part);
  return bytes;
}
