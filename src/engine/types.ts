/**
 * The data that crosses the engine's border. Types only: the simulator may import this file and nothing else of the engine.
 * Content blocks keep the Messages API's own field names, so that what came from the wire goes back unchanged.
 */

export interface TextBlock {
  readonly type: 'text';
  readonly text: string;
}
export interface ThinkingBlock {
  readonly type: 'thinking';
  readonly thinking: string;
  readonly signature: string;
}
export interface ToolUseBlock {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}
/** Any other block (image, document, tool_result, server tools, later ones): passed through as it is. */
export interface OtherBlock {
  readonly type: string;
  readonly [field: string]: unknown;
}
export type ContentBlock = TextBlock | ThinkingBlock | ToolUseBlock | OtherBlock;

export interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: string | readonly ContentBlock[];
}

/** What a request is for: its priority in the queue (chat first) and its label in the metrics. */
export type Action = 'chat' | 'inline' | 'live' | 'batch';

export const EFFORT_LEVELS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORT_LEVELS)[number];

/** `adaptive`: the model decides how much. `off`: none where the model can do without. */
export type ThinkingMode = 'adaptive' | 'off';

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  /** In segments, the stable part first, so that it stays in the prompt cache when the rest changes; they are told apart by a blank line. */
  readonly system?: string | readonly string[];
  readonly action: Action;
  /** What it belongs to: it stays at the endpoint where its prompt cache is, unless that endpoint is unwell. */
  readonly conversationId?: string;
  /** The group of endpoints that may get this content. Absent: that of the first endpoint. */
  readonly group?: string;
  /** The only endpoint of the group that gets it, however unwell it is: what is measured must not move. Absent: the best one. */
  readonly endpointId?: string;
  /** Wants an answer of its own: neither a kept one nor a share in one that is under way ("Regenerate"). */
  readonly fresh?: boolean;
  /** Its answer is neither kept nor taken from what is kept: the user wants nothing written down. */
  readonly unkept?: boolean;
  /** The reply so far, which broke off: the answer goes on from it, and only what follows is told. */
  readonly partial?: string;
  /** Sent at this moment at the earliest, ms since 1970: a user who waits for as long as the server asked. */
  readonly notBefore?: number;
  /** Tokens of the visible reply; where the model always thinks its allowance is added. Absent: the setting. */
  readonly maxTokens?: number;
  /** 0-2.0; clamped to what the model takes, not sent where it takes none. Absent: the setting. */
  readonly temperature?: number;
  readonly effort?: Effort;
  readonly thinking?: ThinkingMode;
  readonly stopSequences?: readonly string[];
  readonly tools?: readonly Readonly<Record<string, unknown>>[];
}

export type StopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'model_context_window_exceeded'
  /** One that this version does not know. */
  | (string & {});

/** Tokens as the server reported them, added up over all requests of a turn. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

/** Milliseconds from the moment the turn was handed to the engine, or from its `notBefore`; `undefined` where it never got that far. */
export interface Timing {
  /** Spent waiting for a slot, over all attempts. */
  readonly queueMs: number;
  /** Spent waiting between attempts. */
  readonly backoffMs: number;
  /** Spent waiting for a rate limit's bucket to fill. Absent in records of older versions, like the next one. */
  readonly pacingMs?: number;
  /** Spent waiting for an endpoint or the network to recover. */
  readonly recoveryMs?: number;
  /** Connecting, in the last attempt; 0 on a kept connection. */
  readonly connectMs: number | undefined;
  /** Response headers of the last attempt. */
  readonly firstByteMs: number | undefined;
  /** First text or thinking of the last attempt: time to first token. */
  readonly firstTokenMs: number | undefined;
  readonly totalMs: number;
}

/** Told as the turn goes on, in order, synchronously from the socket's read. */
export type ReplyEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  | {
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: unknown;
    }
  /** A request is on its way: `attempt` counts from 1. */
  | { readonly type: 'attempt'; readonly attempt: number }
  /** Nothing moves for now. `waitMs` when it is known how long; `limit` for `pacing`; `endpointId` for `breaker`. */
  | {
      readonly type: 'waiting';
      readonly reason: WaitReason;
      readonly waitMs?: number;
      readonly limit?: LimitName;
      readonly endpointId?: string;
    }
  /**
   * The request failed with `error` at its attempt `attempt` (from 1) and is sent again in `delayMs`. No visible text of it has
   * been told; thinking told since the last `attempt`, `text` or `resumed` is void and has to be dropped.
   */
  | {
      readonly type: 'retry';
      readonly attempt: number;
      readonly maxAttempts: number;
      readonly delayMs: number;
      readonly error: ErrorInfo;
    }
  /** The reply broke off with `error` after visible text, which stays; what follows goes on from it. `continuation` counts from 1. */
  | { readonly type: 'resumed'; readonly continuation: number; readonly error?: ErrorInfo }
  /** The question goes to another endpoint or model than the one before, because of `error`. */
  | {
      readonly type: 'fallback';
      readonly endpointId: string;
      readonly model: string;
      readonly error: ErrorInfo;
    }
  /** What was changed about the request before it was sent, where that lost or moved anything. */
  | { readonly type: 'shaped'; readonly notes: readonly ShapeNote[] }
  /** The answer was not asked for anew: it was kept, or belongs to the same question under way. */
  | { readonly type: 'served'; readonly from: ServedFrom };

/**
 * - `queue` for a slot; `pacing` for a rate limit's bucket; `backoff` between attempts
 * - `breaker` the endpoint is known to be down; `offline` there is no network
 * - `asked` until the moment that the request names (`notBefore`)
 */
export type WaitReason = 'queue' | 'pacing' | 'backoff' | 'breaker' | 'offline' | 'asked';

/** The buckets of a rate limit. */
export type LimitName = 'requests' | 'input_tokens' | 'output_tokens';

/** `memory` and `disk`: a kept answer; `shared`: the same request was under way. */
export type ServedFrom = 'memory' | 'disk' | 'shared';

/** Something done to a request so that it fits. Only `compacted` loses nothing. */
export type ShapeNote =
  /** White space and repetition taken out: so many characters. */
  | { readonly kind: 'compacted'; readonly characters: number }
  /** So many of the oldest messages were left out. */
  | { readonly kind: 'dropped'; readonly messages: number; readonly tokens: number }
  /** So many of the oldest messages were replaced by a summary. */
  | { readonly kind: 'summarised'; readonly messages: number; readonly tokens: number };

/** What a turn took, however it ended. */
export interface TurnTotals {
  /** Over all its requests, hedges and continuations included. */
  readonly usage: Usage;
  readonly timing: Timing;
  /** US$; `undefined` when the price is not known. */
  readonly costUSD: number | undefined;
  readonly requestId: string | undefined;
  /** Requests sent, retries, hedges and continuations included. */
  readonly attempts: number;
}

/** A whole reply. */
export interface Reply extends TurnTotals {
  readonly model: string;
  readonly text: string;
  /** The assistant's blocks as they came, to be sent back in the next turn (signatures kept). */
  readonly content: readonly ContentBlock[];
  readonly stopReason: StopReason;
  /** The endpoint that answered. */
  readonly endpointId: string;
  /** Absent where the answer was asked for. */
  readonly servedFrom?: ServedFrom;
  /** Times that it broke off after visible text and was gone on with. */
  readonly continuations: number;
  /** What was done to the request; empty mostly. */
  readonly shaped: readonly ShapeNote[];
}

export const ERROR_KINDS = [
  'invalid_input',
  'invalid_request',
  'authentication',
  'billing',
  'permission',
  'not_found',
  'request_too_large',
  'rate_limit',
  'spend_limit',
  'budget',
  'overloaded',
  'api',
  'timeout_connect',
  'timeout_first_event',
  'timeout_idle',
  'network',
  'offline',
  'proxy',
  'tls',
  'truncated',
  'protocol',
  'queue_full',
  'circuit_open',
  'no_key',
  'aborted',
  'internal',
] as const;

/**
 * - `invalid_input` refused here before anything was sent; the others of that family by the server
 * - `spend_limit` a 429 that waiting never clears; `overloaded` 529 or its mid-stream event; `api` another 5xx
 * - `budget` not sent, because what the user lets it spend is spent
 * - `network` refused or reset before an answer; `offline` no way out or a name that is not found; `proxy` the proxy on the way
 *   refused or failed; `tls` a certificate or handshake
 * - `circuit_open` not sent, because the endpoint is known to be down
 * - `truncated` the stream ended without `message_stop`; `protocol` an answer that is not the Messages API
 * - `no_key` the endpoint wants a key and there is none; `internal` a fault of Pulse itself
 */
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** An error as plain data: what is stored, shown and printed. Never holds a key. */
export interface ErrorInfo {
  readonly kind: ErrorKind;
  /** A sentence: what happened and what to do. */
  readonly message: string;
  /** The server's own words, which `message` holds among others; absent where it said nothing or never answered. */
  readonly said?: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** Whether sending the same request again may succeed. */
  readonly retryable: boolean;
  /** What the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** How the key travels. */
export type AuthStyle = 'bearer' | 'x-api-key' | 'none';

export interface Endpoint {
  /** Stable name in metrics and caches, e.g. `api.anthropic.com`. */
  readonly id: string;
  /** Without a trailing `/v1`. */
  readonly baseURL: string;
  readonly authStyle: AuthStyle;
  /** Value of `anthropic-version`. */
  readonly apiVersion: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Endpoints of one group may get the same content. Default: `default`. */
  readonly group?: string;
  /** Share of the requests beside the others of its group, above 0. Default: 1. */
  readonly weight?: number;
  /** What this endpoint calls a model, by its usual name; others are called as everywhere. */
  readonly models?: Readonly<Record<string, string>>;
}

/** How a model thinks: `always` can't be turned off, `optional` can, `budget` takes `budget_tokens`, `none` has none. */
export type ThinkingSupport = 'always' | 'optional' | 'budget' | 'none';

/** What a request to this model may carry. Source: GET /v1/models, else the built-in list. */
export interface ModelCapabilities {
  /** US$ are not here: see prices. Tokens. */
  readonly contextWindow: number;
  readonly maxOutputTokens: number;
  readonly thinking: ThinkingSupport;
  /** How thinking is turned off where it is `optional`; absent: `disabled`. `between_tools` allows efforts up to `high`. */
  readonly thinkingOff?: 'disabled' | 'between_tools';
  /** Levels of `output_config.effort`, empty where it takes none. */
  readonly efforts: readonly Effort[];
  /** Highest `temperature` accepted; `undefined` where the parameter must not be sent. */
  readonly maxTemperature: number | undefined;
  /** Whether the conversation may end with an assistant message to be continued. */
  readonly prefill: boolean;
}

export interface ModelInfo {
  readonly id: string;
  readonly displayName: string;
  readonly capabilities: ModelCapabilities;
  /** ISO 8601 date after which the model is gone. */
  readonly retiresAt: string | undefined;
  /** Where this entry is from. */
  readonly source: 'server' | 'builtin';
}

/** US$ per million tokens. `cacheRead`/`cacheWrite` default to 0.1x and 1.25x of `input`. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  /** Other prices for prompts above so many tokens. */
  readonly above?: {
    readonly inputTokens: number;
    readonly input: number;
    readonly output: number;
  };
}
