import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable';
import { VIEWS } from '../contributions';
import type { Chats } from './chats';
import { ChatSurface } from './chatSurface';
import type { ChatSurfaceDeps } from './chatSurface';

export interface ChatViewDeps extends ChatSurfaceDeps {
  /** Loaded when it is first needed. */
  readonly chats: () => Promise<Chats>;
}

/** The chat in the secondary side bar; its badge counts answers that nobody has seen while it is out of sight. */
export class ChatView extends Disposable implements vscode.WebviewViewProvider {
  readonly #deps: ChatViewDeps;
  #surface: ChatSurface | undefined;

  constructor(deps: ChatViewDeps) {
    super();
    this.#deps = deps;
    this._register(vscode.window.registerWebviewViewProvider(VIEWS.chat, this));
    this._register({ dispose: () => this.#surface?.dispose() });
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#surface?.dispose();
    const showBadge = ({ hub }: Chats): void => {
      const { size } = hub.unread;
      const isNews = !view.visible && size > 0;
      view.badge = isNews
        ? {
            value: size,
            tooltip: vscode.l10n.t('Chats with an answer that was not seen yet: {0}', size),
          }
        : undefined;
    };
    const chats = this.#deps.chats();
    const surface = new ChatSurface(
      view.webview,
      view.visible,
      async (post) => (await chats).link((await chats).view, post),
      this.#deps,
    );
    this.#surface = surface;
    const hearing = chats.then((made) => made.hub.onActivity(() => showBadge(made)));
    view.onDidChangeVisibility(() => {
      surface.isVisible = view.visible;
      void chats.then(showBadge, () => undefined);
    });
    view.onDidDispose(() => {
      surface.dispose();
      void hearing.then(
        (heard) => heard.dispose(),
        () => undefined,
      );
      if (this.#surface === surface) this.#surface = undefined;
    });
  }

  /** Shows the view and puts the cursor into its composer. */
  async show(): Promise<void> {
    await vscode.commands.executeCommand(`${VIEWS.chat}.focus`);
    const { view } = await this.#deps.chats();
    view.tell({ type: 'focusComposer' });
  }
}
