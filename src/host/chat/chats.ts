import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Event } from '../../base/event';
import type { ConversationStore } from '../../engine/ports';
import { ChatHub } from './chatHub';
import type { ChatHubDeps } from './chatHub';
import { ChatMemory } from './chatMemory';
import type { RememberedTab } from './chatMemory';
import type { ChatRequests } from './messageHandlers';
import type {
  CodeActions,
  CodeColors,
  ContextSources,
  Instructions,
  SlashCommands,
} from './chatParts';
import { ChatPane } from './chatPane';
import type { ChatEnvironment, PaneMemory } from './paneDeps';
import type { PostToWebview } from './frameChannel';
import type { GaugeFacts } from './paneGauge';
import { PaneLink } from './paneLink';
import { parseTabState, tabMemory, viewMemory } from './paneMemories';
import type { TabState } from './paneMemories';
import type { MementoLike } from '../memory';
import type { Log } from '../logging/log';

/** What is made elsewhere, and goes with the chats when they go. */
export interface PaneParts {
  readonly sources: ContextSources;
  readonly slash: SlashCommands;
  readonly instructions: Instructions;
  readonly codeActions: CodeActions;
}

export interface ChatsDeps extends Omit<ChatHubDeps, 'waitingIn' | 'rememberWaiting'> {
  readonly openStore: () => Promise<ConversationStore>;
  readonly environment: ChatEnvironment;
  readonly parts: PaneParts;
  /** Goes with the chats. */
  readonly owned: readonly DisposableLike[];
  readonly gaugeFacts: () => Promise<GaugeFacts>;
  readonly onFactsChange: Event<void>;
  /** What this workspace remembers. */
  readonly memento: MementoLike;
  readonly requests: ChatRequests;
  readonly colors: CodeColors;
  readonly chooseModel: (name: string) => void;
  readonly help: () => Promise<string | undefined>;
  readonly log: Log;
}

/** What the pages of all chats hold. */
export interface PagesHeld {
  /** Of the document of each page that is in sight and answers. */
  readonly nodes: readonly number[];
  /** Changes held back for pages that have not painted what they have. */
  readonly heldBytes: number;
}

/** All chats of this window: the conversations, and the panes that show them. */
export class Chats extends Disposable {
  readonly #deps: ChatsDeps;
  readonly #panes = new Set<ChatPane>();
  readonly #links = new Set<PaneLink>();
  readonly memory: ChatMemory;
  readonly hub: ChatHub;
  /** The side bar's. */
  readonly view: ChatPane;
  readonly #tabs = new Set<PaneMemory>();
  /** Tabs of the window before that did not come back yet: VS Code brings them when they are looked at. */
  #unclaimed: readonly RememberedTab[];
  readonly #focusChanged = this._register(new Emitter<void>());
  /** Where the reader did something last. */
  #lastUsed: ChatPane | undefined;
  #isClosing = false;
  /** The page that has the keyboard. */
  #focused: object | undefined;

  /** `hasFocus` is another. */
  readonly onFocus = this.#focusChanged.event;

  constructor(deps: ChatsDeps) {
    super();
    this.#deps = deps;
    for (const one of deps.owned) this._register(one);
    this.memory = new ChatMemory(deps.memento, deps.onFault);
    this.#unclaimed = this.memory.tabs;
    this.hub = this._register(
      new ChatHub({
        ...deps,
        waitingIn: (id) => this.memory.waitingIn(id),
        rememberWaiting: (id, waiting, isKept) =>
          this.memory.rememberWaiting(id, isKept ? waiting : []),
      }),
    );
    this.view = this.#newPane(viewMemory(this.memory));
  }

  get parts(): PaneParts {
    return this.#deps.parts;
  }

  /** The pane that the reader is at, as far as that can be told. */
  get current(): ChatPane {
    return this.#lastUsed?.isVisible === true ? this.#lastUsed : this.view;
  }

  /** Whether the reader's keys go to a chat. */
  get hasFocus(): boolean {
    return this.#focused !== undefined;
  }

  /** A new tab, with this conversation or an empty one. */
  newTab({ conversationId }: { readonly conversationId?: string | undefined } = {}): ChatPane {
    return this.#newTab(conversationId === undefined ? {} : { conversationId });
  }

  /**
   * A tab of the window before. `state`: what its page said that it wants to know again, as far as VS Code has kept that in time; for
   * a draft, and what it lacks, what the window before was told takes its place, and for its conversation the next that was in a tab.
   */
  restoreTab(state: unknown): ChatPane {
    const parsed = parseTabState(state);
    const { conversationId } = parsed;
    const known =
      conversationId === undefined
        ? this.#unclaimed[0]
        : this.#unclaimed.find((tab) => tab.conversationId === conversationId);
    this.#unclaimed = this.#unclaimed.filter((tab) => tab !== known);
    return this.#newTab({ ...known, ...parsed, draft: known?.draft || parsed.draft });
  }

  /** Connects the page of a pane. */
  link(pane: ChatPane, post: PostToWebview): PaneLink {
    const { sources, codeActions } = this.#deps.parts;
    const link = new PaneLink(pane, post, {
      ...this.#deps,
      sources,
      codeActions,
      hub: this.hub,
      used: (used) => (this.#lastUsed = used),
      focused: (page, hasFocus) => this.#setFocused(page, hasFocus),
      unlinked: (gone) => this.#links.delete(gone),
    });
    this.#links.add(link);
    return link;
  }

  /** Asks the pages, for a second at most. Never rejects. */
  async measurePages(): Promise<PagesHeld> {
    const links = [...this.#links];
    const heldBytes = links.reduce((sum, link) => sum + link.heldBytes, 0);
    const counts = await Promise.all(links.map((link) => link.countNodes()));
    return { nodes: counts.filter((count) => count !== undefined), heldBytes };
  }

  /** A (new) key was set: turns that failed for want of it are sent again, where they are shown. */
  resendAfterNewKey(): void {
    const shown = new Set([...this.#panes].map(({ session }) => session));
    for (const session of shown) {
      const turnId = session.turnWaitingForKey();
      if (turnId !== undefined) session.retry(turnId);
    }
  }

  /** Stops what runs in the pane that the reader is at, or else everywhere. */
  stop(): void {
    const { session } = this.current;
    if (session.busy) session.stop();
    else for (const pane of this.#panes) pane.session.stop();
  }

  /** Every conversation, and what panes remember. Rejects when the store does. */
  async deleteEverything(): Promise<void> {
    for (const pane of this.#panes) pane.clear();
    await this.hub.deleteEverything();
    this.#unclaimed = [];
    this.memory.forget();
  }

  /** Ends what runs as interrupted; resolves when that is on disk. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const pane of this.#panes) pane.saveUnsent();
    await this.hub.close();
    this.dispose();
  }

  override dispose(): void {
    this.#isClosing = true;
    for (const pane of this.#panes) pane.dispose();
    super.dispose();
  }

  #setFocused(page: object, hasFocus: boolean): void {
    // What one page loses another may have by now.
    if (!hasFocus && this.#focused !== page) return;
    this.#focused = hasFocus ? page : undefined;
    this.#focusChanged.fire();
  }

  #newTab(state: TabState): ChatPane {
    const memory = tabMemory(this.memory, state, () => this.#rememberTabs());
    this.#tabs.add(memory);
    const pane = this.#newPane(memory);
    void pane.restore();
    return pane;
  }

  #rememberTabs(): void {
    const open = [...this.#tabs].flatMap(({ conversationId, draft }) =>
      conversationId === undefined ? [] : [{ conversationId, draft }],
    );
    this.memory.tabs = [...this.#unclaimed, ...open];
  }

  #newPane(memory: PaneMemory): ChatPane {
    const { sources, slash } = this.#deps.parts;
    const gone = (): void => {
      this.#panes.delete(pane);
      // A window that closes disposes of its tabs, which come back.
      if (this.#tabs.delete(memory) && !this.#isClosing) this.#rememberTabs();
    };
    const pane: ChatPane = new ChatPane({
      ...this.#deps,
      hub: this.hub,
      sources,
      slash,
      memory,
      gone,
    });
    this.#panes.add(pane);
    return pane;
  }
}
