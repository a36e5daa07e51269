import type {
  ConversationFilter,
  ConversationPatch,
  ConversationStore,
  ConversationSummary,
  Feedback,
  SearchHit,
  StoredTurn,
  TurnOutcome,
} from '../engine/ports';

/** The engine's kept answers, as far as it is there. */
export interface KeptAnswers {
  forget(conversationId: string): void;
  clear(): Promise<void>;
}

/** A store whose deletions reach the answers that the engine keeps in memory, too. */
export class ForgettingStore implements ConversationStore {
  readonly #store: ConversationStore;
  readonly #answers: () => KeptAnswers | undefined;

  constructor(store: ConversationStore, answers: () => KeptAnswers | undefined) {
    this.#store = store;
    this.#answers = answers;
  }

  async deleteConversation(id: string): Promise<void> {
    try {
      await this.#store.deleteConversation(id);
    } finally {
      // After the disk, from which one could come back.
      this.#answers()?.forget(id);
    }
  }

  async deleteEverything(): Promise<void> {
    try {
      await this.#store.deleteEverything();
    } finally {
      await this.#answers()?.clear();
    }
  }

  createConversation(conversation: ConversationSummary): Promise<void> {
    return this.#store.createConversation(conversation);
  }

  updateConversation(id: string, patch: ConversationPatch): Promise<void> {
    return this.#store.updateConversation(id, patch);
  }

  listConversations(filter: ConversationFilter): Promise<ConversationSummary[]> {
    return this.#store.listConversations(filter);
  }

  searchConversations(query: string, filter: ConversationFilter): Promise<SearchHit[]> {
    return this.#store.searchConversations(query, filter);
  }

  restoreConversation(id: string): Promise<boolean> {
    return this.#store.restoreConversation(id);
  }

  purgeDeleted(id?: string): Promise<void> {
    return this.#store.purgeDeleted(id);
  }

  importConversation(
    conversation: ConversationSummary,
    turns: readonly StoredTurn[],
  ): Promise<string> {
    return this.#store.importConversation(conversation, turns);
  }

  setFeedback(turnId: string, feedback: Feedback | undefined): Promise<void> {
    return this.#store.setFeedback(turnId, feedback);
  }

  changeCount(): Promise<number> {
    return this.#store.changeCount();
  }

  getConversation(id: string): ReturnType<ConversationStore['getConversation']> {
    return this.#store.getConversation(id);
  }

  insertTurn(turn: StoredTurn): Promise<void> {
    return this.#store.insertTurn(turn);
  }

  appendToTurn(
    id: string,
    added: { readonly text: string; readonly thinking: string },
  ): Promise<void> {
    return this.#store.appendToTurn(id, added);
  }

  finishTurn(id: string, outcome: TurnOutcome): Promise<void> {
    return this.#store.finishTurn(id, outcome);
  }

  deleteTurn(id: string): Promise<void> {
    return this.#store.deleteTurn(id);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
