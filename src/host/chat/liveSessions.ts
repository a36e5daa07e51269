import { Disposable, toDisposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { ChatSession } from './chatSession';
import type { Turn } from './turn';

/** A conversation that stays there until this is disposed. */
export interface HeldSession extends DisposableLike {
  readonly session: ChatSession;
}

/** One of them, and who keeps it there. */
export interface LiveSession {
  readonly session: ChatSession;
  readonly holders: Set<object>;
  /** Counts changes made here. */
  revision: number;
  /** Another window wrote something since it was read. */
  isBehind: boolean;
}

/**
 * The conversations of this window that are shown somewhere or have an answer coming, each once, whatever shows it. One that nobody
 * shows goes on until its end and is then let go; one that is written down nowhere stays as long as the window.
 */
export class LiveSessions extends Disposable {
  readonly #read: (id: string) => Promise<ChatSession | undefined>;
  readonly #live = new Map<string, LiveSession>();
  readonly #loading = new Map<string, Promise<ChatSession | undefined>>();
  /** Last writes of those that were let go: until then the store has not all of them. */
  readonly #settling = new Map<string, Promise<void>>();
  readonly #renamed = this._register(new Emitter<void>());
  readonly #activityChanged = this._register(new Emitter<void>());
  readonly #ended = this._register(new Emitter<{ session: ChatSession; turn: Turn }>());

  /** One has another title. */
  readonly onRename = this.#renamed.event;
  /** One began or ended something. */
  readonly onActivity = this.#activityChanged.event;
  /** A turn of one has its end; the session is still busy with it. */
  readonly onEnd = this.#ended.event;

  /** `read`: from the store; `undefined` when it is not there, or not wanted any more. */
  constructor(read: (id: string) => Promise<ChatSession | undefined>) {
    super();
    this.#read = read;
  }

  get all(): readonly LiveSession[] {
    return [...this.#live.values()];
  }

  get(id: string): LiveSession | undefined {
    return this.#live.get(id);
  }

  add(session: ChatSession): ChatSession {
    const live: LiveSession = { session, holders: new Set(), revision: 0, isBehind: false };
    this.#live.set(session.id, live);
    session.onReplaced(() => (live.revision += 1));
    session.onChange((change) => {
      live.revision += 1;
      if (change.kind !== 'session') return;
      if (change.session.title !== undefined) this.#renamed.fire();
      if (change.session.busy === undefined) return;
      this.#activityChanged.fire();
      this.#letGo(live);
    });
    session.onEnd((turn) => this.#ended.fire({ session, turn }));
    return session;
  }

  /** The conversation, held until the result is disposed; `undefined` when it is not there any more. Rejects when the store does. */
  async open(id: string): Promise<HeldSession | undefined> {
    const session = this.get(id)?.session ?? (await this.#load(id));
    return session && { session, ...this.hold(session) };
  }

  /** Keeps it there until the result is disposed. */
  hold(session: ChatSession): DisposableLike {
    const holder = {};
    this.get(session.id)?.holders.add(holder);
    return toDisposable(() => {
      const live = this.get(session.id);
      if (live?.holders.delete(holder) === true) this.#letGo(live);
    });
  }

  /** It is no longer among them; whoever calls disposes of it. */
  remove(id: string): void {
    this.#live.delete(id);
  }

  putBack(live: LiveSession): void {
    this.#live.set(live.session.id, live);
  }

  override dispose(): void {
    for (const { session } of this.all) session.dispose();
    this.#live.clear();
    super.dispose();
  }

  #load(id: string): Promise<ChatSession | undefined> {
    const loading =
      this.#loading.get(id) ?? this.#readNew(id).finally(() => this.#loading.delete(id));
    this.#loading.set(id, loading);
    return loading;
  }

  async #readNew(id: string): Promise<ChatSession | undefined> {
    await this.#settling.get(id);
    const session = await this.#read(id);
    return session && this.add(session);
  }

  /** Out of sight and at its end: its last write is under way and needs the session no more. */
  #letGo({ session, holders }: LiveSession): void {
    const isNeeded = holders.size > 0 || session.busy || (!session.isKept && !session.isEmpty);
    if (isNeeded || this.get(session.id)?.session !== session) return;
    const { id } = session;
    this.remove(id);
    const settled = session.idle().finally(() => {
      if (this.#settling.get(id) === settled) this.#settling.delete(id);
    });
    this.#settling.set(id, settled);
    session.dispose();
  }
}
