import type { KeptAnswer } from './keptAnswer';

interface MemoryLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

export interface MemoryEntry {
  readonly answer: KeptAnswer;
  readonly bytes: number;
  readonly conversationId: string | undefined;
}

/** Answers in memory; the one that was asked for least recently goes first. */
export class AnswerMemory {
  /** In the order of their last use. */
  readonly #entries = new Map<string, MemoryEntry>();
  #bytes = 0;

  get entries(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): KeptAnswer | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.answer;
  }

  put(key: string, entry: MemoryEntry): void {
    this.delete(key);
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry && this.#entries.delete(key)) this.#bytes -= entry.bytes;
  }

  deleteConversation(conversationId: string): void {
    for (const [key, entry] of this.#entries) {
      if (entry.conversationId === conversationId) this.delete(key);
    }
  }

  /** Down to the limits. */
  trim({ maxEntries, maxBytes }: MemoryLimits): void {
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= maxEntries && this.#bytes <= maxBytes) return;
      this.delete(key);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}
