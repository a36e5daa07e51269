import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable';
import { CHAT_EDITOR_TYPE } from '../contributions';
import { tabIcon } from '../webviewPage';
import type { ChatPane } from './chatPane';
import type { Chats } from './chats';
import { ChatSurface } from './chatSurface';
import type { ChatViewDeps } from './chatView';

/** A mark before the title of a tab with an answer that nobody has seen. */
const UNREAD_MARK = '●';

interface Tab {
  readonly panel: vscode.WebviewPanel;
  /** `undefined` while the chat is being loaded. */
  pane: ChatPane | undefined;
}

/** Conversations in editor tabs, each with its own; back after a reload. */
export class ChatTabs extends Disposable implements vscode.WebviewPanelSerializer {
  readonly #deps: ChatViewDeps;
  readonly #tabs = new Set<Tab>();

  constructor(deps: ChatViewDeps) {
    super();
    this.#deps = deps;
    this._register(vscode.window.registerWebviewPanelSerializer(CHAT_EDITOR_TYPE, this));
    this._register({
      dispose: () => {
        for (const { panel } of this.#tabs) panel.dispose();
      },
    });
  }

  /** The one that is the active editor. */
  get active(): ChatPane | undefined {
    return [...this.#tabs].find(({ panel }) => panel.active)?.pane;
  }

  /** Brings the tab of this pane to the front; `false` where it is none of a tab. */
  reveal(pane: ChatPane): boolean {
    const tab = [...this.#tabs].find((one) => one.pane === pane);
    tab?.panel.reveal();
    return tab !== undefined;
  }

  /** Those that show this conversation, or a new tab with it; an empty conversation without an id. */
  async open(conversationId?: string, turnId?: string): Promise<void> {
    const there = [...this.#tabs].find(
      ({ pane }) => conversationId !== undefined && pane?.session.id === conversationId,
    );
    const pane = there?.pane ?? (await this.#add(conversationId));
    there?.panel.reveal();
    if (conversationId !== undefined && turnId !== undefined) {
      await pane.open(conversationId, turnId);
    }
    pane.tell({ type: 'focusComposer' });
  }

  /** `state`: what the page has said that it wants to know again. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    await this.#fill(panel, (chats) => chats.restoreTab(state));
  }

  #add(conversationId: string | undefined): Promise<ChatPane> {
    const panel = vscode.window.createWebviewPanel(
      CHAT_EDITOR_TYPE,
      vscode.l10n.t('Pulse Chat'),
      vscode.ViewColumn.Active,
    );
    return this.#fill(panel, (chats) => chats.newTab({ conversationId }));
  }

  async #fill(panel: vscode.WebviewPanel, make: (chats: Chats) => ChatPane): Promise<ChatPane> {
    const tab: Tab = { panel, pane: undefined };
    this.#tabs.add(tab);
    panel.iconPath = tabIcon(this.#deps.extensionUri);
    const chats = this.#deps.chats();
    const made = chats.then(make);
    const surface = new ChatSurface(
      panel.webview,
      panel.visible,
      async (post) => (await chats).link(await made, post),
      this.#deps,
    );
    panel.onDidChangeViewState(() => (surface.isVisible = panel.visible));
    panel.onDidDispose(() => {
      this.#tabs.delete(tab);
      surface.dispose();
      void made.then(
        (pane) => pane.dispose(),
        () => undefined,
      );
    });
    const pane = await made;
    tab.pane = pane;
    const showLabel = (): void => {
      if (this.#tabs.has(tab)) panel.title = titleOf(pane);
    };
    // Until its conversation is back a tab keeps the title that it had.
    void pane.restore().then(() => {
      pane.onLabel(showLabel);
      showLabel();
    });
    return pane;
  }
}

function titleOf({ label }: ChatPane): string {
  const title = label.title === '' ? vscode.l10n.t('Pulse Chat') : label.title;
  return label.isUnread ? `${UNREAD_MARK} ${title}` : title;
}
