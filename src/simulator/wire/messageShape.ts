import { assertNever } from '../../base/assertNever';
import { isRecord } from '../json';
import { outputTokens, thinkingTokens } from './reply';
import type { ReplyBlock, SimulatedReply } from './reply';

type Json = Record<string, unknown>;

function inputUsage(reply: SimulatedReply): Json {
  const { inputTokens, cacheReadTokens, write5mTokens, write1hTokens } = reply.input;
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: write5mTokens + write1hTokens,
    cache_read_input_tokens: cacheReadTokens,
  };
}

function fullUsage(reply: SimulatedReply, output: number): Json {
  const { write5mTokens, write1hTokens } = reply.input;
  return {
    ...inputUsage(reply),
    cache_creation: {
      ephemeral_5m_input_tokens: write5mTokens,
      ephemeral_1h_input_tokens: write1hTokens,
    },
    output_tokens: output,
    service_tier: 'standard',
    inference_geo: 'not_available',
  };
}

function thinkingDetails(reply: SimulatedReply): Json {
  const tokens = thinkingTokens(reply);
  return tokens === 0 ? {} : { output_tokens_details: { thinking_tokens: tokens } };
}

/** `usage` of `message_delta`. */
export function deltaUsage(reply: SimulatedReply): Json {
  return {
    ...inputUsage(reply),
    output_tokens: outputTokens(reply),
    ...thinkingDetails(reply),
  };
}

export function stopFields(reply: SimulatedReply): Json {
  return {
    stop_reason: reply.stopReason,
    stop_sequence: reply.stopSequence,
    stop_details:
      reply.stopReason === 'refusal'
        ? {
            type: 'refusal',
            category: null,
            explanation: 'A simulated refusal: nothing was judged.',
          }
        : null,
  };
}

/** The message of `message_start`: no content yet, usage so far. */
export function startMessage(reply: SimulatedReply): Json {
  return {
    model: reply.modelId,
    id: reply.id,
    type: 'message',
    role: 'assistant',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: fullUsage(reply, Math.min(1, outputTokens(reply))),
  };
}

/** Input of a tool whose JSON may have been cut. */
function parsedInput(json: string): unknown {
  try {
    const input: unknown = JSON.parse(json);
    return isRecord(input) ? input : {};
  } catch {
    return {};
  }
}

function finishedBlock(block: ReplyBlock): Json {
  const text = block.pieces.join('');
  switch (block.type) {
    case 'thinking':
      return {
        type: 'thinking',
        thinking: block.omitted ? '' : text,
        signature: block.signature,
      };
    case 'text':
      return { type: 'text', text };
    case 'tool_use':
      return { ...openToolUse(block.id, block.name), input: parsedInput(text) };
    default:
      return assertNever(block);
  }
}

export function openToolUse(id: string, name: string): Json {
  return { type: 'tool_use', id, name, input: {}, caller: { type: 'direct' } };
}

/** The whole answer of a request without `stream`. */
export function wholeMessage(reply: SimulatedReply): Json {
  return {
    ...startMessage(reply),
    content: reply.blocks.map((block) => finishedBlock(block)),
    ...stopFields(reply),
    usage: { ...fullUsage(reply, outputTokens(reply)), ...thinkingDetails(reply) },
  };
}
