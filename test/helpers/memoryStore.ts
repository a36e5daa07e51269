import type {
  ConversationStore,
  ConversationSummary,
  StoredTurn,
  TurnOutcome,
} from '../../src/engine/ports';

/** Conversations in memory, with a journal of the calls: for units that only need something to keep turns. */
export class MemoryStore implements ConversationStore {
  readonly conversations = new Map<string, ConversationSummary>();
  readonly turns = new Map<string, StoredTurn>();
  readonly calls: string[] = [];
  /** When set, every call rejects with it. */
  fault: Error | undefined;

  async createConversation(conversation: ConversationSummary): Promise<void> {
    this.#called('createConversation');
    if (!this.conversations.has(conversation.id)) {
      this.conversations.set(conversation.id, conversation);
    }
  }

  async renameConversation(id: string, title: string): Promise<void> {
    this.#called('renameConversation');
    const conversation = this.conversations.get(id);
    if (conversation) this.conversations.set(id, { ...conversation, title });
  }

  async listConversations(filter: {
    readonly workspace?: string;
    readonly limit: number;
  }): Promise<ConversationSummary[]> {
    this.#called('listConversations');
    return [...this.conversations.values()].toReversed().slice(0, filter.limit);
  }

  async getConversation(id: string) {
    this.#called('getConversation');
    const conversation = this.conversations.get(id);
    if (!conversation) return undefined;
    const turns = [...this.turns.values()].filter((turn) => turn.conversationId === id);
    return { conversation, turns: turns.sort((a, b) => a.ordinal - b.ordinal) };
  }

  async deleteConversation(id: string): Promise<void> {
    this.#called('deleteConversation');
    this.conversations.delete(id);
    for (const turn of this.turns.values()) {
      if (turn.conversationId === id) this.turns.delete(turn.id);
    }
  }

  async deleteEverything(): Promise<void> {
    this.#called('deleteEverything');
    this.conversations.clear();
    this.turns.clear();
  }

  async insertTurn(turn: StoredTurn): Promise<void> {
    this.#called('insertTurn');
    if (!this.conversations.has(turn.conversationId)) throw new Error('missing: the chat');
    this.turns.set(turn.id, turn);
  }

  async appendToTurn(
    id: string,
    added: { readonly text: string; readonly thinking: string },
  ): Promise<void> {
    this.#called('appendToTurn');
    const turn = this.turns.get(id);
    if (!turn) return;
    this.turns.set(id, {
      ...turn,
      state: 'streaming',
      text: turn.text + added.text,
      thinking: turn.thinking + added.thinking,
    });
  }

  async finishTurn(id: string, outcome: TurnOutcome): Promise<void> {
    this.#called('finishTurn');
    const turn = this.turns.get(id);
    if (turn) this.turns.set(id, { ...turn, ...outcome });
  }

  async deleteTurn(id: string): Promise<void> {
    this.#called('deleteTurn');
    this.turns.delete(id);
  }

  async close(): Promise<void> {
    this.#called('close');
  }

  #called(name: string): void {
    this.calls.push(name);
    if (this.fault) throw this.fault;
  }
}
