import type { ContentBlock, ErrorInfo, StopReason, Timing, Usage } from './types';

/** Where keys come from; asked before each request, never kept. */
export interface KeySource {
  /** The key of this endpoint, or `undefined` when there is none. */
  getKey(endpointId: string, signal: AbortSignal | undefined): Promise<string | undefined>;
}

export interface ConversationSummary {
  readonly id: string;
  readonly title: string;
  /** Folder or workspace file the conversation belongs to; `undefined` without one. */
  readonly workspace: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * - `waiting` saved before it was sent; `streaming` some of the reply is there. Read from the store, this window or another one is
 *   working on it right now.
 * - `done`, `stopped` (by the user), `failed` (see `error`)
 * - `interrupted` the window went away in the middle: found in the store as waiting or streaming with no one working on it
 */
export type TurnState = 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed' | 'interrupted';

export interface TurnStats {
  readonly usage: Usage;
  readonly timing: Timing;
  readonly costUSD: number | undefined;
  readonly requestId: string | undefined;
  readonly attempts: number;
}

/** One question and its answer. */
export interface StoredTurn {
  readonly id: string;
  readonly conversationId: string;
  /** Position in the conversation, from 0. */
  readonly ordinal: number;
  readonly createdAt: number;
  readonly prompt: string;
  readonly model: string;
  /** What answered: an endpoint's id, so that a demo's answer is never taken for Claude's. */
  readonly endpointId: string;
  readonly state: TurnState;
  readonly text: string;
  readonly thinking: string;
  /** The assistant's blocks as they came; empty until the turn is done. */
  readonly content: readonly ContentBlock[];
  readonly stopReason: StopReason | undefined;
  readonly stats: TurnStats | undefined;
  readonly error: ErrorInfo | undefined;
}

/** What `finishTurn` sets. An optional field that is absent stays as it is stored; one that is there as `undefined` is cleared. */
export interface TurnOutcome {
  readonly state: TurnState;
  readonly text: string;
  readonly thinking: string;
  readonly content: readonly ContentBlock[];
  readonly stopReason?: StopReason | undefined;
  readonly stats?: TurnStats | undefined;
  readonly error?: ErrorInfo | undefined;
}

/** Conversations on disk. Every call rejects with a `StoreError` on failure; none of them blocks the caller's thread. */
export interface ConversationStore {
  createConversation(conversation: ConversationSummary): Promise<void>;
  renameConversation(id: string, title: string): Promise<void>;
  /** Newest first. With `workspace` only that one's. */
  listConversations(filter: {
    readonly workspace?: string;
    readonly limit: number;
  }): Promise<ConversationSummary[]>;
  getConversation(
    id: string,
  ): Promise<
    { readonly conversation: ConversationSummary; readonly turns: StoredTurn[] } | undefined
  >;
  deleteConversation(id: string): Promise<void>;
  deleteEverything(): Promise<void>;
  /** Takes the next free ordinal where another window has taken this one. Saving the same turn again changes nothing. */
  insertTurn(turn: StoredTurn): Promise<void>;
  /** Adds to the reply in flight; sets the state to `streaming`. */
  appendToTurn(
    id: string,
    added: { readonly text: string; readonly thinking: string },
  ): Promise<void>;
  finishTurn(id: string, outcome: TurnOutcome): Promise<void>;
  deleteTurn(id: string): Promise<void>;
  /** Writes what is pending and ends the worker. */
  close(): Promise<void>;
}
