import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';

/** Something that was done and can be taken back for a while. Neither call may reject. */
export interface Undoable {
  /** What was done, for the reader. */
  readonly text: string;
  /** Makes it final. */
  commit(): Promise<void>;
  undo(): Promise<void> | void;
}

/** The page offers it for 10 s, and longer while the pointer or the focus is on it. */
const COMMIT_AFTER_MS = 30_000;

interface Offered {
  readonly done: Undoable;
  readonly timer: DisposableLike;
}

/** What can be taken back now. Each becomes final after a while, or when the window closes. */
export class Undoables extends Disposable {
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #offered = new Map<string, Offered>();

  constructor(clock: Clock, newId: () => string) {
    super();
    this.#clock = clock;
    this.#newId = newId;
  }

  /** Returns the name it is taken back by. */
  offer(done: Undoable): string {
    const id = this.#newId();
    const timer = this.#clock.setTimeout(() => {
      this.#offered.delete(id);
      void done.commit();
    }, COMMIT_AFTER_MS);
    this.#offered.set(id, { done, timer });
    return id;
  }

  /** `false`: it is final by now. */
  async undo(id: string): Promise<boolean> {
    const offered = this.#take(id);
    await offered?.done.undo();
    return offered !== undefined;
  }

  /** Makes all of it final. Never rejects. */
  async commitAll(): Promise<void> {
    const all = [...this.#offered.keys()].map((id) => this.#take(id));
    await Promise.all(all.map(async (offered) => offered?.done.commit()));
  }

  override dispose(): void {
    for (const id of this.#offered.keys()) this.#take(id);
    super.dispose();
  }

  #take(id: string): Offered | undefined {
    const offered = this.#offered.get(id);
    offered?.timer.dispose();
    this.#offered.delete(id);
    return offered;
  }
}
