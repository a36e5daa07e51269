import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { Event } from '../../base/event';
import type { HostToDashboard } from '../../protocol/dashboard';
import { DASHBOARD_EDITOR_TYPE } from '../contributions';
import type { Log } from '../logging/log';
import { showPage, tabIcon } from '../webviewPage';
import type { DashboardMessages, DashboardPorts } from './dashboardMessages';

interface DashboardTabDeps extends Pick<DashboardPorts, 'read' | 'objective' | 'openChat'> {
  readonly extensionUri: vscode.Uri;
  /** There are new requests, samples or events in the history. */
  readonly onChange: Event<unknown>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The dashboard in an editor tab: one in a window, still there after a reload. */
export class DashboardTab extends Disposable implements vscode.WebviewPanelSerializer {
  readonly #deps: DashboardTabDeps;
  #panel: vscode.WebviewPanel | undefined;
  #messages: DashboardMessages | undefined;

  constructor(deps: DashboardTabDeps) {
    super();
    this.#deps = deps;
    this._register(vscode.window.registerWebviewPanelSerializer(DASHBOARD_EDITOR_TYPE, this));
    this._register(deps.onChange(() => this.#messages?.changed()));
    this._register({ dispose: () => void this.#panel?.dispose() });
  }

  /** Opens the tab, or brings it to the front. */
  readonly open = async (): Promise<void> => {
    if (this.#panel) {
      this.#panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      DASHBOARD_EDITOR_TYPE,
      vscode.l10n.t('Dashboard'),
      vscode.ViewColumn.Active,
      { enableFindWidget: true },
    );
    await this.#fill(panel);
  };

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    // One was opened before the kept one was back in its place.
    if (this.#panel) panel.dispose();
    else await this.#fill(panel);
  }

  async #fill(panel: vscode.WebviewPanel): Promise<void> {
    const { extensionUri, log, read, objective, openChat, clock } = this.#deps;
    this.#panel = panel;
    panel.onDidDispose(() => {
      if (this.#panel !== panel) return;
      this.#messages?.dispose();
      this.#messages = undefined;
      this.#panel = undefined;
    });
    panel.iconPath = tabIcon(extensionUri);
    const { DashboardMessages } = await import('./dashboardMessages');
    if (this.#panel !== panel) return;
    const messages = new DashboardMessages(
      {
        post: (message) => this.#post(panel, message),
        read,
        openChat,
        objective,
        warn: (message, error) => {
          if (error === undefined) log.warn(message);
          else log.error(message, error);
        },
        translate: vscode.l10n.t,
        clock,
      },
      panel.visible,
    );
    this.#messages = messages;
    panel.onDidChangeViewState(() => messages.setVisible(panel.visible));
    panel.webview.onDidReceiveMessage((message: unknown) => void messages.take(message));
    showPage(panel.webview, extensionUri, 'dashboard');
  }

  #post(panel: vscode.WebviewPanel, message: HostToDashboard): void {
    if (this.#panel !== panel) return;
    panel.webview.postMessage(message).then(undefined, (error: unknown) => {
      if (this.#panel === panel) this.#deps.log.error('The metrics were not delivered', error);
    });
  }
}
