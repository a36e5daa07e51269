import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import type { ConversationStore } from '../../engine/ports';

/** Between two looks, ms. Each is one small question to the store's thread. */
const INTERVAL_MS = 2_000;

export interface HistoryWatchDeps {
  readonly clock: Clock;
  readonly openStore: () => Promise<Pick<ConversationStore, 'changeCount'>>;
  /** Something was changed (`isCounted`), or it is restless. May reject. */
  readonly changed: (isCounted: boolean) => Promise<void>;
  /** Whether something is worth reading again although nothing is counted: an answer that comes in another window, say. */
  readonly isRestless: () => boolean;
}

/** Notices what other windows write into the history, while somebody looks. A store that does not answer is asked again later. */
export class HistoryWatch extends Disposable {
  readonly #deps: HistoryWatchDeps;
  #count: number | undefined;
  #timer: DisposableLike | undefined;
  #isLooking = false;
  #isWanted = false;

  constructor(deps: HistoryWatchDeps) {
    super();
    this.#deps = deps;
    this._register({ dispose: () => this.#timer?.dispose() });
  }

  /** Looks at once when it is wanted anew. */
  set isWanted(isWanted: boolean) {
    if (isWanted === this.#isWanted) return;
    this.#isWanted = isWanted;
    if (isWanted) void this.#look();
    else this.#timer?.dispose();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const store = await this.#deps.openStore();
      const count = await store.changeCount();
      const isChanged = this.#count !== undefined && count !== this.#count;
      this.#count = count;
      if (isChanged || this.#deps.isRestless()) await this.#deps.changed(isChanged);
    } catch {
      // Whoever reads or writes tells what is wrong with it.
    } finally {
      this.#isLooking = false;
    }
    this.#timer?.dispose();
    if (!this.#isWanted || this.isDisposed) return;
    this.#timer = this.#deps.clock.setTimeout(() => void this.#look(), INTERVAL_MS);
  }
}
