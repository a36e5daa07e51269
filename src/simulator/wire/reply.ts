import type { InputUsage } from '../promptCache';

/** A reply before it is put on the wire. Text is in pieces of one token each. */
export type ReplyBlock =
  | {
      readonly type: 'thinking';
      readonly pieces: readonly string[];
      readonly signature: string;
      /** The text of it stays away: only the signature is sent. */
      readonly omitted: boolean;
    }
  | { readonly type: 'text'; readonly pieces: readonly string[] }
  | {
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      /** Of the input's JSON; not whole when the reply was cut. */
      readonly pieces: readonly string[];
    };

export type ReplyStopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'model_context_window_exceeded';

export interface SimulatedReply {
  readonly id: string;
  readonly modelId: string;
  readonly blocks: readonly ReplyBlock[];
  readonly stopReason: ReplyStopReason;
  readonly stopSequence: string | null;
  readonly input: InputUsage;
}

export function outputTokens(reply: SimulatedReply): number {
  return reply.blocks.reduce((sum, { pieces }) => sum + pieces.length, 0);
}

export function thinkingTokens(reply: SimulatedReply): number {
  const thinking = reply.blocks.filter(({ type }) => type === 'thinking');
  return thinking.reduce((sum, { pieces }) => sum + pieces.length, 0);
}
