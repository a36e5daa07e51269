import { isRecord, recordsOf, stringOf } from '../json';
import type { JsonRecord } from '../json';
import { estimateTokens } from '../tokens';
import type { MessagesRequest, WireBlock } from './messagesRequest';

/** Flat estimates for what is not text. */
const IMAGE_TOKENS = 1_500;
const DOCUMENT_TOKENS = 3_000;
/** What a request and each message cost beside their text. */
const REQUEST_TOKENS = 3;
const MESSAGE_TOKENS = 4;

/** A part of the prompt, in the order in which the prompt cache sees it: tools, system, messages. */
export interface PromptPart {
  /** The same for the same content, whatever its cache marks. */
  readonly text: string;
  readonly tokens: number;
  readonly cacheControl: JsonRecord | undefined;
}

function blockTokens(block: WireBlock): number {
  switch (block.type) {
    case 'text':
      return estimateTokens(stringOf(block['text']));
    case 'thinking':
      return estimateTokens(stringOf(block['thinking']));
    case 'image':
      return IMAGE_TOKENS;
    case 'document': {
      const source = block['source'];
      const isText = isRecord(source) && source['type'] === 'text';
      return isText ? estimateTokens(stringOf(source['data'])) : DOCUMENT_TOKENS;
    }
    case 'tool_result': {
      const { content } = block;
      if (typeof content === 'string') return estimateTokens(content);
      return estimateTokens(
        recordsOf(content)
          .map((part) => stringOf(part['text']))
          .join(''),
      );
    }
    default:
      return estimateTokens(JSON.stringify(block));
  }
}

function part(label: string, value: JsonRecord, tokens: number): PromptPart {
  const { cache_control: cacheControl, ...content } = value;
  return {
    text: `${label}${JSON.stringify(content)}`,
    tokens,
    cacheControl: isRecord(cacheControl) ? cacheControl : undefined,
  };
}

type Counted = Pick<MessagesRequest, 'toolsAsSent' | 'system' | 'messages'>;

export function promptParts(request: Counted): PromptPart[] {
  const tools = request.toolsAsSent.map((tool) =>
    part('tool', tool, estimateTokens(JSON.stringify(tool))),
  );
  const system = request.system.map((block) => part('system', block, blockTokens(block)));
  const messages = request.messages.flatMap(({ role, blocks }) =>
    blocks.map((block, index) =>
      part(role, block, blockTokens(block) + (index === 0 ? MESSAGE_TOKENS : 0)),
    ),
  );
  return [...tools, ...system, ...messages];
}

/** Input tokens of a request: what count_tokens answers, and the sum of the three input figures of its usage. */
export function countInput(request: Counted): number {
  return promptParts(request).reduce((sum, { tokens }) => sum + tokens, REQUEST_TOKENS);
}
