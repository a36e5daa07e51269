import type { Clock } from '../../src/base/clock';
import { systemClock } from '../../src/base/clock';
import type {
  ConversationFilter,
  ConversationPatch,
  ConversationStore,
  ConversationSummary,
  Feedback,
  SearchHit,
  StoredTurn,
  TurnOutcome,
} from '../../src/engine/ports';
import { bestPlace } from '../../src/store/searchPlaces';
import type { Place } from '../../src/store/searchPlaces';
import { parseQuery } from '../../src/store/searchQuery';
import type { QueryUnit } from '../../src/store/searchQuery';
import { storeErrors } from '../../src/store/storeError';

interface Deleted {
  readonly conversation: ConversationSummary;
  readonly turns: readonly StoredTurn[];
  readonly at: number;
}

const UNDO_MS = 60_000;

/**
 * The store's contract in memory, with a journal of the calls: for units that need something to keep turns. Where the store on disk
 * rejects with a `StoreError`, so does this one.
 */
export class MemoryStore implements ConversationStore {
  /** Without those that are deleted, even if that can still be taken back. */
  readonly conversations = new Map<string, ConversationSummary>();
  readonly turns = new Map<string, StoredTurn>();
  readonly deleted = new Map<string, Deleted>();
  readonly calls: string[] = [];
  /** When set, every call rejects with it. */
  fault: Error | undefined;
  readonly #clock: Clock;
  #changes = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async createConversation(conversation: ConversationSummary): Promise<void> {
    this.#called('createConversation');
    if (this.deleted.has(conversation.id)) this.#putBack(conversation.id);
    if (this.#isTaken(conversation.id)) return;
    this.conversations.set(conversation.id, conversation);
    this.#changes++;
  }

  async updateConversation(id: string, patch: ConversationPatch): Promise<void> {
    this.#called('updateConversation');
    this.conversations.set(id, { ...this.#conversation(id), ...patch });
    this.#changes++;
  }

  async listConversations({ workspace, limit }: ConversationFilter) {
    this.#called('listConversations');
    return this.#of(workspace)
      .sort((a, b) => Number(b.pinned) - Number(a.pinned) || b.updatedAt - a.updatedAt)
      .slice(0, limit);
  }

  async searchConversations(query: string, { workspace, limit }: ConversationFilter) {
    this.#called('searchConversations');
    const units = parseQuery(query);
    return this.#of(workspace)
      .sort((a, b) => b.updatedAt - a.updatedAt)
      .flatMap((conversation) => {
        const hit = this.#hitIn(conversation, units);
        return hit ? [hit] : [];
      })
      .sort((a, b) => b.rank - a.rank)
      .slice(0, limit)
      .map(({ hit }) => hit);
  }

  async getConversation(id: string) {
    this.#called('getConversation');
    const conversation = this.conversations.get(id);
    return conversation && { conversation, turns: this.#turnsOf(id) };
  }

  async deleteConversation(id: string): Promise<void> {
    this.#called('deleteConversation');
    const conversation = this.conversations.get(id);
    if (!conversation) return;
    const turns = this.#turnsOf(id);
    this.deleted.set(id, { conversation, turns, at: this.#clock.wallNow() });
    this.conversations.delete(id);
    for (const turn of turns) this.turns.delete(turn.id);
    this.#changes++;
  }

  async restoreConversation(id: string): Promise<boolean> {
    this.#called('restoreConversation');
    if (this.deleted.has(id)) this.#putBack(id);
    return this.conversations.has(id);
  }

  async purgeDeleted(id?: string): Promise<void> {
    this.#called('purgeDeleted');
    if (id === undefined) this.deleted.clear();
    else this.deleted.delete(id);
  }

  async deleteEverything(): Promise<void> {
    this.#called('deleteEverything');
    this.conversations.clear();
    this.turns.clear();
    this.deleted.clear();
    this.#changes++;
  }

  async importConversation(
    conversation: ConversationSummary,
    turns: readonly StoredTurn[],
  ): Promise<string> {
    this.#called('importConversation');
    const conversationId = this.#freeId(conversation.id);
    const ids = new Map(turns.map(({ id }) => [id, this.#freeId(id)]));
    if (ids.size < turns.length) throw storeErrors.invalid('two messages have the same id');
    const newId = (id: string | undefined): string | undefined =>
      id === undefined ? undefined : ids.get(id);
    const { head, compaction } = conversation;
    const through = newId(compaction?.throughTurnId);
    this.conversations.set(conversationId, {
      ...conversation,
      id: conversationId,
      head: newId(head),
      compaction:
        compaction && through !== undefined ? { ...compaction, throughTurnId: through } : undefined,
    });
    const ordered = turns.toSorted((a, b) => a.ordinal - b.ordinal);
    for (const [ordinal, turn] of ordered.entries()) {
      const id = ids.get(turn.id) ?? turn.id;
      const state = isRunning(turn) ? 'interrupted' : turn.state;
      const parentId = newId(turn.parentId);
      this.turns.set(id, { ...turn, id, conversationId, ordinal, parentId, state });
    }
    this.#changes++;
    return conversationId;
  }

  async insertTurn(turn: StoredTurn): Promise<void> {
    this.#called('insertTurn');
    this.#conversation(turn.conversationId);
    const there = this.turns.get(turn.id);
    if (there?.prompt === turn.prompt && there.conversationId === turn.conversationId) return;
    if (there) throw storeErrors.invalid('another turn has this id');
    const ordinals = this.#turnsOf(turn.conversationId).map(({ ordinal }) => ordinal);
    const ordinal = ordinals.includes(turn.ordinal) ? Math.max(...ordinals) + 1 : turn.ordinal;
    this.turns.set(turn.id, { ...turn, ordinal });
    this.#touch(turn.conversationId, turn.createdAt);
  }

  async appendToTurn(
    id: string,
    added: { readonly text: string; readonly thinking: string },
  ): Promise<void> {
    this.#called('appendToTurn');
    const turn = this.#turn(id);
    this.#setTurn({
      ...turn,
      state: 'streaming',
      text: turn.text + added.text,
      thinking: turn.thinking + added.thinking,
    });
  }

  async finishTurn(id: string, outcome: TurnOutcome): Promise<void> {
    this.#called('finishTurn');
    const turn = this.#turn(id);
    this.#setTurn({ ...turn, ...outcome });
    this.#touch(turn.conversationId, this.#clock.wallNow());
  }

  async setFeedback(turnId: string, feedback: Feedback | undefined): Promise<void> {
    this.#called('setFeedback');
    this.#setTurn({ ...this.#turn(turnId), feedback });
  }

  async deleteTurn(id: string): Promise<void> {
    this.#called('deleteTurn');
    const turn = this.turns.get(id);
    if (!turn) return;
    const gone = new Set([id]);
    // What follows a turn was asked after it.
    for (const next of this.#turnsOf(turn.conversationId)) {
      if (next.parentId !== undefined && gone.has(next.parentId)) gone.add(next.id);
    }
    for (const each of gone) this.turns.delete(each);
    const conversation = this.conversations.get(turn.conversationId);
    if (conversation) this.conversations.set(conversation.id, without(gone, conversation));
    this.#changes++;
  }

  async changeCount(): Promise<number> {
    this.#called('changeCount');
    return this.#changes;
  }

  async close(): Promise<void> {
    this.#called('close');
    for (const turn of this.turns.values()) {
      if (isRunning(turn)) this.turns.set(turn.id, { ...turn, state: 'interrupted' });
    }
  }

  #called(name: string): void {
    this.calls.push(name);
    if (this.fault) throw this.fault;
    const overdue = this.#clock.wallNow() - UNDO_MS;
    for (const [id, { at }] of this.deleted) if (at < overdue) this.deleted.delete(id);
  }

  #of(workspace: string | undefined): ConversationSummary[] {
    const all = [...this.conversations.values()].toReversed();
    return workspace === undefined ? all : all.filter((one) => one.workspace === workspace);
  }

  /** One place for each conversation: the title before any turn, then where the words stand closest together, the newest of such. */
  #hitIn(conversation: ConversationSummary, units: readonly QueryUnit[]) {
    const title = bestPlace([conversation.title], units);
    const hit = ({ excerpt }: Place, turnId: string | undefined): SearchHit => ({
      conversation,
      turnId,
      excerpt: excerpt.text,
      matches: excerpt.matches,
    });
    if (title) return { hit: hit(title, undefined), rank: 2 };
    let best: { readonly hit: SearchHit; readonly rank: number } | undefined;
    for (const turn of this.#turnsOf(conversation.id).toReversed()) {
      const place = bestPlace(textsOf(turn), units);
      if (place && place.closeness > (best?.rank ?? 0)) {
        best = { hit: hit(place, turn.id), rank: place.closeness };
      }
    }
    return best;
  }

  #putBack(id: string): void {
    const found = this.deleted.get(id);
    if (!found) return;
    this.deleted.delete(id);
    this.conversations.set(id, found.conversation);
    for (const turn of found.turns) this.turns.set(turn.id, turn);
    this.#changes++;
  }

  #turnsOf(conversationId: string): StoredTurn[] {
    return [...this.turns.values()]
      .filter((turn) => turn.conversationId === conversationId)
      .sort((a, b) => a.ordinal - b.ordinal);
  }

  #conversation(id: string): ConversationSummary {
    const found = this.conversations.get(id);
    if (!found) throw storeErrors.missing('chat');
    return found;
  }

  /** Also one of a conversation whose deletion can be taken back: an answer that arrives meanwhile is not lost. */
  #turn(id: string): StoredTurn {
    const kept = [...this.deleted.values()].flatMap(({ turns }) => turns);
    const found = this.turns.get(id) ?? kept.find((turn) => turn.id === id);
    if (!found) throw storeErrors.missing('message');
    return found;
  }

  #setTurn(turn: StoredTurn): void {
    this.#changes++;
    const deleted = this.deleted.get(turn.conversationId);
    if (!deleted) {
      this.turns.set(turn.id, turn);
      return;
    }
    const turns = deleted.turns.map((each) => (each.id === turn.id ? turn : each));
    this.deleted.set(turn.conversationId, { ...deleted, turns });
  }

  #touch(conversationId: string, at: number): void {
    this.#changes++;
    const found = this.conversations.get(conversationId);
    if (!found) return;
    this.conversations.set(found.id, { ...found, updatedAt: Math.max(found.updatedAt, at) });
  }

  #isTaken(id: string): boolean {
    return (
      this.conversations.has(id) ||
      this.turns.has(id) ||
      [...this.deleted.values()].some(
        ({ conversation, turns }) => conversation.id === id || turns.some((turn) => turn.id === id),
      )
    );
  }

  #freeId(id: string): string {
    let free = id;
    for (let n = 2; this.#isTaken(free); n++) free = `${id}-${n}`;
    return free;
  }
}

function isRunning({ state }: StoredTurn): boolean {
  return state === 'waiting' || state === 'streaming';
}

/** The same rule as on disk: nothing refers to what is gone, and no summary of it stays. */
function without(
  gone: ReadonlySet<string>,
  conversation: ConversationSummary,
): ConversationSummary {
  const { head, compaction } = conversation;
  return {
    ...conversation,
    head: head !== undefined && gone.has(head) ? undefined : head,
    compaction: compaction && gone.has(compaction.throughTurnId) ? undefined : compaction,
  };
}

function textsOf({ prompt, text, attachments }: StoredTurn): string[] {
  const attached = attachments.map(({ label, content }) =>
    [label, ...content.map((block) => (block.type === 'text' ? String(block.text) : ''))].join(
      '\n',
    ),
  );
  return [prompt, text, ...attached];
}
