import { sleep } from '../../base/abort';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { ConversationSummary } from '../../engine/ports';
import type { Change, SessionView, TurnView } from '../../protocol/chat';
import type { Event } from '../../base/event';
import { ChatSession } from './chatSession';
import type { ChatSessionDeps } from './chatSession';
import type { FrameSource } from './frameChannel';
import { fromStored } from './turn';
import type { TurnTarget } from './turnRun';

/** What the panel shows of the world around the conversation. */
export type EnvironmentView = Pick<
  SessionView,
  'endpoint' | 'model' | 'models' | 'efforts' | 'effort' | 'setup'
>;

export interface ChatEnvironment {
  readonly onChange: Event<void>;
  view(): EnvironmentView;
  /** What a question asked now goes to. */
  target(): TurnTarget;
  /** A question is being written: opens a connection for it. Never rejects, costs nothing. */
  warm(): void;
}

/** What this workspace remembers between windows, beside the store. Writing never rejects. */
export interface ChatMemory {
  conversationId(): string | undefined;
  rememberConversation(id: string): void;
  draft(): string;
  rememberDraft(text: string): void;
}

export interface ChatControllerDeps extends ChatSessionDeps {
  readonly environment: ChatEnvironment;
  readonly memory: ChatMemory;
  /** Folder or workspace file that new conversations belong to. */
  readonly workspace: string | undefined;
}

/** An empty panel is shown after this, ms; the conversation replaces it when the store has answered. */
const RESTORE_PATIENCE_MS = 3_000;

/**
 * The conversation that is shown, in however many views, and the way to another. A conversation that is left while its reply
 * still comes goes on out of sight and is saved as any other.
 */
export class ChatController extends Disposable implements FrameSource {
  readonly #deps: ChatControllerDeps;
  readonly #onChange = this._register(new Emitter<Change>());
  readonly #onReplaced = this._register(new Emitter<void>());
  /** Those with a running turn, the shown one or not. */
  readonly #busy = new Map<string, ChatSession>();
  #current: ChatSession;
  #restored: Promise<void> | undefined;

  readonly onChange = this.#onChange.event;
  readonly onReplaced = this.#onReplaced.event;

  constructor(deps: ChatControllerDeps) {
    super();
    this.#deps = deps;
    this.#current = this.#newSession();
    this._register(
      deps.environment.onChange(() =>
        this.#onChange.fire({ kind: 'session', session: deps.environment.view() }),
      ),
    );
  }

  get busy(): boolean {
    return this.#current.busy;
  }

  get conversationId(): string {
    return this.#current.id;
  }

  snapshot(): { readonly session: SessionView; readonly turns: TurnView[] } {
    const { id, title, busy } = this.#current;
    return {
      session: {
        conversationId: id,
        title,
        busy,
        draft: this.#deps.memory.draft(),
        ...this.#deps.environment.view(),
      },
      turns: this.#current.views(),
    };
  }

  /** Brings back the conversation of this workspace, once. Never rejects: without it a new one is there. */
  restore(): Promise<void> {
    this.#restored ??= this.#restore();
    return this.#restored;
  }

  /** Resolves when the conversation is back, or has taken so long that the panel is better shown without it for now. */
  async readyToShow(): Promise<void> {
    const waited = new AbortController();
    try {
      await Promise.race([
        this.restore(),
        sleep(RESTORE_PATIENCE_MS, waited.signal, this.#deps.clock),
      ]);
    } finally {
      waited.abort();
    }
  }

  send(prompt: string): boolean {
    const taken = this.#current.send(prompt, this.#deps.environment.target());
    if (taken) this.#asked();
    return taken;
  }

  stop(): void {
    this.#current.stop();
  }

  /** `later`: as soon as the server takes it. */
  retry(turnId: string, later = false): void {
    if (this.#current.retry(turnId, this.#deps.environment.target(), later)) this.#asked(false);
  }

  continueTurn(turnId: string): void {
    if (this.#current.continueTurn(turnId, this.#deps.environment.target())) this.#asked(false);
  }

  /** A (new) key was set: a turn that failed for want of it is sent again. */
  resendAfterNewKey(): void {
    const turnId = this.#current.turnWaitingForKey();
    if (turnId !== undefined) this.retry(turnId);
  }

  /** The user types: what the question will need is got ready. */
  rememberDraft(text: string): void {
    this.#deps.memory.rememberDraft(text);
    if (text.trim() !== '') this.#deps.environment.warm();
  }

  /** Starts an empty conversation; an empty one stays. */
  newChat(): void {
    if (!this.#current.isEmpty) this.#show(this.#newSession());
  }

  /** Shows a conversation from the store; `false` when it is not there any more. Rejects when the store does. */
  async open(id: string): Promise<boolean> {
    if (id === this.#current.id) return true;
    const session = this.#busy.get(id) ?? (await this.#load(id));
    if (!session) return false;
    this.#show(session);
    this.#deps.memory.rememberConversation(id);
    return true;
  }

  /** Newest first. Rejects when the store does. */
  async listConversations(limit: number): Promise<ConversationSummary[]> {
    const store = await this.#deps.openStore();
    return store.listConversations({ limit });
  }

  /** Deletes a conversation for good; when it is the shown one, a new one follows. Rejects when the store does. */
  async deleteConversation(id: string): Promise<void> {
    const session = id === this.#current.id ? this.#current : this.#busy.get(id);
    session?.stop();
    await session?.idle();
    if (session === this.#current) this.#show(this.#newSession());
    const store = await this.#deps.openStore();
    await store.deleteConversation(id);
  }

  /** Ends what runs as interrupted; resolves when that is on disk. */
  async close(): Promise<void> {
    await Promise.all([...new Set([this.#current, ...this.#busy.values()])].map((s) => s.close()));
    this.dispose();
  }

  override dispose(): void {
    this.#current.dispose();
    for (const session of this.#busy.values()) session.dispose();
    super.dispose();
  }

  async #restore(): Promise<void> {
    const id = this.#deps.memory.conversationId();
    if (id === undefined) return;
    try {
      const session = await this.#load(id);
      if (session && this.#current.isEmpty) this.#show(session);
      else session?.dispose();
    } catch (error) {
      this.#deps.onStoreFault(error);
    }
  }

  async #load(id: string): Promise<ChatSession | undefined> {
    const store = await this.#deps.openStore();
    const found = await store.getConversation(id);
    if (!found) return undefined;
    const turns = found.turns.map((stored) => fromStored(stored));
    return this.#follow(new ChatSession(found.conversation, turns, this.#deps));
  }

  #newSession(): ChatSession {
    const now = this.#deps.clock.wallNow();
    const conversation: ConversationSummary = {
      id: this.#deps.newId(),
      title: '',
      workspace: this.#deps.workspace,
      createdAt: now,
      updatedAt: now,
    };
    return this.#follow(new ChatSession(conversation, [], this.#deps));
  }

  #follow(session: ChatSession): ChatSession {
    session.onChange((change) => {
      if (session === this.#current) this.#onChange.fire(change);
      if (change.kind === 'session') this.#noteBusy(session);
    });
    return session;
  }

  #noteBusy(session: ChatSession): void {
    if (session.busy) {
      this.#busy.set(session.id, session);
      return;
    }
    this.#busy.delete(session.id);
    // Out of sight and at its end: its last write is under way and needs the session no more.
    if (session !== this.#current) session.dispose();
  }

  #show(session: ChatSession): void {
    const left = this.#current;
    this.#current = session;
    if (!left.busy) left.dispose();
    this.#onReplaced.fire();
  }

  #asked(fromComposer = true): void {
    if (fromComposer) this.#deps.memory.rememberDraft('');
    this.#deps.memory.rememberConversation(this.#current.id);
  }
}
