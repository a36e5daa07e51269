import type { Queue, QueueAddOptions, RunFunction } from 'p-queue';
import type { Action } from '../types';

/** Rank of each kind of work, higher first. */
export const RANK: Readonly<Record<Action, number>> = { chat: 3, inline: 2, live: 1, batch: 0 };

/** Milliseconds of waiting that make up for one rank. */
export const AGING_STEP_MS = 15_000;

/**
 * The priority of a task that comes now: its rank in milliseconds, less the moment of its arrival. Waiting tasks age at the same pace,
 * so that the order of two never changes and nothing has to be sorted anew as time goes by. Of two that differ by one rank the lower
 * one comes first when it came 15 s earlier; no batch task is overtaken by a chat that came more than 45 s later, and so none starves.
 */
export function agingPriority(action: Action, nowMs: number): number {
  return RANK[action] * AGING_STEP_MS - nowMs;
}

interface Entry {
  readonly id: string | undefined;
  readonly run: RunFunction;
  priority: number;
  /** Of two with the same priority the earlier comes first. */
  readonly order: number;
  /** Place in the heap. */
  at: number;
}

/**
 * The waiting tasks of a p-queue, highest priority first, equal ones in the order of their arrival: a binary heap in which each task
 * knows its place. Adding, taking and removing one cost O(log n); p-queue's own sorted list costs O(n) where priorities differ.
 */
export class AgingQueue implements Queue<RunFunction, QueueAddOptions> {
  readonly #heap: Entry[] = [];
  readonly #byId = new Map<string, Entry>();
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  enqueue(run: RunFunction, { priority = 0, id }: QueueAddOptions = {}): void {
    const entry: Entry = { id, run, priority, order: this.#order++, at: this.#heap.length };
    this.#heap.push(entry);
    if (id !== undefined) this.#byId.set(id, entry);
    this.#rise(entry);
  }

  dequeue(): RunFunction | undefined {
    const [first] = this.#heap;
    if (first === undefined) return undefined;
    this.#take(first);
    return first.run;
  }

  remove(id: string): void {
    const entry = this.#byId.get(id);
    if (entry) this.#take(entry);
  }

  setPriority(id: string, priority: number): void {
    const entry = this.#byId.get(id);
    if (!entry) return;
    entry.priority = priority;
    this.#rise(entry);
    this.#sink(entry);
  }

  filter({ priority }: Readonly<QueueAddOptions>): RunFunction[] {
    return this.#heap.filter((entry) => entry.priority === priority).map(({ run }) => run);
  }

  #take(entry: Entry): void {
    if (entry.id !== undefined) this.#byId.delete(entry.id);
    const last = this.#heap.pop();
    if (last === undefined || last === entry) return;
    this.#put(last, entry.at);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(entry: Entry): void {
    while (entry.at > 0) {
      const parent = this.#heap[(entry.at - 1) >> 1];
      if (parent === undefined || !before(entry, parent)) return;
      this.#swap(entry, parent);
    }
  }

  #sink(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.at + 1];
      if (left === undefined) return;
      const right = this.#heap[2 * entry.at + 2];
      const child = right !== undefined && before(right, left) ? right : left;
      if (!before(child, entry)) return;
      this.#swap(child, entry);
    }
  }

  #swap(one: Entry, other: Entry): void {
    const at = one.at;
    this.#put(one, other.at);
    this.#put(other, at);
  }

  #put(entry: Entry, at: number): void {
    entry.at = at;
    this.#heap[at] = entry;
  }
}

function before(one: Entry, other: Entry): boolean {
  return one.priority === other.priority ? one.order < other.order : one.priority > other.priority;
}
