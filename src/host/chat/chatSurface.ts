import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable';
import type { HostToChat } from '../../protocol/chat';
import type { Log } from '../logging/log';
import { showPage } from '../webviewPage';
import type { PaneLink } from './paneLink';

export interface ChatSurfaceDeps {
  readonly extensionUri: vscode.Uri;
  readonly log: Log;
}

/** Connects a page with what it shows. */
export type ConnectPage = (post: (message: HostToChat) => Promise<boolean>) => Promise<PaneLink>;

/**
 * Fills a webview with the chat's page and passes messages on. The page is on its way while what it shows is still being loaded: what it
 * says until then waits.
 */
export class ChatSurface extends Disposable {
  readonly #webview: vscode.Webview;
  readonly #log: Log;
  readonly #link: Promise<PaneLink | undefined>;

  constructor(
    webview: vscode.Webview,
    isVisible: boolean,
    connect: ConnectPage,
    { extensionUri, log }: ChatSurfaceDeps,
  ) {
    super();
    this.#webview = webview;
    this.#log = log;
    this.#link = this.#connect(connect);
    this._register(
      webview.onDidReceiveMessage((message: unknown) => this.#do((link) => link.take(message))),
    );
    this.isVisible = isVisible;
    showPage(webview, extensionUri, 'chat');
  }

  set isVisible(isVisible: boolean) {
    this.#do((link) => (link.isVisible = isVisible));
  }

  override dispose(): void {
    this.#do((link) => link.dispose());
    super.dispose();
  }

  async #connect(connect: ConnectPage): Promise<PaneLink | undefined> {
    try {
      return await connect((message) => this.#post(message));
    } catch (error) {
      this.#log.error('The chat could not be loaded', error);
      const why = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(vscode.l10n.t('The chat could not be loaded: {0}', why));
      return undefined;
    }
  }

  /** In the order of the calls. */
  #do(job: (link: PaneLink) => void): void {
    void this.#link.then((link) => link && job(link));
  }

  async #post(message: HostToChat): Promise<boolean> {
    if (this.isDisposed) return false;
    try {
      return await this.#webview.postMessage(message);
    } catch (error) {
      if (!this.isDisposed) this.#log.error('A message to the chat was not delivered', error);
      return false;
    }
  }
}
