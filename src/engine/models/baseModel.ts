import type { EngineSettings } from '../settings';
import type { ChatRequest, ContentBlock, ModelInfo, ReplyEvent, StopReason, Usage } from '../types';

/** What a model tells while a reply arrives. */
export type ModelEvent = Extract<ReplyEvent, { type: 'text' | 'thinking' | 'tool_use' }>;

/**
 * Filled in by the model as one request goes on, read by the engine when it ended, well or not.
 * Times are `Clock.now()` readings.
 */
export interface AttemptProgress {
  /** When the request was handed to the network. */
  sentAt: number | undefined;
  /** Milliseconds to open the connection; 0 on a kept one, `undefined` where that can't be seen. */
  connectMs: number | undefined;
  firstByteAt: number | undefined;
  /** First text or thinking. */
  firstTokenAt: number | undefined;
  /** The last event that was not a ping. */
  lastEventAt: number | undefined;
  requestId: string | undefined;
  /** Last usage that the server reported in this request; the output of one that broke off is an estimate of what had come. */
  usage: Usage;
  /** Whether any visible text or tool use was handed on: past that no attempt is repeated by itself. */
  visible: boolean;
}

export interface AttemptIO {
  readonly signal: AbortSignal;
  readonly settings: EngineSettings;
  readonly onEvent: (event: ModelEvent) => void;
  readonly progress: AttemptProgress;
  /** The status and headers of an answer, good or bad, when they are here. */
  readonly onAnswer?: ((status: number, headers: Headers) => void) | undefined;
}

export interface AttemptResult {
  /** The model that answered, as the server named it. */
  readonly model: string;
  readonly content: readonly ContentBlock[];
  readonly stopReason: StopReason;
}

export interface TokenCount {
  readonly tokens: number;
  /** Whether the figure is a guess from the text's size. */
  readonly estimated: boolean;
}

export type ModelType = string;

/** What every kind of model implements. One instance per type, endpoint and name; safe for requests at once. */
export interface BaseModel {
  readonly type: ModelType;
  readonly name: string;
  readonly info: ModelInfo;
  /**
   * Sends one request and streams its reply. No retries, no queue: those belong to the engine.
   * @throws EngineError of every kind; `aborted` when the signal was.
   */
  startReply(request: ChatRequest, io: AttemptIO): Promise<AttemptResult>;
  /** Input tokens of the request, estimated where the server has no way to count. @throws EngineError */
  countTokens(request: ChatRequest, signal: AbortSignal | undefined): Promise<TokenCount>;
  /** Whether the endpoint answers for this model now. @throws EngineError when that can't be told (no key, no network) */
  isAvailable(signal: AbortSignal | undefined): Promise<boolean>;
}

export function newProgress(): AttemptProgress {
  return {
    sentAt: undefined,
    connectMs: undefined,
    firstByteAt: undefined,
    firstTokenAt: undefined,
    lastEventAt: undefined,
    requestId: undefined,
    usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
    visible: false,
  };
}
