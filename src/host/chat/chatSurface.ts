import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { systemClock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { HostToChat } from '../../protocol/chat';
import type { Log } from '../logging/log';
import type { ChatController } from './chatController';
import { chatHtml } from './chatHtml';
import { ChatMessages } from './chatMessages';
import type { ChatRequests } from './chatMessages';
import { FrameChannel } from './frameChannel';

export interface ChatSurfaceDeps {
  readonly extensionUri: vscode.Uri;
  readonly controller: ChatController;
  readonly requests: ChatRequests;
  readonly log: Log;
}

/** One place where the conversation is shown: fills a webview and talks to it, each with a channel of its own. */
export class ChatSurface extends Disposable {
  readonly #webview: vscode.Webview;
  readonly #log: Log;
  readonly #channel: FrameChannel;

  constructor(webview: vscode.Webview, deps: ChatSurfaceDeps) {
    super();
    this.#webview = webview;
    this.#log = deps.log;
    this.#channel = this._register(
      new FrameChannel(deps.controller, (message) => this.#post(message), systemClock),
    );
    const messages = new ChatMessages(deps.controller, this.#channel, deps.requests, deps.log);
    this._register(webview.onDidReceiveMessage((message: unknown) => messages.take(message)));
    const dist = vscode.Uri.joinPath(deps.extensionUri, 'dist', 'webview');
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    const uri = (file: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(dist, file)).toString();
    webview.html = chatHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64url'),
      script: uri('chat.js'),
      styles: [uri('codicon.css'), uri('chat.css')],
      language: vscode.env.language,
    });
  }

  /** The page is gone while it is out of sight; it says `ready` when it is back. */
  hidden(): void {
    this.#channel.detach();
  }

  focusComposer(): void {
    void this.#post({ type: 'focusComposer' });
  }

  async #post(message: HostToChat): Promise<boolean> {
    try {
      return await this.#webview.postMessage(message);
    } catch (error) {
      if (!this.isDisposed) this.#log.error('A message to the chat was not delivered', error);
      return false;
    }
  }
}
