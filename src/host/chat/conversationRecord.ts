import type { ConversationPatch, ConversationSummary } from '../../engine/ports';
import { NOTHING_KEPT } from './nothingKept';
import type { ConversationWriter, OpenWriter } from './turnSaver';

export interface RecordDeps {
  readonly openStore: OpenWriter;
  readonly onStoreFault: (error: unknown) => void;
  /** Whether chats that begin now are written down. */
  readonly keepsHistory: () => boolean;
}

/**
 * - `stored` it is on disk; `temporary` nothing of it ever will be
 * - `new` nothing was said yet: the setting decides when something is
 */
export type Keeping = 'new' | 'stored' | 'temporary';

/** A conversation's own data, in step with the store. What is changed counts at once; writes keep their order and never reject. */
export class ConversationRecord {
  readonly #deps: RecordDeps;
  #value: ConversationSummary;
  #keeping: Keeping;
  /** As the store has it; `undefined` while it is not there. */
  #stored: ConversationSummary | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(value: ConversationSummary, keeping: Keeping, deps: RecordDeps) {
    this.#value = value;
    this.#keeping = keeping;
    this.#stored = keeping === 'stored' ? value : undefined;
    this.#deps = deps;
  }

  get value(): ConversationSummary {
    return this.#value;
  }

  get keeping(): Keeping {
    return this.#keeping;
  }

  /** Whether it is, or will be, written down. */
  get isKept(): boolean {
    return this.#keeping === 'new' ? this.#deps.keepsHistory() : this.#keeping === 'stored';
  }

  /** Resolves when what was changed so far is on disk, or its writing failed and was reported. */
  get settled(): Promise<void> {
    return this.#last;
  }

  /** Something is said: from now on it stays written down or not. */
  begin(): void {
    if (this.#keeping === 'new') this.#keeping = this.isKept ? 'stored' : 'temporary';
  }

  readonly openStore = (): Promise<ConversationWriter> =>
    this.isKept ? this.#deps.openStore() : Promise.resolve(NOTHING_KEPT);

  /** Puts it into the store, where one that is there stays. Rejects when the store does. */
  async create(store: ConversationWriter): Promise<void> {
    const value = this.#value;
    await store.createConversation(value);
    this.#stored ??= value;
    if (this.#stored === this.#value) return;
    const { title, titleFrom, pinned, head, compaction } = this.#value;
    this.#write({ title, titleFrom, pinned, head, compaction });
  }

  change(patch: ConversationPatch): void {
    this.#value = { ...this.#value, ...patch };
    if (this.#stored) this.#write(patch);
  }

  /** The store has another version, written by another window. */
  replace(value: ConversationSummary): void {
    this.#value = value;
    this.#stored = value;
  }

  /** Runs after the writes before it. */
  after(job: (store: ConversationWriter) => Promise<void>): Promise<void> {
    this.#last = this.#last.then(async () => {
      try {
        await job(await this.openStore());
      } catch (error) {
        this.#deps.onStoreFault(error);
      }
    });
    return this.#last;
  }

  #write(patch: ConversationPatch): void {
    const value = this.#value;
    void this.after(async (store) => {
      await store.updateConversation(value.id, patch);
      this.#stored = value;
    });
  }
}
