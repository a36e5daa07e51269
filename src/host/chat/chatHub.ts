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

/** A conversation that stays there until this is disposed. */
export interface HeldSession extends DisposableLike {
  readonly session: ChatSession;
}

interface Live {
  readonly session: ChatSession;
  readonly holders: Set<object>;
  /** Counts changes made here. */
  revision: number;
}

/**
 * The conversations of this window that are shown somewhere or have an answer coming, each once, whatever shows it. One that nobody
 * shows goes on until its end and is then let go; one that is written down nowhere stays as long as the window.
 */
export class ChatHub extends Disposable implements LiveConversations {
  readonly #deps: ChatHubDeps;
  readonly #live = new Map<string, Live>();
  readonly #loading = new Map<string, Promise<ChatSession | undefined>>();
  /** Last writes of those that were let go: until then the store has not all of them. */
  readonly #settling = new Map<string, Promise<void>>();
  readonly #panes = new Set<Holder>();
  readonly #unread = new Set<string>();
  /** Those that were out of sight when another window wrote something. */
  readonly #behind = new Set<string>();
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
        isRestless: () => this.#idleShown().some(({ session }) => session.comesElsewhere),
      }),
    );
  }

  /** Conversations with an answer that nobody has seen. */
  get unread(): ReadonlySet<string> {
    return this.#unread;
  }

  get isAnyRunning(): boolean {
    return [...this.#live.values()].some(({ session }) => session.busy);
  }

  get summaries(): readonly ConversationSummary[] {
    return [...this.#live.values()]
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
    let isAny = false;
    let isChanged = false;
    for (const pane of this.#panes) {
      for (const id of this.#live.keys()) {
        if (!pane.sees(id)) continue;
        isAny = true;
        isChanged = this.#unread.delete(id) || isChanged;
        if (this.#behind.delete(id)) void this.#quietly(() => this.#follow(id));
      }
    }
    this.#watch.isWanted = isAny;
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
    return this.#adopt(new ChatSession(conversation, [], keeping, this.#deps));
  }

  /** The conversation, held until the result is disposed; `undefined` when it is not there any more. Rejects when the store does. */
  async open(id: string): Promise<HeldSession | undefined> {
    const session = this.find(id) ?? (await this.#load(id));
    return session && { session, ...this.hold(session) };
  }

  /** Keeps it there until the result is disposed. */
  hold(session: ChatSession): DisposableLike {
    const holder = {};
    this.#live.get(session.id)?.holders.add(holder);
    return toDisposable(() => {
      const live = this.#live.get(session.id);
      if (live?.holders.delete(holder) === true) this.#letGo(live);
    });
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
    this.#live.delete(id);
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
    const all = [...this.#live.values()].map(({ session }) => session);
    for (const session of all) session.stop();
    await Promise.all(all.map((session) => session.idle()));
    this.#live.clear();
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
    const all = [...this.#live.values()].map(({ session }) => session);
    await Promise.all([...all.map((session) => session.close()), this.undoables.commitAll()]);
    this.dispose();
  }

  override dispose(): void {
    for (const { session } of this.#live.values()) session.dispose();
    this.#live.clear();
    super.dispose();
  }

  #load(id: string): Promise<ChatSession | undefined> {
    const loading = this.#loading.get(id) ?? this.#read(id).finally(() => this.#loading.delete(id));
    this.#loading.set(id, loading);
    return loading;
  }

  async #read(id: string): Promise<ChatSession | undefined> {
    await this.#settling.get(id);
    const store = await this.#deps.openStore();
    const found = await store.getConversation(id);
    if (!found || this.isDisposed) return undefined;
    const turns = found.turns.map((stored) => fromStored(stored));
    return this.#adopt(new ChatSession(found.conversation, turns, 'stored', this.#deps));
  }

  #adopt(session: ChatSession): ChatSession {
    const live: Live = { session, holders: new Set(), revision: 0 };
    this.#live.set(session.id, live);
    session.onReplaced(() => (live.revision += 1));
    session.onChange((change) => {
      live.revision += 1;
      if (change.kind !== 'session') return;
      if (change.session.title !== undefined) this.#listChanged.fire();
      if (change.session.busy === undefined) return;
      this.#changed();
      this.#letGo(live);
    });
    session.onEnd((turn) => this.#ended(session, turn));
    return session;
  }

  #ended(session: ChatSession, turn: Turn): void {
    const isNews = turn.phase.kind === 'done' || turn.phase.kind === 'failed';
    if (isNews && !this.#isSeen(session.id)) this.#unread.add(session.id);
    void this.#titles.ended(session, turn);
  }

  /** Out of sight and at its end: its last write is under way and needs the session no more. */
  #letGo({ session, holders }: Live): void {
    const isNeeded = holders.size > 0 || session.busy || (!session.isKept && !session.isEmpty);
    if (isNeeded || this.#live.get(session.id)?.session !== session) return;
    const { id } = session;
    this.#live.delete(id);
    this.#behind.delete(id);
    const settled = session.idle().finally(() => {
      if (this.#settling.get(id) === settled) this.#settling.delete(id);
    });
    this.#settling.set(id, settled);
    session.dispose();
  }

  #deleteTemporary(live: Live): Omit<Undoable, 'text'> {
    const { session } = live;
    this.#changed();
    return {
      commit: () => {
        session.dispose();
        return Promise.resolve();
      },
      undo: () => {
        this.#live.set(session.id, live);
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

  #idleShown(): Live[] {
    return [...this.#live.values()].filter(
      ({ session, holders }) =>
        holders.size > 0 && session.isKept && !session.busy && !session.isEmpty,
    );
  }

  /** Another window wrote something, or may have. */
  async #followStore(isCounted: boolean): Promise<void> {
    if (isCounted) this.#listChanged.fire();
    for (const { session } of this.#idleShown()) {
      if (this.#isSeen(session.id)) await this.#follow(session.id);
      else this.#behind.add(session.id);
    }
  }

  async #follow(id: string): Promise<void> {
    const live = this.#live.get(id);
    if (!live) return;
    const { session, revision } = live;
    await session.idle();
    const found = await (await this.#deps.openStore()).getConversation(id);
    // What was changed here meanwhile is newer than what was read.
    if (found && live.revision === revision) session.follow(found.conversation, found.turns);
  }

  #isSeen(id: string): boolean {
    return [...this.#panes].some((pane) => pane.sees(id));
  }
}
