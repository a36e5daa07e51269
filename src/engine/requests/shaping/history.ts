import { addMessage, emptySize, promptSize, tokensOf } from '../../models/tokenEstimate';
import type { ChatRequest, Message } from '../../types';
import type { InputLimits } from './inputLimits';

/** The factor to real tokens is rounded down to these steps, so that its small moves do not move the place where history begins. */
const FACTOR_STEPS = 20;

/**
 * Where turns begin after the first one: user messages that answer no tool. History is cut at these places only, so tool calls keep their
 * results and the first message stays the user's; the last of them is the question, which is never dropped.
 */
export function turnStarts(messages: readonly Message[]): number[] {
  const starts: number[] = [];
  messages.forEach((message, index) => {
    if (index > 0 && message.role === 'user' && !answersTool(message)) starts.push(index);
  });
  return starts;
}

/**
 * Index of the first message to keep so that the request comes within its limits; where nothing is enough, that of the question.
 *
 * What is dropped is a whole number of steps from the conversation's beginning, rounded up to a turn. A conversation that grows is
 * therefore cut at the same place until it has outgrown the limit by one more step: its beginning stays in the server's prompt cache.
 * @param tokensPerEstimate real tokens for an estimated one; @param bytesPerByte the same for the body's size
 */
export function firstKept(
  request: ChatRequest,
  limits: InputLimits,
  tokensPerEstimate: number,
  bytesPerByte: number,
): number {
  const { messages } = request;
  const total = promptSize(request);
  const excessTokens = inSteps(
    tokensOf(total) * tokensPerEstimate - limits.tokens,
    limits.tokenStep,
  );
  const roundedFactor = Math.floor(tokensPerEstimate * FACTOR_STEPS) / FACTOR_STEPS;
  const factor = roundedFactor > 0 ? roundedFactor : tokensPerEstimate;
  // One more, because the estimate of a part may be rounded up.
  const tokens = excessTokens > 0 ? excessTokens / factor + 1 : 0;
  const images = inSteps(total.images - limits.images, limits.imageStep);
  const bytes = inSteps(total.bodyBytes * bytesPerByte - limits.bodyBytes, limits.bodyStep);
  if (tokens + images + bytes === 0) return 0;
  const dropped = emptySize();
  let at = 0;
  for (const start of turnStarts(messages)) {
    for (; at < start; at++) {
      const message = messages[at];
      if (message) addMessage(dropped, message);
    }
    const isEnough =
      tokensOf(dropped) >= tokens &&
      dropped.images >= images &&
      dropped.bodyBytes * bytesPerByte >= bytes;
    if (isEnough) return start;
  }
  return at;
}

/** The next place to cut after `first`; `undefined` when only the question is left. */
export function nextStart(messages: readonly Message[], first: number): number | undefined {
  return turnStarts(messages).find((start) => start > first);
}

function inSteps(excess: number, step: number): number {
  return excess <= 0 ? 0 : Math.ceil(excess / step) * step;
}

function answersTool({ content }: Message): boolean {
  return typeof content !== 'string' && content.some((block) => block.type === 'tool_result');
}
