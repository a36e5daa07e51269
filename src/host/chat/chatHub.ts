import { toDisposable, Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { ConversationStore, ConversationSummary } from '../../engine/ports';
import type { WholeConversation } from '../history/historyFormat';
import { ChatSession } from './chatSession';
import type { ChatSessionDeps } from './chatSession';
import type { Keeping } from './conversationRecord';
import type { LiveConversations } from './historyList';
import { HistoryWatch } from './historyWatch';
import { LiveSessions } from './liveSessions';
import type { HeldSession, LiveSession } from './liveSessions';
import type { SmallJobs } from './smallJobs';
import { TitleMaker } from './titleMaker';
import { fromStored, toStored } from './turn';
import type { Turn } from './turn';
import { Undoables } from './undoables';
import type { Undoable } from './undoables';

export interface ChatHubDeps extends ChatSessionDeps {
  readonly openStore: () => Promise<ConversationStore>;
  readonly jobs: Pick<SmallJobs, 'summary' | 'title'>;
  /** Whether titles are made by the fast model. */
  readonly makesTitles: () => boolean;
  /** Folder or workspace file that new conversations belong to. */
  readonly workspace: string | undefined;
  /** Something that nobody waits for did not work. */
  readonly onFault: (error: unknown) => void;
}

/** Whoever shows conversations. */
export interface Holder {
  /** Whether the user sees this conversation there now. */
  sees(conversationId: string): boolean;
}

/** What the panes of this window share: the conversations that are there, what of them nobody has seen, and what is done to any one. */
export class ChatHub extends Disposable implements LiveConversations {
  readonly #deps: ChatHubDeps;
  readonly #live = this._register(new LiveSessions((id) => this.#read(id)));
  readonly #panes = new Set<Holder>();
  readonly #unread = new Set<string>();
  readonly #listChanged = this._register(new Emitter<void>());
  readonly #activityChanged = this._register(new Emitter<void>());
  readonly #deleted = this._register(new Emitter<string>());
  readonly #titles: TitleMaker;
  readonly #watch: HistoryWatch;
  readonly undoables: Undoables;

  /** A list of conversations is no longer right. */
  readonly onListChange = this.#listChanged.event;
  /** Something began, ended, or was seen: `isRunning`, `isUnread` and `unread` are others. */
  readonly onActivity = this.#activityChanged.event;
  /** This conversation is gone, for now at least: whoever shows it shows another. */
  readonly onDeleted = this.#deleted.event;

  constructor(deps: ChatHubDeps) {
    super();
    this.#deps = deps;
    this._register(this.#live.onRename(() => this.#listChanged.fire()));
    this._register(this.#live.onActivity(() => this.#changed()));
    this._register(this.#live.onEnd(({ session, turn }) => this.#ended(session, turn)));
    this.undoables = this._register(new Undoables(deps.clock, deps.newId));
    this.#titles = this._register(
      new TitleMaker({
        jobs: deps.jobs,
        isOn: deps.makesTitles,
        onFault: deps.onFault,
        hold: (session) => this.hold(session),
        isThere: (session) => this.find(session.id) === session,
      }),
    );
    this.#watch = this._register(
      new HistoryWatch({
        clock: deps.clock,
        openStore: deps.openStore,
        changed: (isCounted) => this.#followStore(isCounted),
        isRestless: () =>
          this.#idleShown().some(
            (live) => live.session.comesElsewhere || (live.isBehind && this.#isSeen(live)),
          ),
      }),
    );
  }

  /** Conversations with an answer that nobody has seen. */
  get unread(): ReadonlySet<string> {
    return this.#unread;
  }

  /** Who listens to any of its events. */
  get listenerCount(): number {
    const emitters = [this.#listChanged, this.#activityChanged, this.#deleted];
    return emitters.reduce((sum, { listenerCount }) => sum + listenerCount, 0);
  }

  get isAnyRunning(): boolean {
    return this.#live.all.some(({ session }) => session.busy);
  }

  get summaries(): readonly ConversationSummary[] {
    return this.#live.all
      .filter(({ session }) => !session.isEmpty)
      .map(({ session }) => session.conversation);
  }

  isRunning(id: string): boolean {
    return this.find(id)?.busy === true;
  }

  isUnread(id: string): boolean {
    return this.#unread.has(id);
  }

  find(id: string): ChatSession | undefined {
    return this.#live.get(id)?.session;
  }

  /** A pane comes; what it sees is not unread, and while one is there that sees something the history is watched. */
  join(pane: Holder): DisposableLike {
    this.#panes.add(pane);
    return toDisposable(() => {
      this.#panes.delete(pane);
      this.seen();
    });
  }

  /** What panes show, or whether they are in sight, is another. */
  seen(): void {
    const seen = this.#live.all.filter((live) => this.#isSeen(live));
    const isChanged = seen.filter(({ session }) => this.#unread.delete(session.id)).length > 0;
    if (seen.some(({ isBehind }) => isBehind)) void this.#quietly(() => this.#catchUp());
    this.#watch.isWanted = seen.length > 0;
    if (!isChanged) return;
    this.#activityChanged.fire();
    this.#listChanged.fire();
  }

  /** An empty conversation. */
  begin(keeping: Exclude<Keeping, 'stored'>): ChatSession {
    const now = this.#deps.clock.wallNow();
    const conversation: ConversationSummary = {
      id: this.#deps.newId(),
      title: '',
      titleFrom: 'prompt',
      pinned: false,
      head: undefined,
      compaction: undefined,
      workspace: this.#deps.workspace,
      createdAt: now,
      updatedAt: now,
    };
    return this.#live.add(new ChatSession(conversation, [], keeping, this.#deps));
  }

  /** The conversation, held until the result is disposed; `undefined` when it is not there any more. Rejects when the store does. */
  open(id: string): Promise<HeldSession | undefined> {
    return this.#live.open(id);
  }

  /** Keeps it there until the result is disposed. */
  hold(session: ChatSession): DisposableLike {
    return this.#live.hold(session);
  }

  /** All of a conversation as it is now; `undefined` when it is not there any more. Rejects when the store does. */
  async whole(id: string): Promise<WholeConversation | undefined> {
    const session = this.find(id);
    if (session && (session.busy || !session.isKept)) {
      const turns = session.turns.map((turn) => toStored(turn, id));
      return { conversation: session.conversation, turns };
    }
    await session?.idle();
    return (await this.#deps.openStore()).getConversation(id);
  }

  async rename(id: string, title: string): Promise<void> {
    const session = this.find(id);
    if (session) session.rename(title, 'user');
    else await (await this.#deps.openStore()).updateConversation(id, { title, titleFrom: 'user' });
    await session?.idle();
    this.#listChanged.fire();
  }

  async pin(id: string, pinned: boolean): Promise<void> {
    const session = this.find(id);
    if (session) session.pin(pinned);
    else await (await this.#deps.openStore()).updateConversation(id, { pinned });
    await session?.idle();
    this.#listChanged.fire();
  }

  /** Takes a conversation out of sight, in every pane; for good with `commit`. Rejects when the store does. */
  async delete(id: string): Promise<Omit<Undoable, 'text'>> {
    const live = this.#live.get(id);
    live?.session.stop();
    await live?.session.idle();
    this.#live.remove(id);
    this.#unread.delete(id);
    this.#deleted.fire(id);
    if (live?.session.isKept === false) return this.#deleteTemporary(live);
    live?.session.dispose();
    const store = await this.#deps.openStore();
    await store.deleteConversation(id);
    this.#changed();
    return {
      commit: () => this.#quietly(() => this.#purge(id)),
      undo: () =>
        this.#quietly(async () => {
          const isBack = await store.restoreConversation(id);
          if (!isBack) this.#deps.tell(this.#deps.translate('This chat is deleted for good.'));
          this.#changed();
        }),
    };
  }

  /** All conversations of all windows, for good. Rejects when the store does. */
  async deleteEverything(): Promise<void> {
    const all = this.#live.all.map(({ session }) => session);
    for (const session of all) session.stop();
    await Promise.all(all.map((session) => session.idle()));
    for (const { id } of all) this.#live.remove(id);
    this.#unread.clear();
    for (const { id } of all) this.#deleted.fire(id);
    for (const session of all) session.dispose();
    const store = await this.#deps.openStore();
    await store.deleteEverything();
    this.#changed();
  }

  /** Conversations came into the store by another way. */
  imported(): void {
    this.#changed();
  }

  /** Ends what runs as interrupted and makes deletions final; resolves when that is on disk. */
  async close(): Promise<void> {
    const all = this.#live.all.map(({ session }) => session);
    await Promise.all([...all.map((session) => session.close()), this.undoables.commitAll()]);
    this.dispose();
  }

  async #read(id: string): Promise<ChatSession | undefined> {
    const store = await this.#deps.openStore();
    const found = await store.getConversation(id);
    if (!found || this.isDisposed) return undefined;
    const turns = found.turns.map((stored) => fromStored(stored));
    return new ChatSession(found.conversation, turns, 'stored', this.#deps);
  }

  #ended(session: ChatSession, turn: Turn): void {
    const isNews = turn.phase.kind === 'done' || turn.phase.kind === 'failed';
    if (isNews && !this.#isSeen({ session })) this.#unread.add(session.id);
    void this.#titles.ended(session, turn);
  }

  #deleteTemporary(live: LiveSession): Omit<Undoable, 'text'> {
    const { session } = live;
    this.#changed();
    return {
      commit: () => {
        session.dispose();
        return Promise.resolve();
      },
      undo: () => {
        this.#live.putBack(live);
        this.#changed();
      },
    };
  }

  async #purge(id: string): Promise<void> {
    this.#deps.rememberWaiting(id, [], true);
    await (await this.#deps.openStore()).purgeDeleted(id);
  }

  async #quietly(job: () => Promise<void>): Promise<void> {
    try {
      await job();
    } catch (error) {
      this.#deps.onFault(error);
    }
  }

  #changed(): void {
    this.#activityChanged.fire();
    this.#listChanged.fire();
  }

  #idleShown(): LiveSession[] {
    return this.#live.all.filter(
      ({ session, holders }) =>
        holders.size > 0 && session.isKept && !session.busy && !session.isEmpty,
    );
  }

  /** Another window wrote something, or may have. */
  async #followStore(isCounted: boolean): Promise<void> {
    if (isCounted) this.#listChanged.fire();
    for (const live of this.#idleShown()) live.isBehind = true;
    await this.#catchUp();
  }

  /** Reads what others wrote into those that are seen; the rest when they are. Rejects when the store does, and what is not read stays behind. */
  async #catchUp(): Promise<void> {
    for (const live of this.#idleShown()) {
      if (live.isBehind && this.#isSeen(live)) await this.#follow(live);
    }
  }

  async #follow(live: LiveSession): Promise<void> {
    const { session, revision } = live;
    live.isBehind = false;
    try {
      await session.idle();
      const found = await (await this.#deps.openStore()).getConversation(session.id);
      // What was changed here meanwhile is newer than what was read.
      if (found && live.revision === revision) session.follow(found.conversation, found.turns);
    } catch (error) {
      live.isBehind = true;
      throw error;
    }
  }

  #isSeen({ session }: Pick<LiveSession, 'session'>): boolean {
    return [...this.#panes].some((pane) => pane.sees(session.id));
  }
}
