import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import { PROPOSAL_SCHEME } from '../editors';

export interface Proposal {
  readonly target: vscode.Uri;
  /** The file's new text, made of its present one; `undefined` where its place is not found (any more). */
  readonly place: (present: string) => string | undefined;
}

interface Open extends Proposal {
  readonly text: string;
}

/** Changes to files that wait for the user's yes or no in VS Code's diff editor. Until then no file is touched. */
export class Proposals extends Disposable implements vscode.TextDocumentContentProvider {
  readonly #open = new Map<string, Open>();
  readonly #changed = this._register(new Emitter<vscode.Uri>());
  #count = 0;

  readonly onDidChange = this.#changed.event;

  constructor() {
    super();
    this._register(vscode.workspace.registerTextDocumentContentProvider(PROPOSAL_SCHEME, this));
    this._register(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#open.delete(uri.toString())),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#open.get(uri.toString())?.text ?? '';
  }

  /** Shows what would become of the file; `false` when nothing would. */
  async show(proposal: Proposal): Promise<boolean> {
    const present = (await vscode.workspace.openTextDocument(proposal.target)).getText();
    const text = proposal.place(present);
    if (text === undefined || text === present) return false;
    const uri = vscode.Uri.from({
      scheme: PROPOSAL_SCHEME,
      path: proposal.target.path,
      query: String(++this.#count),
    });
    this.#open.set(uri.toString(), { ...proposal, text });
    const name = vscode.workspace.asRelativePath(proposal.target);
    const title = vscode.l10n.t('{0}: review the change', name);
    await vscode.commands.executeCommand('vscode.diff', proposal.target, uri, title);
    return true;
  }

  /** Puts the change that is shown into its file, unsaved, so that it can be undone there. */
  async accept(): Promise<void> {
    const shown = this.#shown();
    if (!shown) return;
    const { target, place } = shown.proposal;
    const document = await vscode.workspace.openTextDocument(target);
    const present = document.getText();
    // The file may have changed under the review: what was written there meanwhile stays.
    const text = place(present);
    if (text === undefined) {
      const { t } = vscode.l10n;
      void vscode.window.showWarningMessage(
        t('{0} has changed, and the place for this code is not found any more.', document.fileName),
      );
      return;
    }
    const edit = new vscode.WorkspaceEdit();
    const { start, end, inserted } = differing(present, text);
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    edit.replace(target, range, inserted);
    if (!(await vscode.workspace.applyEdit(edit))) {
      void vscode.window.showErrorMessage(
        vscode.l10n.t('{0} could not be changed: it may be read-only.', document.fileName),
      );
      return;
    }
    await vscode.window.tabGroups.close(shown.tab);
    await vscode.window.showTextDocument(document);
  }

  async reject(): Promise<void> {
    const shown = this.#shown();
    if (shown) await vscode.window.tabGroups.close(shown.tab);
  }

  #shown(): { readonly tab: vscode.Tab; readonly proposal: Open } | undefined {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    if (!(tab?.input instanceof vscode.TabInputTextDiff)) return undefined;
    const proposal = this.#open.get(tab.input.modified.toString());
    return proposal && { tab, proposal };
  }
}

/** The smallest stretch in which two texts differ: what is outside keeps its cursors, folds and breakpoints. */
function differing(
  before: string,
  after: string,
): { readonly start: number; readonly end: number; readonly inserted: string } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return {
    start,
    end: before.length - tail,
    inserted: after.slice(start, after.length - tail),
  };
}
