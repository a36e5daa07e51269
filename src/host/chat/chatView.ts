import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable';
import { VIEWS } from '../contributions';
import { ChatSurface } from './chatSurface';
import type { ChatSurfaceDeps } from './chatSurface';

/** The chat in the secondary side bar. */
export class ChatView extends Disposable implements vscode.WebviewViewProvider {
  readonly #deps: ChatSurfaceDeps;
  #surface: ChatSurface | undefined;

  constructor(deps: ChatSurfaceDeps) {
    super();
    this.#deps = deps;
    this._register(vscode.window.registerWebviewViewProvider(VIEWS.chat, this));
    this._register({ dispose: () => this.#surface?.dispose() });
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#surface?.dispose();
    const surface = new ChatSurface(view.webview, this.#deps);
    this.#surface = surface;
    view.onDidChangeVisibility(() => {
      if (!view.visible) surface.hidden();
    });
    view.onDidDispose(() => {
      surface.dispose();
      if (this.#surface === surface) this.#surface = undefined;
    });
  }

  /** Shows the view and puts the cursor into its composer. */
  async show(): Promise<void> {
    await vscode.commands.executeCommand(`${VIEWS.chat}.focus`);
    this.#surface?.focusComposer();
  }
}
