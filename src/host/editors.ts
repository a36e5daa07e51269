import * as vscode from 'vscode';
import { Disposable } from '../base/disposable';

/** Scheme of the right side of a review: text that is nowhere on disk. */
export const PROPOSAL_SCHEME = 'pulse-proposal';

/** Not the output panel, a comment, the log or a change under review, which are editors, too. */
export function isFile({ uri }: vscode.TextDocument): boolean {
  return !['output', 'comment', 'vscode-scm', 'debug', PROPOSAL_SCHEME].includes(uri.scheme);
}

/** The editor with a file that the user is at, or was at last: none is active while the chat has the focus in an editor tab. */
export class UsedEditor extends Disposable {
  #last = vscode.window.activeTextEditor?.document;

  constructor() {
    super();
    this._register(
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (editor && isFile(editor.document)) this.#last = editor.document;
      }),
    );
  }

  get current(): vscode.TextEditor | undefined {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    if (activeTextEditor && isFile(activeTextEditor.document)) return activeTextEditor;
    const files = visibleTextEditors.filter(({ document }) => isFile(document));
    return files.find(({ document }) => document === this.#last) ?? files[0];
  }
}
