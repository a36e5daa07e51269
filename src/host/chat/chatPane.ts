import { within } from '../../base/abort';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Change, HostToChat, SessionView } from '../../protocol/chat';
import type { TurnView } from '../../protocol/turn';
import type { Holder } from './chatHub';
import type { ContextTray, PanelCommand } from './chatParts';
import type { ChatSession } from './chatSession';
import type { Keeping } from './conversationRecord';
import type { FrameSource } from './frameChannel';
import { HeldMessages } from './heldMessages';
import { PaneGauge } from './paneGauge';
import { carryOut } from './panelCommands';
import type { ChatPaneDeps, PaneLabel } from './paneDeps';
import { PaneQuestion } from './paneQuestion';
import type { Undoable } from './undoables';

/** An empty panel is shown after this, ms; the conversation replaces it when the store has answered. */
const RESTORE_PATIENCE_MS = 3_000;

/** One place where a conversation is shown and questions are written: the side bar or a tab, whether its page is there or not. */
export class ChatPane extends Disposable implements FrameSource, Holder {
  readonly #deps: ChatPaneDeps;
  readonly #onChange = this._register(new Emitter<Change>());
  readonly #onReplaced = this._register(new Emitter<void>());
  readonly #onLabel = this._register(new Emitter<void>());
  readonly #onPage = this._register(new Emitter<HostToChat>());
  readonly #gauge: PaneGauge;
  readonly tray: ContextTray;
  readonly question: PaneQuestion;
  readonly #untold = new HeldMessages();
  #session: ChatSession;
  #held: DisposableLike;
  #hearing: readonly DisposableLike[] = [];
  #draft: string;
  /** Pages of it that are in sight: one, but for a moment while one takes another's place. */
  readonly #inSight = new Set<object>();
  #restored: Promise<void> | undefined;
  /** Counts what was asked to be shown: of two that load at once the later one counts. */
  #wish = 0;

  readonly onChange = this.#onChange.event;
  readonly onReplaced = this.#onReplaced.event;
  /** `label` is another. */
  readonly onLabel = this.#onLabel.event;
  /** Something for the page that has no place in the order of the frames. */
  readonly onPage = this.#onPage.event;

  constructor(deps: ChatPaneDeps) {
    super();
    this.#deps = deps;
    const { hub, environment, sources, slash, memory } = deps;
    this.#draft = memory.draft;
    this.tray = this._register(sources.newTray());
    this.#session = hub.begin('new');
    this.#held = hub.hold(this.#session);
    this.#gauge = this._register(
      new PaneGauge({
        clock: deps.clock,
        translate: deps.translate,
        facts: deps.gaugeFacts,
        session: () => this.#session,
        attachments: () => this.tray.views,
        question: () => this.#draft,
        changed: (gauge) => this.#fire({ gauge }),
      }),
    );
    this.question = this._register(new PaneQuestion(this.#questionDeps()));
    this.#hear();
    this._register(hub.join(this));
    this._register(hub.onDeleted((id) => id === this.#session.id && this.newChat()));
    this._register(hub.onActivity(() => this.#onLabel.fire()));
    this._register(hub.onListChange(() => this.tell({ type: 'historyChanged' })));
    this._register(environment.onChange(() => this.#environmentChanged()));
    this._register(deps.onFactsChange(() => this.#gauge.touch()));
    this._register(slash.onChange(() => this.#fire({ commands: [...slash.views] })));
    const { tray } = memory;
    for (const source of tray.sources) this.tray.add(source);
    this.tray.put(tray.attachments);
    this._register(this.tray.onChange(() => this.#trayChanged()));
  }

  get session(): ChatSession {
    return this.#session;
  }

  get label(): PaneLabel {
    const { title } = this.#session.conversation;
    return { title, isUnread: this.#deps.hub.isUnread(this.#session.id) };
  }

  get isVisible(): boolean {
    return this.#inSight.size > 0;
  }

  /** A page of it comes into sight or goes. */
  setInSight(page: object, isInSight: boolean): void {
    if (isInSight) {
      this.#inSight.add(page);
      this.#gauge.touch();
    } else {
      this.#inSight.delete(page);
    }
    this.#deps.hub.seen();
  }

  sees(conversationId: string): boolean {
    return this.isVisible && conversationId === this.#session.id;
  }

  snapshot(): { readonly session: SessionView; readonly turns: TurnView[] } {
    const gauge = this.#gauge.current;
    return {
      session: {
        ...this.#session.state(),
        ...this.#deps.environment.view(),
        draft: this.#draft,
        attachments: [...this.tray.views],
        commands: [...this.#deps.slash.views],
        ...(gauge === undefined ? {} : { gauge }),
      },
      turns: this.#session.views(),
    };
  }

  /** Brings the pane's conversation back, once. Never rejects: without it a new one is there. */
  restore(): Promise<void> {
    this.#restored ??= this.#restore();
    return this.#restored;
  }

  /** Resolves when the conversation is back, or has taken so long that the panel is better shown without it for now. */
  async readyToShow(): Promise<void> {
    await within(this.restore(), RESTORE_PATIENCE_MS, this.#deps.clock);
  }

  /** Shows a conversation, and a turn of it; `false` when it is not there any more. Rejects when the store does. */
  async open(id: string, turnId?: string): Promise<boolean> {
    const wish = ++this.#wish;
    if (id !== this.#session.id) {
      const found = await this.#deps.hub.open(id);
      if (!found) return false;
      if (wish === this.#wish && !this.isDisposed) this.#show(found.session);
      found.dispose();
    }
    if (turnId !== undefined && this.#session.id === id) {
      this.#session.reveal(turnId);
      this.tell({ type: 'showTurn', turnId });
    }
    return true;
  }

  /** Starts an empty conversation; one that is empty and kept in the same way stays. */
  newChat(keeping: Exclude<Keeping, 'stored'> = 'new'): void {
    this.#wish += 1;
    const { hub } = this.#deps;
    const session = this.#session;
    const isUnused = session.isEmpty && this.question.underWay.length === 0;
    if (isUnused && session.keeping === keeping && hub.find(session.id) === session) return;
    this.#show(hub.begin(keeping));
  }

  /** Says something to the page, or to the first one that comes. */
  tell(message: HostToChat): void {
    if (this.#onPage.hasListeners) this.#onPage.fire(message);
    else this.#untold.add(message);
  }

  takeUntold(): readonly HostToChat[] {
    return this.#untold.take();
  }

  /** Tells the page that something can be taken back. */
  undoable(done: Undoable): void {
    this.tell({ type: 'undoable', id: this.#deps.hub.undoables.offer(done), text: done.text });
  }

  /** The user types: what the question will need is got ready. */
  rememberDraft(text: string): void {
    this.#draft = text;
    this.#keepDraft(text);
    this.#gauge.touch();
    if (text.trim() !== '') this.#deps.environment.warm();
  }

  /** Nothing of what was written here stays. */
  clear(): void {
    for (const { id } of this.tray.views) this.tray.remove(id);
    this.rememberDraft('');
  }

  /** What was on its way when the window goes is a draft again. */
  saveUnsent(): void {
    const { underWay } = this.question;
    if (underWay.length > 0) this.#keepDraft([...underWay, this.#draft].join('\n').trim());
  }

  override dispose(): void {
    for (const hearing of this.#hearing) hearing.dispose();
    this.#inSight.clear();
    super.dispose();
    this.#held.dispose();
    this.#deps.gone();
  }

  async #restore(): Promise<void> {
    const { memory, onStoreFault } = this.#deps;
    const { conversationId } = memory;
    const wish = this.#wish;
    try {
      const found =
        conversationId === undefined ? undefined : await this.#deps.hub.open(conversationId);
      const isWanted = wish === this.#wish && this.#session.isEmpty && !this.isDisposed;
      if (found && isWanted) this.#show(found.session);
      else if (!found) this.#rememberShown();
      found?.dispose();
    } catch (error) {
      onStoreFault(error);
    }
  }

  #questionDeps() {
    const { clock, translate, sources, slash, tell, hub } = this.#deps;
    return {
      clock,
      translate,
      sources,
      slash,
      tell,
      tray: this.tray,
      hold: () => {
        const session = this.#session;
        return { session, ...hub.hold(session) };
      },
      carryOut: (command: PanelCommand) => carryOut(command, this, this.#deps),
      giveBack: (text: string) => this.tell({ type: 'insertText', text }),
      asked: (text: string) => this.#asked(text),
    };
  }

  #asked(text: string): void {
    if (this.#draft.trim() === text.trim()) this.rememberDraft('');
  }

  #show(session: ChatSession): void {
    if (session === this.#session) return;
    const left = this.#held;
    this.#session = session;
    this.#held = this.#deps.hub.hold(session);
    for (const hearing of this.#hearing) hearing.dispose();
    this.#hear();
    left.dispose();
    this.#rememberShown();
    this.#keepDraft(this.#draft);
    this.#keepTray();
    this.#replaced();
    this.#deps.hub.seen();
    this.#onLabel.fire();
  }

  #hear(): void {
    const session = this.#session;
    this.#hearing = [
      session.onChange((change) => {
        this.#onChange.fire(change);
        if (change.kind === 'append' || change.kind === 'thinkingVoid') return;
        this.#gauge.touch();
        if (change.kind === 'turnAdded') this.#rememberShown();
        if (change.kind === 'session' && change.session.title !== undefined) this.#onLabel.fire();
      }),
      session.onReplaced(() => this.#replaced()),
    ];
  }

  #replaced(): void {
    this.#onReplaced.fire();
    this.#gauge.touch();
  }

  #rememberShown(): void {
    const { isKept, id } = this.#session;
    this.#deps.memory.conversationId = isKept ? id : undefined;
  }

  #keepDraft(text: string): void {
    this.#deps.memory.draft = this.#session.isKept ? text : '';
  }

  #keepTray(): void {
    const { isKept } = this.#session;
    this.#deps.memory.tray = isKept ? this.tray.contents : { sources: [], attachments: [] };
  }

  #trayChanged(): void {
    this.#keepTray();
    this.#fire({ attachments: [...this.tray.views] });
    this.#gauge.touch();
  }

  #environmentChanged(): void {
    this.#fire({ ...this.#deps.environment.view(), isKept: this.#session.isKept });
    this.#gauge.touch();
  }

  #fire(session: Extract<Change, { kind: 'session' }>['session']): void {
    this.#onChange.fire({ kind: 'session', session });
  }
}
