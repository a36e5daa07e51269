import type { Action } from '../../types';

/** How many ms of waiting make up for one rank. */
const AGEING_MS = 15_000;
const RANK: Readonly<Record<Action, number>> = { chat: 0, inline: 1, live: 2, batch: 3 };

export interface Place {
  readonly action: Action;
  /** `Clock.now()`. */
  readonly since: number;
}

/** Lower goes first. It never changes, so who waits is overtaken by fewer and fewer, in the end by none. */
export function turnOf(place: Place): number {
  return place.since + RANK[place.action] * AGEING_MS;
}

/** Who waits, in the order in which they go: by priority with ageing, within one action in the order of their arrival. */
export class WaitingLine<T extends Place> {
  readonly #lines: readonly Set<T>[] = [new Set(), new Set(), new Set(), new Set()];

  get size(): number {
    let size = 0;
    for (const line of this.#lines) size += line.size;
    return size;
  }

  get first(): T | undefined {
    let first: T | undefined;
    for (const line of this.#lines) {
      for (const head of line) {
        if (!first || turnOf(head) < turnOf(first)) first = head;
        break;
      }
    }
    return first;
  }

  add(place: T): void {
    this.#lines[RANK[place.action]]?.add(place);
  }

  /** @returns whether it was there */
  delete(place: T): boolean {
    return this.#lines[RANK[place.action]]?.delete(place) ?? false;
  }

  /** All of them, first one first. */
  ordered(): T[] {
    return this.#lines.flatMap((line) => [...line]).toSorted((a, b) => turnOf(a) - turnOf(b));
  }
}
