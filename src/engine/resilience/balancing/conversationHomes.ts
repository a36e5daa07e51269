/** No prompt cache lives longer: Anthropic's longer time to live is one hour after the last use. */
const CACHE_LIFE_MS = 3_600_000;
const MAX_CONVERSATIONS = 1_000;

interface Home {
  endpointId: string;
  usedAt: number;
}

/** Where each conversation's prompt cache is: the most recently used 1,000, for an hour after their last use. Times are monotonic ms. */
export class ConversationHomes {
  /** Least recently used first. */
  readonly #homes = new Map<string, Home>();

  get(conversationId: string, now: number): string | undefined {
    const home = this.#homes.get(conversationId);
    if (!home) return undefined;
    if (now - home.usedAt < CACHE_LIFE_MS) return home.endpointId;
    this.#homes.delete(conversationId);
    return undefined;
  }

  /** The conversation's next request goes there now. */
  use(conversationId: string, endpointId: string, now: number): void {
    const home = this.#homes.get(conversationId) ?? { endpointId, usedAt: now };
    home.endpointId = endpointId;
    home.usedAt = now;
    // Deleted and set again, it is the newest.
    this.#homes.delete(conversationId);
    this.#homes.set(conversationId, home);
    if (this.#homes.size > MAX_CONVERSATIONS) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const conversationId of this.#homes.keys()) {
      this.#homes.delete(conversationId);
      return;
    }
  }
}
