import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable';
import type { HostToReport, Report } from '../../protocol/report';
import { REPORT_EDITOR_TYPE } from '../contributions';
import type { Log } from '../logging/log';
import { saveFile } from '../saveFile';
import { showPage, tabIcon } from '../webviewPage';
import type { ReportAct } from './reportMessages';

interface ReportTabsDeps {
  readonly extensionUri: vscode.Uri;
  readonly log: Log;
}

/** How long it stands in the status bar that a report is on the clipboard, ms. */
const TOLD_MS = 4_000;

/** Reports in editor tabs, one each; still there after a reload, then without what their buttons did. */
export class ReportTabs extends Disposable implements vscode.WebviewPanelSerializer {
  readonly #deps: ReportTabsDeps;
  readonly #panels = new Set<vscode.WebviewPanel>();

  constructor(deps: ReportTabsDeps) {
    super();
    this.#deps = deps;
    this._register(vscode.window.registerWebviewPanelSerializer(REPORT_EDITOR_TYPE, this));
    this._register({
      dispose: () => {
        for (const panel of this.#panels) panel.dispose();
      },
    });
  }

  /**
   * Opens a tab with this report. `act` does what the button of this id stands for, and limits its own waits; what it rejects with is
   * told. Without it the report has no buttons.
   */
  show(report: Report, act?: ReportAct): void {
    const panel = vscode.window.createWebviewPanel(
      REPORT_EDITOR_TYPE,
      report.title,
      vscode.ViewColumn.Active,
      { enableFindWidget: true },
    );
    this.#fill(panel, report, act).catch((error: unknown) => this.#fail(error));
  }

  /** `state`: the report, as the page has kept it. A tab that has none left has nothing to show and goes. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const { keptReport } = await import('./reportMessages');
    const report = keptReport(state);
    if (report) {
      await this.#fill(panel, report, undefined);
    } else {
      this.#deps.log.warn('A report was not kept over the reload');
      panel.dispose();
    }
  }

  async #fill(
    panel: vscode.WebviewPanel,
    report: Report,
    act: ReportAct | undefined,
  ): Promise<void> {
    const { extensionUri, log } = this.#deps;
    this.#panels.add(panel);
    panel.onDidDispose(() => this.#panels.delete(panel));
    panel.iconPath = tabIcon(extensionUri);
    const { ReportMessages } = await import('./reportMessages');
    if (!this.#panels.has(panel)) return;
    const messages = new ReportMessages(report, act, {
      post: (message) => this.#post(panel, message),
      copy: copyMarkdown,
      save: (content, name) => saveFile(content, { title: vscode.l10n.t('Export Report'), name }),
      warn: (message) => log.warn(message),
      fail: (error) => this.#fail(error),
      translate: vscode.l10n.t,
    });
    panel.webview.onDidReceiveMessage((message: unknown) => void messages.take(message));
    showPage(panel.webview, extensionUri, 'report');
  }

  #post(panel: vscode.WebviewPanel, message: HostToReport): void {
    if (!this.#panels.has(panel)) return;
    panel.webview.postMessage(message).then(undefined, (error: unknown) => {
      if (this.#panels.has(panel)) this.#deps.log.error('A report was not delivered', error);
    });
  }

  #fail(error: unknown): void {
    this.#deps.log.error('A report', error);
    const why = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`Pulse: ${why}`);
  }
}

async function copyMarkdown(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('The report was copied as Markdown.'), TOLD_MS);
}
