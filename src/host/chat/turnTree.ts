export interface TreeTurn {
  readonly id: string;
  /** Order of asking; above that of its parent. */
  readonly ordinal: number;
  readonly parentId: string | undefined;
}

/**
 * The turns of a conversation as a tree: what was edited or asked again stands beside its first version, and one path from a first
 * question to the end of a branch is shown. A turn whose parent is not there (or comes after it) counts as a first question.
 */
export class TurnTree<T extends TreeTurn> {
  readonly #turns = new Map<string, T>();
  /** By the parent's id; each list by ordinal. */
  readonly #children = new Map<string | undefined, T[]>();
  #path: readonly T[] = [];
  #nextOrdinal = 0;

  /** `head`: a turn of the branch to show; the newest one's without it. */
  constructor(turns: readonly T[], head: string | undefined) {
    this.#insert(turns);
    this.#showThrough(this.#turns.get(head ?? '') ?? this.newest);
  }

  /** What is shown, oldest first. */
  get path(): readonly T[] {
    return this.#path;
  }

  get last(): T | undefined {
    return this.#path.at(-1);
  }

  /** Of all branches. */
  get all(): Iterable<T> {
    return this.#turns.values();
  }

  /** Above that of every turn that ever was in it. */
  get nextOrdinal(): number {
    return this.#nextOrdinal;
  }

  /** What is to be remembered so that this path is shown again; `undefined`: nothing, it leads to the newest turn. */
  get head(): string | undefined {
    return this.last === this.newest ? undefined : this.last?.id;
  }

  get newest(): T | undefined {
    return newestOf(this.#turns.values());
  }

  find(id: string): T | undefined {
    return this.#turns.get(id);
  }

  isShown(turn: T): boolean {
    return this.#path.includes(turn);
  }

  /** The turns with the same parent, itself among them, in the order of asking. */
  versions(turn: T): readonly T[] {
    return this.#children.get(this.#parentId(turn)) ?? [];
  }

  /** The turn and all that follows it on any branch. */
  below(turn: T): readonly T[] {
    const found = [turn];
    for (const next of found) found.push(...(this.#children.get(next.id) ?? []));
    return found;
  }

  /** The new turn ends the path that is shown. */
  add(turn: T): void {
    this.#insert([turn]);
    this.#showThrough(turn);
  }

  /** Shows the branch of this turn, down to the newest turn below it. */
  show(turn: T): void {
    this.#showThrough(turn);
  }

  /** Takes out the turn and all that follows it; another version is shown instead, or what came before. Returns what is out. */
  remove(turn: T): readonly T[] {
    const removed = this.below(turn);
    const wasShown = this.isShown(turn);
    const parent = this.#turns.get(this.#parentId(turn) ?? '');
    const others = this.versions(turn).filter((version) => version !== turn);
    for (const { id } of removed) {
      this.#turns.delete(id);
      this.#children.delete(id);
    }
    this.#children.set(parent?.id, others);
    if (wasShown) this.#showThrough(others.at(-1) ?? parent);
    return removed;
  }

  /** Puts back what `remove` took out, and shows it. */
  putBack(removed: readonly T[]): void {
    this.#insert(removed);
    this.#showThrough(removed[0]);
  }

  #insert(turns: readonly T[]): void {
    for (const turn of turns) {
      this.#turns.set(turn.id, turn);
      this.#nextOrdinal = Math.max(this.#nextOrdinal, turn.ordinal + 1);
    }
    for (const turn of turns) {
      const parentId = this.#parentId(turn);
      const siblings = [...(this.#children.get(parentId) ?? []), turn];
      this.#children.set(
        parentId,
        siblings.sort((a, b) => a.ordinal - b.ordinal),
      );
    }
  }

  #parentId({ parentId, ordinal }: T): string | undefined {
    const parent = this.#turns.get(parentId ?? '');
    return parent && parent.ordinal < ordinal ? parent.id : undefined;
  }

  #showThrough(turn: T | undefined): void {
    const path: T[] = [];
    // The newest turn below has nothing below itself: what follows a turn was asked after it.
    let next = turn && newestOf(this.below(turn));
    while (next) {
      path.push(next);
      next = this.#turns.get(this.#parentId(next) ?? '');
    }
    this.#path = path.toReversed();
  }
}

function newestOf<T extends TreeTurn>(turns: Iterable<T>): T | undefined {
  let newest: T | undefined;
  for (const turn of turns) if (!newest || turn.ordinal > newest.ordinal) newest = turn;
  return newest;
}
