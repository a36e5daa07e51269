import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import type { ConversationStore, StoredTurn, TurnOutcome } from '../../engine/ports';

/** Text in flight is handed to the store this often, ms: a killed host then loses less than the second that is promised. */
export const SAVE_INTERVAL_MS = 500;

export type OpenStore = () => Promise<ConversationStore>;

/**
 * Writes one turn as it goes on. Its writes keep their order; one that fails is reported and does not stop the turn. A turn
 * that could not be put into the store at first is put there by the next write, and the last one (`finish`) holds everything.
 */
export class TurnSaver extends Disposable {
  readonly #turnId: string;
  readonly #openStore: OpenStore;
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  #last: Promise<void> = Promise.resolve();
  /** Puts the turn into the store; `undefined` once it is there. */
  #pendingInsert: ((store: ConversationStore) => Promise<void>) | undefined;
  #text = '';
  #thinking = '';
  #timer: DisposableLike | undefined;

  constructor(
    turnId: string,
    openStore: OpenStore,
    clock: Clock,
    onFault: (error: unknown) => void,
  ) {
    super();
    this.#turnId = turnId;
    this.#openStore = openStore;
    this.#clock = clock;
    this.#onFault = onFault;
  }

  /** Resolves when the turn is on disk, or its writing failed and was reported. */
  insert(turn: StoredTurn, before: (store: ConversationStore) => Promise<void>): Promise<void> {
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
    if (this.isDisposed) return;
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined;
      void this.#write((store) => this.#appendHeld(store));
    }, SAVE_INTERVAL_MS);
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

  async #appendHeld(store: ConversationStore): Promise<void> {
    if (this.isDisposed || (this.#text === '' && this.#thinking === '')) return;
    const held = { text: this.#text, thinking: this.#thinking };
    this.#text = '';
    this.#thinking = '';
    await store.appendToTurn(this.#turnId, held);
  }

  #write(job: (store: ConversationStore) => Promise<void>): Promise<void> {
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
