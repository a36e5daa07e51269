import { EngineError } from '../errors';
import { EFFORT_LEVELS } from '../types';
import type { ChatRequest, Message, ModelCapabilities } from '../types';
import { mediaProblem } from './validateMedia';

const MAX_NAME = 256;
const MAX_MESSAGES = 100_000;

/**
 * What can be told of each part of a request before anything is sent, whatever the model. The whole's size is a matter of shaping, which can
 * drop history.
 * @throws EngineError `invalid_input`, "expected X, got Y"
 */
export function validateRequest(request: ChatRequest): void {
  checkModelName(request.model);
  checkMessages(request.messages);
  checkSystem(request.system);
  checkParameters(request);
  checkRouting(request);
}

/** Whether the conversation ends where this model can go on. @throws EngineError `invalid_input` */
export function validateEnding(request: ChatRequest, capabilities: ModelCapabilities): void {
  if (request.messages.at(-1)?.role === 'user' || capabilities.prefill) return;
  throw invalid(
    `messages: expected the last message to be the user's, since ${request.model} does not continue an assistant message.`,
  );
}

function checkModelName(model: string): void {
  if (model.length > 0 && model.length <= MAX_NAME && !/[\s\p{Cc}]/u.test(model)) return;
  throw invalid(
    `model: expected a name of 1 to ${MAX_NAME} characters without spaces, got ${JSON.stringify(model.slice(0, 80))}.`,
  );
}

function checkMessages(messages: readonly Message[]): void {
  if (messages.length === 0) throw invalid('messages: expected at least one message, got none.');
  if (messages.length > MAX_MESSAGES) {
    throw invalid(`messages: expected at most ${MAX_MESSAGES}, got ${messages.length}.`);
  }
  messages.forEach((message, index) => {
    const { role, content } = message;
    const where = `messages[${index}]`;
    if (role !== 'user' && role !== 'assistant') {
      throw invalid(`${where}.role: expected user or assistant, got ${String(role)}.`);
    }
    const empty = typeof content === 'string' ? content.trim() === '' : content.length === 0;
    if (empty) throw invalid(`${where}.content: expected some content, got none.`);
    const problem = mediaProblem(message, where);
    if (problem !== undefined) throw invalid(problem);
  });
}

function checkSystem(system: ChatRequest['system']): void {
  if (system === undefined || typeof system === 'string') return;
  if (Array.isArray(system) && system.every((segment) => typeof segment === 'string')) return;
  throw invalid('system: expected a text or a list of texts, got something else.');
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

function checkRouting({ conversationId, group, notBefore }: ChatRequest): void {
  checkName('conversationId', conversationId);
  checkName('group', group);
  if (notBefore !== undefined && !(Number.isFinite(notBefore) && notBefore >= 0)) {
    throw invalid(`notBefore: expected milliseconds since 1970, got ${notBefore}.`);
  }
}

function checkName(field: string, name: string | undefined): void {
  if (name === undefined || (name.length > 0 && name.length <= MAX_NAME && !/\p{Cc}/u.test(name))) {
    return;
  }
  throw invalid(
    `${field}: expected a name of 1 to ${MAX_NAME} characters, got ${JSON.stringify(name.slice(0, 80))}.`,
  );
}

function invalid(message: string): EngineError {
  return new EngineError('invalid_input', message);
}
