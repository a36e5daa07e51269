import { modelFamily } from '../models/family';
import { thinks } from '../models/requestBody';
import type { ChatRequest, ContentBlock, Message, ModelInfo } from '../types';

/** Asked where a model does not continue an assistant message by itself. */
const GO_ON =
  'Continue exactly where your last message ended. Repeat nothing of it and add no introduction.';

/**
 * The models to ask when the request's own can't answer, in the order of `models` (`fallback.models` of the settings): without the
 * request's own, those in `tried`, and repetitions.
 */
export function nextModels(
  request: ChatRequest,
  models: readonly string[],
  tried: Iterable<string>,
): string[] {
  const out = new Set([request.model, ...tried]);
  return [...new Set(models)].filter((model) => !out.has(model));
}

/**
 * The same question for another model: what the next model does not take is converted. The request itself is not changed.
 * - Thinking blocks, whose signatures only the models of one family read, go when `to` is of another one or does not think. A message
 *   that held nothing else goes with them, and its neighbours become one, so that user and assistant still take turns.
 * - A conversation that ends with the assistant's words gets a user's turn that asks to go on, where `to` does not go on by itself.
 * - `maxTokens` is at most what `to` can.
 * - Thinking is off where `to` needs its own thinking before the tool call whose result is sent, and there is none.
 * Effort, temperature and the form of thinking follow the model's capabilities when the body is made; images and documents stay.
 */
export function requestForModel(
  request: ChatRequest,
  model: string,
  from: ModelInfo,
  to: ModelInfo,
): ChatRequest {
  const { capabilities } = to;
  const keepsThinking =
    modelFamily(from.id) === modelFamily(to.id) && capabilities.thinking !== 'none';
  let messages = keepsThinking ? request.messages : withoutThinking(request.messages);
  // Also where a model takes a prefill, thinking and prefill exclude each other.
  const goesOn = capabilities.prefill && !thinks(request, capabilities);
  if (!goesOn && messages.at(-1)?.role === 'assistant') {
    messages = [...messages, { role: 'user', content: GO_ON }];
  }
  const tooLong =
    request.maxTokens !== undefined && request.maxTokens > capabilities.maxOutputTokens;
  const lacksThinking = capabilities.thinking === 'budget' && answersToolWithoutThinking(messages);
  return {
    ...request,
    model,
    messages,
    ...(tooLong ? { maxTokens: capabilities.maxOutputTokens } : {}),
    ...(lacksThinking ? { thinking: 'off' } : {}),
  };
}

/** The same array where there was nothing to remove. */
function withoutThinking(messages: readonly Message[]): readonly Message[] {
  if (!messages.some(hasThinking)) return messages;
  const kept: Message[] = [];
  let removedBefore = false;
  for (const message of messages) {
    const stripped = hasThinking(message) ? stripThinking(message) : message;
    if (!stripped) {
      removedBefore = true;
      continue;
    }
    const last = kept.at(-1);
    if (removedBefore && last?.role === stripped.role) kept[kept.length - 1] = join(last, stripped);
    else kept.push(stripped);
    removedBefore = false;
  }
  return kept;
}

function hasThinking({ role, content }: Message): boolean {
  return role === 'assistant' && typeof content !== 'string' && content.some(isThinking);
}

/** `undefined` when nothing is left that could be sent: text without a visible character is refused. */
function stripThinking({ role, content }: Message): Message | undefined {
  if (typeof content === 'string') return { role, content };
  const blocks = content.filter((block) => !isThinking(block) && !isBlank(block));
  return blocks.length > 0 ? { role, content: blocks } : undefined;
}

function isThinking({ type }: ContentBlock): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

function isBlank(block: ContentBlock): boolean {
  if (block.type !== 'text' || !('text' in block)) return false;
  return typeof block.text === 'string' && block.text.trim() === '';
}

function join(first: Message, second: Message): Message {
  if (typeof first.content === 'string' && typeof second.content === 'string') {
    return { role: first.role, content: `${first.content}\n\n${second.content}` };
  }
  return { role: first.role, content: [...blocksOf(first), ...blocksOf(second)] };
}

function blocksOf({ content }: Message): readonly ContentBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/**
 * Models with a thinking budget refuse to go on after a tool's result when they are to think and the message with the call does not
 * begin with thinking. Source: Anthropic's guide to extended thinking, "Preserving thinking blocks".
 */
function answersToolWithoutThinking(messages: readonly Message[]): boolean {
  const results = messages.at(-1);
  const calls = messages.at(-2);
  if (results?.role !== 'user' || calls?.role !== 'assistant') return false;
  const answers = blocksOf(results).some(({ type }) => type === 'tool_result');
  const [opening] = blocksOf(calls);
  return answers && opening !== undefined && !isThinking(opening);
}
