import { thinks } from '../../models/requestBody';
import type { ChatRequest, Message, ModelInfo } from '../../types';
import { chooseAnchor } from './anchor';
import { openFence } from './fences';
import { splitPartial } from './partialText';

export interface Continuation {
  readonly request: ChatRequest;
  /** `prefill`: the reply goes on from the last message. `ask`: it answers a question that asks to go on. */
  readonly style: 'prefill' | 'ask';
  /** The last words of the partial text, with which an asked reply is to begin. */
  readonly anchor: string;
}

/**
 * The request that goes on from `partial`, the visible text of a reply that broke off. The model sees that text without white space
 * and half a character at its end; `Seam` knows. Where the model takes a prefill and will not think, the text is the last message,
 * and the reply goes on with its very next character. Otherwise a user message asks to go on, beginning with the last words: their
 * repetition shows where the seam is.
 */
export function continuationRequest(
  request: ChatRequest,
  partial: string,
  info: ModelInfo,
): Continuation {
  const { shown } = splitPartial(partial);
  // Nothing to go on from: an empty message is refused.
  if (shown === '') return { request, style: 'prefill', anchor: '' };
  const anchor = chooseAnchor(shown);
  const answered = withAnswer(request.messages, shown);
  if (info.capabilities.prefill && !thinks(request, info.capabilities)) {
    return { request: { ...request, messages: answered }, style: 'prefill', anchor };
  }
  const question: Message = { role: 'user', content: askToGoOn(shown, anchor) };
  return { request: { ...request, messages: [...answered, question] }, style: 'ask', anchor };
}

/** The conversation with `text` as its last words. One that ends with the assistant's words has them made longer. */
function withAnswer(messages: readonly Message[], text: string): Message[] {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return [...messages, { role: 'assistant', content: text }];
  const content =
    typeof last.content === 'string'
      ? last.content + text
      : [...last.content, { type: 'text', text }];
  return [...messages.slice(0, -1), { role: 'assistant', content }];
}

function askToGoOn(shown: string, anchor: string): string {
  const inCode =
    openFence(shown) === undefined
      ? ''
      : ' It ends inside a code block that is still open: do not open it again.';
  return (
    'Continue your reply exactly where it ends: it was cut off, and what you had written is already on the screen.' +
    `${inCode} Begin by repeating its last words, character for character:\n` +
    `<last_words>${anchor}</last_words>\n` +
    'Go straight on from there. No introduction, no apology, no tags, and nothing else from before those words.'
  );
}
