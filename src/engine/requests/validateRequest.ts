import { EngineError } from '../errors';
import { EFFORT_LEVELS } from '../types';
import type { ChatRequest, Message, ModelCapabilities } from '../types';

/** Bytes of one request that the Messages API takes. Source: its documented limits. */
const MAX_REQUEST_BYTES = 32 * 1024 * 1024;
const MAX_MODEL_NAME = 256;
const MAX_MESSAGES = 100_000;

/** What can be told before anything is sent. @throws EngineError `invalid_input`, "expected X, got Y" */
export function validateRequest(request: ChatRequest): void {
  checkModelName(request.model);
  checkMessages(request.messages);
  checkParameters(request);
  const characters = charactersIn([request.system, request.messages, request.tools]);
  // Every character is at least one byte, so this never refuses what the server would take.
  if (characters > MAX_REQUEST_BYTES) {
    throw invalid(
      `The prompt is too large: expected at most ${MAX_REQUEST_BYTES} bytes, got ${characters} characters. Send less of it.`,
    );
  }
}

/** Whether the conversation ends where this model can go on. @throws EngineError `invalid_input` */
export function validateEnding(request: ChatRequest, capabilities: ModelCapabilities): void {
  if (request.messages.at(-1)?.role === 'user' || capabilities.prefill) return;
  throw invalid(
    `messages: expected the last message to be the user's, since ${request.model} does not continue an assistant message.`,
  );
}

function checkModelName(model: string): void {
  if (model.length > 0 && model.length <= MAX_MODEL_NAME && !/[\s\p{Cc}]/u.test(model)) return;
  throw invalid(
    `model: expected a name of 1 to ${MAX_MODEL_NAME} characters without spaces, got ${JSON.stringify(model.slice(0, 80))}.`,
  );
}

function checkMessages(messages: readonly Message[]): void {
  if (messages.length === 0) throw invalid('messages: expected at least one message, got none.');
  if (messages.length > MAX_MESSAGES) {
    throw invalid(`messages: expected at most ${MAX_MESSAGES}, got ${messages.length}.`);
  }
  for (const [index, { content }] of messages.entries()) {
    const empty = typeof content === 'string' ? content.trim() === '' : content.length === 0;
    if (empty) throw invalid(`messages[${index}].content: expected some content, got none.`);
  }
}

function checkParameters({ maxTokens, temperature, effort, stopSequences }: ChatRequest): void {
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens >= 1)) {
    throw invalid(`maxTokens: expected a whole number from 1, got ${maxTokens}.`);
  }
  if (temperature !== undefined && !(temperature >= 0 && temperature <= 2)) {
    throw invalid(`temperature: expected a number from 0 to 2, got ${temperature}.`);
  }
  if (effort !== undefined && !EFFORT_LEVELS.includes(effort)) {
    throw invalid(`effort: expected one of ${EFFORT_LEVELS.join(', ')}, got ${effort}.`);
  }
  if (stopSequences?.some((sequence) => sequence === '')) {
    throw invalid('stopSequences: expected sequences of at least one character, got an empty one.');
  }
}

function charactersIn(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let characters = 0;
  for (const part of Object.values(value)) characters += charactersIn(part);
  return characters;
}

function invalid(message: string): EngineError {
  return new EngineError('invalid_input', message);
}
