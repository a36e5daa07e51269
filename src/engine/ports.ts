import type { EngineError } from './errors';
import type {
  ContentBlock,
  ErrorInfo,
  ServedFrom,
  ShapeNote,
  StopReason,
  TurnTotals,
} from './types';

/** Where keys come from; asked before each request, never kept. */
export interface KeySource {
  /** The key of this endpoint, or `undefined` when there is none. */
  getKey(endpointId: string, signal: AbortSignal | undefined): Promise<string | undefined>;
}

export interface ConversationSummary {
  readonly id: string;
  readonly title: string;
  /** Who named it last: only a title from the `prompt` is replaced by one that a model made. */
  readonly titleFrom: TitleSource;
  /** Kept at the top of lists. */
  readonly pinned: boolean;
  /** The last turn of the branch that is shown; `undefined`: the newest turn. */
  readonly head: string | undefined;
  /** A summary that stands for the oldest turns when the model is asked; `undefined`: none. */
  readonly compaction: Compaction | undefined;
  /** Folder or workspace file the conversation belongs to; `undefined` without one. */
  readonly workspace: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type TitleSource = 'prompt' | 'model' | 'user';

/** The turns up to and with `throughTurnId` are told to the model as `summary`; they stay in the history as they are. */
export interface Compaction {
  readonly throughTurnId: string;
  readonly summary: string;
  /** Tokens of what it stands for, and of the summary, as estimated. */
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly at: number;
}

/** What can be changed about a conversation; absent stays, `undefined` clears. */
export interface ConversationPatch {
  readonly title?: string;
  readonly titleFrom?: TitleSource;
  readonly pinned?: boolean;
  readonly head?: string | undefined;
  readonly compaction?: Compaction | undefined;
}

export interface ConversationFilter {
  /** Only this one's; absent: of all workspaces. */
  readonly workspace?: string;
  readonly limit: number;
}

/** A place where a search found something. */
export interface SearchHit {
  readonly conversation: ConversationSummary;
  /** `undefined`: the title. */
  readonly turnId: string | undefined;
  /** Some words around the best place, on one line; `matches` are [start, end) in UTF-16 units of it. */
  readonly excerpt: string;
  readonly matches: readonly (readonly [number, number])[];
}

/** What was given along with a question, as it went to the model. */
export interface Attachment {
  readonly id: string;
  readonly kind: AttachmentKind;
  /** Short: "src/app.ts:10-42". */
  readonly label: string;
  /** Where it is from, to be opened again: a URI; `undefined` for what was pasted. */
  readonly uri: string | undefined;
  /** Estimated tokens. */
  readonly tokens: number;
  /** The blocks that stand for it in the question: text, image or document. */
  readonly content: readonly ContentBlock[];
}

export const ATTACHMENT_KINDS = [
  'selection',
  'file',
  'folder',
  'editors',
  'problems',
  'terminal',
  'gitDiff',
  'gitLog',
  'symbol',
  'image',
  'pdf',
  'url',
  'text',
] as const;
export type AttachmentKind = (typeof ATTACHMENT_KINDS)[number];

/** What a reader thought of an answer. */
export interface Feedback {
  readonly rating: 'up' | 'down';
  readonly reason: string;
}

/**
 * - `waiting` saved before it was sent; `streaming` some of the reply is there. Read from the store, this window or another one is
 *   working on it right now.
 * - `done`, `stopped` (by the user), `failed` (see `error`)
 * - `interrupted` the window went away in the middle: found in the store as waiting or streaming with no one working on it
 */
export const TURN_STATES = [
  'waiting',
  'streaming',
  'done',
  'stopped',
  'failed',
  'interrupted',
] as const;
export type TurnState = (typeof TURN_STATES)[number];

export interface TurnStats extends TurnTotals {
  /** What happened on the way that the reader should know. */
  readonly notes?: readonly TurnNote[];
}

/**
 * - `shaped` something was done to the conversation so that it fits; `served` the answer was kept or shared
 * - `fallback` another endpoint or model answered; `resumed` the reply broke off so many times and was gone on with
 */
export type TurnNote =
  | { readonly kind: 'shaped'; readonly note: ShapeNote }
  | { readonly kind: 'fallback'; readonly endpointId: string; readonly model: string }
  | { readonly kind: 'resumed'; readonly times: number }
  | { readonly kind: 'served'; readonly from: ServedFrom };

/** One question and its answer. */
export interface StoredTurn {
  readonly id: string;
  readonly conversationId: string;
  /** Order of asking in the conversation, from 0, over all its branches. */
  readonly ordinal: number;
  /** The turn that it follows; `undefined` at the start. Turns with the same one are versions of each other. */
  readonly parentId: string | undefined;
  readonly createdAt: number;
  /** As it was typed. */
  readonly prompt: string;
  /** What the model is asked where that is something else: a slash command written out. */
  readonly asked: string | undefined;
  readonly attachments: readonly Attachment[];
  readonly feedback: Feedback | undefined;
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
  /** One that is there already stays as it is. */
  createConversation(conversation: ConversationSummary): Promise<void>;
  updateConversation(id: string, patch: ConversationPatch): Promise<void>;
  /** Pinned ones first, then the newest. Those that are deleted are not in it. */
  listConversations(filter: ConversationFilter): Promise<ConversationSummary[]>;
  /**
   * Full-text search of titles, questions and answers; every word must be found, the last one as a beginning. Best first, one place for
   * each conversation.
   */
  searchConversations(query: string, filter: ConversationFilter): Promise<SearchHit[]>;
  /** All turns of all branches, by `ordinal`. */
  getConversation(
    id: string,
  ): Promise<
    { readonly conversation: ConversationSummary; readonly turns: StoredTurn[] } | undefined
  >;
  /** Out of every list at once, and gone for good with `purgeDeleted`, or when it was deleted over a minute ago. */
  deleteConversation(id: string): Promise<void>;
  /** Takes a deletion back; `false` when it is too late. */
  restoreConversation(id: string): Promise<boolean>;
  /** Makes this deletion final, or all of them, in the file, its index and its journal. */
  purgeDeleted(id?: string): Promise<void>;
  deleteEverything(): Promise<void>;
  /** A whole conversation at once, under new ids where one is taken. Resolves with its id. */
  importConversation(
    conversation: ConversationSummary,
    turns: readonly StoredTurn[],
  ): Promise<string>;
  /** Takes the next free ordinal where another window has taken this one. Saving the same turn again changes nothing. */
  insertTurn(turn: StoredTurn): Promise<void>;
  /** Adds to the reply in flight; sets the state to `streaming`. */
  appendToTurn(
    id: string,
    added: { readonly text: string; readonly thinking: string },
  ): Promise<void>;
  finishTurn(id: string, outcome: TurnOutcome): Promise<void>;
  setFeedback(turnId: string, feedback: Feedback | undefined): Promise<void>;
  /** With all that follows it on its branch. */
  deleteTurn(id: string): Promise<void>;
  /** Grows whenever any window changed anything: tells whether lists and conversations must be read again. */
  changeCount(): Promise<number>;
  /** Writes what is pending and ends the worker. */
  close(): Promise<void>;
}

/** What was reserved of a model family's rate limits. */
export interface LimitUse {
  readonly family: string;
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Holds new requests back where what they may cost is spent. */
export interface SpendingGuard {
  /** What a new request is refused with; `undefined` where it may go out. Never throws. */
  mayAsk(): EngineError | undefined;
}

/** Windows that share a key tell each other what they reserve. */
export interface LimitShare {
  /**
   * Adds what this window reserved since its last call, and returns what all others in the same scope reserved since then, added up by
   * family; nothing at a window's first call. `scope` names endpoint and key without holding the key.
   */
  exchange(scope: string, used: readonly LimitUse[]): Promise<readonly LimitUse[]>;
}

/** An answer as it is written down. */
export interface AnswerRecord {
  readonly key: string;
  /** A `KeptAnswer` (cache/keptAnswer.ts) as JSON. */
  readonly value: string;
  /** When the answer came, ms since 1970. */
  readonly at: number;
  /** Deleted with this conversation or one of its turns; `undefined` where it belongs to none. */
  readonly conversationId: string | undefined;
}

/** An answer as it is read: whoever reads it checks it. */
export type KeptAnswerJson = Pick<AnswerRecord, 'value' | 'conversationId'>;

/** What answers on disk are cut down to whenever one is added: those used least recently go first. */
export interface AnswerLimits {
  /** Older ones go, ms since 1970. */
  readonly notBefore: number;
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** Answers on disk, shared by all windows. Every call rejects with a `StoreError` on failure. */
export interface AnswerStore {
  getAnswer(key: string, notBefore: number): Promise<KeptAnswerJson | undefined>;
  /** Takes the place of one with the same key. One that is larger than the limit by itself is passed over. */
  putAnswer(answer: AnswerRecord, limits: AnswerLimits): Promise<void>;
  clearAnswers(): Promise<void>;
}

/** A circuit breaker that is not closed, as plain data. Times are ms since 1970. */
export interface SavedBreaker {
  /** Endpoint and model family; see `breakerKey`. */
  readonly key: string;
  /** When regular requests are let through again. */
  readonly reopensAt: number;
  /** When it opened for the first time since it was last closed. */
  readonly openedAt: number;
  /** How long it stays open this time, ms. */
  readonly recoveryMs: number;
}

/** What circuit breakers know of outages, kept over a reload of the window. Neither call throws. */
export interface BreakerMemory {
  /** What was written last, checked: `parseSavedBreakers`. */
  read(): readonly SavedBreaker[];
  write(saved: readonly SavedBreaker[]): void;
}
