import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable';
import { CHAT_EDITOR_TYPE } from '../contributions';
import { ChatSurface } from './chatSurface';
import type { ChatSurfaceDeps } from './chatSurface';

/** The same conversation as an editor tab; one tab a window, back after a reload. */
export class ChatEditor extends Disposable implements vscode.WebviewPanelSerializer {
  readonly #deps: ChatSurfaceDeps;
  #panel: vscode.WebviewPanel | undefined;

  constructor(deps: ChatSurfaceDeps) {
    super();
    this.#deps = deps;
    this._register(vscode.window.registerWebviewPanelSerializer(CHAT_EDITOR_TYPE, this));
    this._register({ dispose: () => void this.#panel?.dispose() });
  }

  show(): void {
    if (this.#panel) {
      this.#panel.reveal();
      return;
    }
    this.#fill(
      vscode.window.createWebviewPanel(
        CHAT_EDITOR_TYPE,
        vscode.l10n.t('Pulse Chat'),
        vscode.ViewColumn.Active,
      ),
    );
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.#panel?.dispose();
    this.#fill(panel);
    return Promise.resolve();
  }

  #icon(file: string): vscode.Uri {
    return vscode.Uri.joinPath(this.#deps.extensionUri, 'media', 'icons', file);
  }

  #fill(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    panel.iconPath = { light: this.#icon('pulse-light.svg'), dark: this.#icon('pulse-dark.svg') };
    const surface = new ChatSurface(panel.webview, this.#deps);
    panel.onDidChangeViewState(() => {
      if (!panel.visible) surface.hidden();
    });
    panel.onDidDispose(() => {
      surface.dispose();
      if (this.#panel === panel) this.#panel = undefined;
    });
  }
}
