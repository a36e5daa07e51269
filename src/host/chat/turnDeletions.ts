import type { ConversationRecord } from './conversationRecord';
import type { SessionWork } from './sessionWork';
import type { Turn } from './turn';
import type { TurnTree } from './turnTree';

/** A turn that is out of sight and not yet deleted. */
export interface Deletion {
  commit(): Promise<void>;
  undo(): void;
}

interface TurnDeletionsDeps {
  readonly record: ConversationRecord;
  readonly work: SessionWork;
  /** The one that is shown now. */
  readonly tree: () => TurnTree<Turn>;
  /** Other turns are shown. */
  readonly changed: () => void;
}

/** A conversation's turns that are out of sight while the store still has them, with what follows them. */
export class TurnDeletions {
  readonly #deps: TurnDeletionsDeps;
  readonly #hidden = new Set<string>();

  constructor(deps: TurnDeletionsDeps) {
    this.#deps = deps;
  }

  begin(turn: Turn): Deletion {
    const { tree, changed } = this.#deps;
    const removed = tree().remove(turn);
    this.#hidden.add(turn.id);
    changed();
    return {
      commit: () => this.deleteStored(turn),
      undo: () => {
        this.#hidden.delete(turn.id);
        tree().putBack(removed);
        changed();
      },
    };
  }

  /** Of turns that were read again from the store. */
  hideIn(tree: TurnTree<Turn>): void {
    for (const id of this.#hidden) {
      const turn = tree.find(id);
      if (turn) tree.remove(turn);
    }
  }

  /** A write of it that the store has not taken yet would bring it back: it goes after them. */
  deleteStored({ id }: Turn): Promise<void> {
    const { record, work } = this.#deps;
    const written = work.settled;
    const deleted = record.after(async (store) => {
      await written;
      await store.deleteTurn(id);
      this.#hidden.delete(id);
    });
    work.add(deleted);
    return deleted;
  }
}
