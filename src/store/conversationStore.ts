import { randomUUID } from 'node:crypto';
import type { Clock } from '../base/clock';
import { systemClock } from '../base/clock';
import { Emitter } from '../base/event';
import type { Event } from '../base/event';
import type {
  AnswerLimits,
  AnswerRecord,
  AnswerStore,
  ConversationFilter,
  ConversationPatch,
  ConversationStore,
  ConversationSummary,
  Feedback,
  KeptAnswerJson,
  LimitShare,
  LimitUse,
  SearchHit,
  StoredTurn,
  TurnOutcome,
} from '../engine/ports';
import type { MetricsHistory } from '../engine/metrics/metricsHistory';
import type { CallOf, StoreOp, StoreResult } from './messages';
import { MetricsCalls } from './metricsCalls';
import { StoreError, storeErrors } from './storeError';
import { WorkerCalls } from './workerCalls';

/** A call may wait for the disk, for another window's lock and for the calls before it, but no longer than this. Ms. */
const CALL_LIMIT_MS = 15_000;
/** Overwriting all that was deleted takes time with the size of the history, and so does writing a conversation of many megabytes. */
const LARGE_LIMIT_MS = 60_000;
/** Nobody waits any longer for an answer that may be kept. */
const GET_ANSWER_LIMIT_MS = 1_000;
/** What other windows did longer ago is of no use any more. */
const EXCHANGE_LIMIT_MS = 3_000;
/** VS Code gives an extension about five seconds to shut down. */
const CLOSE_LIMIT_MS = 4_000;
const BUSY_TIMEOUT_MS = 4_000;

export interface ConversationStoreOptions {
  /** The database; it and its folder are made at the first call. Two more files, `-wal` and `-shm`, belong to it. */
  readonly file: string;
  /** The bundled `store/worker.ts`. */
  readonly workerUrl: URL;
  readonly clock?: Clock;
  /** How long a call waits for another window's lock, ms. */
  readonly busyTimeoutMs?: number;
}

/**
 * Conversations, kept answers, metrics and the windows' use of rate limits in an SQLite file that all windows share, worked on in a thread of its own.
 *
 * - Calls take effect in the order in which they are made. Each rejects with a `StoreError` in bounded time.
 * - `createConversation`, `updateConversation`, `insertTurn`, `finishTurn`, `setFeedback` and the deletions may be repeated when their outcome is not known.
 * - `waiting` and `streaming` turns are those that this or another window is working on right now; ones whose window is gone are
 *   returned as `interrupted`. Turns still running at `close` become `interrupted`.
 * - A lone surrogate in a text is stored as U+FFFD.
 */
export class SqliteConversationStore implements ConversationStore, AnswerStore, LimitShare {
  readonly #calls: WorkerCalls;
  readonly #recovered = new Emitter<{ readonly movedTo: string }>();
  #closing: Promise<void> | undefined;

  /** The file was damaged: it is now at `movedTo`, and a new, empty one is in its place. */
  readonly onDidRecover: Event<{ readonly movedTo: string }> = this.#recovered.event;

  /** They hold nothing of a conversation: `deleteEverything` leaves them, and `clearMetrics` is their own. */
  readonly metrics: MetricsHistory = new MetricsCalls((call, limitMs) => this.#call(call, limitMs));

  /** Starts nothing: thread and file are opened by the first call. */
  static open(options: ConversationStoreOptions): SqliteConversationStore {
    return new SqliteConversationStore(options);
  }

  private constructor({ file, workerUrl, clock, busyTimeoutMs }: ConversationStoreOptions) {
    this.#calls = new WorkerCalls({
      workerUrl,
      workerOptions: {
        file,
        owner: randomUUID(),
        busyTimeoutMs: busyTimeoutMs ?? BUSY_TIMEOUT_MS,
      },
      clock: clock ?? systemClock,
      onRecovered: (movedTo) => this.#recovered.fire({ movedTo }),
    });
  }

  createConversation(conversation: ConversationSummary): Promise<void> {
    return this.#call({ op: 'createConversation', conversation });
  }

  updateConversation(id: string, patch: ConversationPatch): Promise<void> {
    return this.#call({ op: 'updateConversation', id, patch });
  }

  listConversations({ workspace, limit }: ConversationFilter): Promise<ConversationSummary[]> {
    return this.#call({ op: 'listConversations', workspace, limit });
  }

  searchConversations(
    query: string,
    { workspace, limit }: ConversationFilter,
  ): Promise<SearchHit[]> {
    return this.#call({ op: 'searchConversations', query, workspace, limit });
  }

  getConversation(
    id: string,
  ): Promise<
    { readonly conversation: ConversationSummary; readonly turns: StoredTurn[] } | undefined
  > {
    return this.#call({ op: 'getConversation', id });
  }

  deleteConversation(id: string): Promise<void> {
    return this.#call({ op: 'deleteConversation', id });
  }

  restoreConversation(id: string): Promise<boolean> {
    return this.#call({ op: 'restoreConversation', id });
  }

  async purgeDeleted(id?: string): Promise<void> {
    await this.#call({ op: 'purgeDeleted', id });
    await this.#sweep();
  }

  deleteEverything(): Promise<void> {
    return this.#call({ op: 'deleteEverything' }, LARGE_LIMIT_MS);
  }

  importConversation(
    conversation: ConversationSummary,
    turns: readonly StoredTurn[],
  ): Promise<string> {
    return this.#call({ op: 'importConversation', conversation, turns }, LARGE_LIMIT_MS);
  }

  insertTurn(turn: StoredTurn): Promise<void> {
    return this.#call({ op: 'insertTurn', turn });
  }

  appendToTurn(
    id: string,
    { text, thinking }: { readonly text: string; readonly thinking: string },
  ): Promise<void> {
    return this.#call({ op: 'appendToTurn', id, text, thinking });
  }

  finishTurn(id: string, outcome: TurnOutcome): Promise<void> {
    return this.#call({ op: 'finishTurn', id, outcome });
  }

  setFeedback(turnId: string, feedback: Feedback | undefined): Promise<void> {
    return this.#call({ op: 'setFeedback', id: turnId, feedback });
  }

  async deleteTurn(id: string): Promise<void> {
    await this.#call({ op: 'deleteTurn', id });
    await this.#sweep();
  }

  changeCount(): Promise<number> {
    return this.#call({ op: 'changeCount' });
  }

  getAnswer(key: string, notBefore: number): Promise<KeptAnswerJson | undefined> {
    return this.#call({ op: 'getAnswer', key, notBefore }, GET_ANSWER_LIMIT_MS);
  }

  putAnswer(answer: AnswerRecord, limits: AnswerLimits): Promise<void> {
    return this.#call({ op: 'putAnswer', answer, limits });
  }

  clearAnswers(): Promise<void> {
    return this.#call({ op: 'clearAnswers' });
  }

  exchange(scope: string, used: readonly LimitUse[]): Promise<readonly LimitUse[]> {
    return this.#call({ op: 'exchangeLimitUse', scope, used: [...used] }, EXCHANGE_LIMIT_MS);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #call<Op extends StoreOp>(
    call: CallOf<Op>,
    limitMs = CALL_LIMIT_MS,
  ): Promise<StoreResult<Op>> {
    if (this.#closing) throw storeErrors.closed();
    return this.#calls.call(call, limitMs);
  }

  /** Waits until nothing is left of what was deleted for good. Other calls come in between; when the store is closed, others go on. */
  async #sweep(): Promise<void> {
    try {
      while (!(await this.#call({ op: 'sweep' }))) {
        // The next step.
      }
    } catch (error) {
      if (!(error instanceof StoreError && error.kind === 'closed')) throw error;
    }
  }

  async #close(): Promise<void> {
    try {
      if (!this.#calls.isIdle) await this.#calls.call({ op: 'close' }, CLOSE_LIMIT_MS);
    } finally {
      this.#recovered.dispose();
      // Not waited for: a thread that hangs in the file system ends only when that lets it go.
      void this.#calls.terminate();
    }
  }
}
