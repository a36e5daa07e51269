import type { Effort } from '../../engine/types';
import type { JsonRecord } from '../json';
import type { SimulatedModel } from '../models';

/** One message with its content always as blocks. */
export interface WireMessage {
  readonly role: 'user' | 'assistant' | 'system';
  readonly blocks: readonly WireBlock[];
}

/** A content block as it came; `type` is one that the API knows. */
export type WireBlock = JsonRecord & { readonly type: string };

export interface ToolSpec {
  readonly name: string;
  readonly inputSchema: JsonRecord;
}

/** A validated body of POST /v1/messages or /v1/messages/count_tokens. */
export interface MessagesRequest {
  readonly modelId: string;
  readonly model: SimulatedModel;
  readonly stream: boolean;
  readonly maxTokens: number;
  readonly system: readonly WireBlock[];
  readonly messages: readonly WireMessage[];
  readonly stopSequences: readonly string[];
  readonly tools: readonly ToolSpec[];
  readonly toolsAsSent: readonly JsonRecord[];
  /** The tool that must be used; `any` of them; `none` may be. */
  readonly toolChoice: 'auto' | 'any' | 'none' | { readonly tool: string };
  /** `omitted`: it thinks, but the text of it stays away. */
  readonly thinking: 'off' | 'shown' | 'omitted';
  readonly effort: Effort | undefined;
  /** Schema of `output_config.format`. */
  readonly outputSchema: JsonRecord | undefined;
  /** `cache_control` of the whole request. */
  readonly cacheControl: JsonRecord | undefined;
}
