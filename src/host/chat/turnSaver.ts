import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import type { ConversationStore, StoredTurn, TurnOutcome } from '../../engine/ports';

/** Text in flight is handed to the store this often, ms: a killed host then loses less than the second that is promised. */
export const SAVE_INTERVAL_MS = 500;

/** What a conversation writes of itself. */
export type ConversationWriter = Pick<
  ConversationStore,
  | 'createConversation'
  | 'updateConversation'
  | 'insertTurn'
  | 'appendToTurn'
  | 'finishTurn'
  | 'deleteTurn'
  | 'setFeedback'
>;

export type OpenWriter = () => Promise<ConversationWriter>;

/**
 * Writes one turn as it goes on. Its writes keep their order; one that fails is reported and does not stop the turn. A turn
 * that could not be put into the store at first is put there by the next write, and the last one (`finish`) holds everything.
 */
export class TurnSaver extends Disposable {
  readonly #turnId: string;
  readonly #whole: () => TurnOutcome;
  readonly #openStore: OpenWriter;
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  #last: Promise<void> = Promise.resolve();
  /** Puts the turn into the store; `undefined` once it is there. */
  #pendingInsert: ((store: ConversationWriter) => Promise<void>) | undefined;
  /** Arrived since the last write. */
  #text = '';
  #thinking = '';
  /** What is in the store is not the start of what the turn holds: the next write replaces it. */
  #mustRewrite = false;
  #timer: DisposableLike | undefined;

  constructor(
    turnId: string,
    /** The turn as it stands at the moment of the call. */
    whole: () => TurnOutcome,
    openStore: OpenWriter,
    clock: Clock,
    onFault: (error: unknown) => void,
  ) {
    super();
    this.#turnId = turnId;
    this.#whole = whole;
    this.#openStore = openStore;
    this.#clock = clock;
    this.#onFault = onFault;
  }

  /** Resolves when the turn is on disk, or its writing failed and was reported. */
  insert(turn: StoredTurn, before: (store: ConversationWriter) => Promise<void>): Promise<void> {
    this.#pendingInsert = async (store) => {
      await before(store);
      await store.insertTurn(turn);
    };
    // Every write sees to it that the turn is there.
    return this.#write(() => Promise.resolve());
  }

  append(text: string, thinking: string): void {
    this.#text += text;
    this.#thinking += thinking;
    this.#schedule();
  }

  /** Some of what was appended is void: the next write replaces everything. */
  rewrite(): void {
    this.#mustRewrite = true;
    this.#schedule();
  }

  /** Resolves when the end is on disk, or its writing failed and was reported. */
  async finish(outcome: TurnOutcome): Promise<void> {
    this.dispose();
    await this.#write((store) => store.finishTurn(this.#turnId, outcome));
  }

  override dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    super.dispose();
  }

  #schedule(): void {
    if (this.isDisposed) return;
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined;
      void this.#write((store) => this.#saveHeld(store));
    }, SAVE_INTERVAL_MS);
  }

  async #saveHeld(store: ConversationWriter): Promise<void> {
    const held = { text: this.#text, thinking: this.#thinking };
    const isRewrite = this.#mustRewrite;
    if (this.isDisposed || (!isRewrite && held.text === '' && held.thinking === '')) return;
    this.#text = '';
    this.#thinking = '';
    this.#mustRewrite = false;
    try {
      if (isRewrite) await store.finishTurn(this.#turnId, this.#whole());
      else await store.appendToTurn(this.#turnId, held);
    } catch (error) {
      // Whether the piece is there is not known: adding it again could double it, going on without it could leave a hole.
      this.#mustRewrite = true;
      throw error;
    }
  }

  #write(job: (store: ConversationWriter) => Promise<void>): Promise<void> {
    this.#last = this.#last.then(async () => {
      try {
        const store = await this.#openStore();
        await this.#pendingInsert?.(store);
        this.#pendingInsert = undefined;
        await job(store);
      } catch (error) {
        this.#onFault(error);
      }
    });
    return this.#last;
  }
}
