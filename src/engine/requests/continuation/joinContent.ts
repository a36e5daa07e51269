import type { ContentBlock } from '../../types';

/**
 * The blocks of a reply that broke off and was gone on with, to be sent back in the next turn.
 *
 * The joined text is one block, since the parts are no blocks of their own: the first one's end never came, and the second one may
 * begin with words that are left out. Thinking is dropped, because it belongs to a request that the conversation no longer shows,
 * and the API needs none from turns that are over. The exception is a reply that ends in a tool call: there the API wants the
 * thinking in front of the call, unchanged and before anything else, so that of the last request goes first. Every other block
 * (tool calls, server tools and their results) keeps its place after the text, which is empty in no case: the API refuses that.
 * @param before blocks of requests of this turn that came to their end before (`pause_turn`)
 * @param text visible text since then, joined
 * @param after blocks of the last request; its texts are in `text` already
 */
export function joinContent(
  before: readonly ContentBlock[],
  text: string,
  after: readonly ContentBlock[],
): ContentBlock[] {
  const callsTool = after.some(({ type }) => type === 'tool_use');
  const thinking = callsTool ? after.filter(isThinking) : [];
  const others = after.filter((block) => block.type !== 'text' && !isThinking(block));
  const joined: ContentBlock[] = text === '' ? [] : [{ type: 'text', text }];
  return [...before, ...thinking, ...joined, ...others];
}

function isThinking({ type }: ContentBlock): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}
