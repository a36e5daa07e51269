import type { BreakerMemory, SavedBreaker } from '../engine/ports';
import { parseSavedBreakers } from '../engine/resilience/savedBreakers';

/** Where the breakers are written, as it is: see `Memory`. */
export interface BreakerStorage {
  /** What was kept last; nothing is known of its form. */
  savedBreakers(): unknown;
  /** Never throws; what goes wrong is reported elsewhere. */
  rememberBreakers(saved: readonly SavedBreaker[]): void;
}

/** Open circuit breakers in VS Code's memory. In a file of its own, since only the engine needs it: activation does not load it. */
export class StoredBreakers implements BreakerMemory {
  readonly #storage: BreakerStorage;

  constructor(storage: BreakerStorage) {
    this.#storage = storage;
  }

  read(): readonly SavedBreaker[] {
    return parseSavedBreakers(this.#storage.savedBreakers());
  }

  write(saved: readonly SavedBreaker[]): void {
    this.#storage.rememberBreakers(saved);
  }
}
