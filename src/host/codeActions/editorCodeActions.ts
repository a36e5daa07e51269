import * as vscode from 'vscode';
import { assertNever } from '../../base/assertNever';
import { Disposable } from '../../base/disposable';
import type { CodeActionRequest, CodeActions } from '../chat/chatParts';
import { UsedEditor } from '../editors';
import type { Log } from '../logging/log';
import { namedRanges } from '../namedRanges';
import { applyTarget } from './applyTarget';
import { newFileName } from './newFileName';
import { placeCode, placing, splicing } from './placement';
import { Proposals } from './proposals';
import { runInTerminal } from './terminalRuns';

/** What the buttons of a code block do in the editor. */
export class EditorCodeActions extends Disposable implements CodeActions {
  readonly proposals = this._register(new Proposals());
  readonly #log: Log;
  readonly #used = this._register(new UsedEditor());

  constructor(log: Log) {
    super();
    this.#log = log;
  }

  async run(request: CodeActionRequest): Promise<void> {
    try {
      await this.#run(request);
    } catch (error) {
      this.#log.error('A code block', error);
      const message = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(vscode.l10n.t('This did not work: {0}', message));
    }
  }

  accept(): Promise<void> {
    return this.proposals.accept();
  }

  reject(): Promise<void> {
    return this.proposals.reject();
  }

  async #run(request: CodeActionRequest): Promise<void> {
    switch (request.action) {
      case 'insert':
        return this.#intoEditor((editor) => editor.selection.active, request.code);
      case 'replace':
        return this.#intoEditor((editor) => editor.selection, request.code);
      case 'apply':
        return this.#apply(request);
      case 'newFile':
        return this.#newFile(request);
      case 'run':
        return runInTerminal(request.code);
      default:
        return assertNever(request.action);
    }
  }

  async #intoEditor(
    place: (editor: vscode.TextEditor) => vscode.Position | vscode.Range,
    code: string,
  ): Promise<void> {
    const editor = this.#used.current;
    if (!editor) {
      await vscode.window.showInformationMessage(
        vscode.l10n.t('Open the file that the code should go into, then try again.'),
      );
      return;
    }
    const { document, viewColumn } = editor;
    const shown = await vscode.window.showTextDocument(document, viewColumn);
    const where = place(editor);
    const done = await shown.edit((edit) => {
      if (where instanceof vscode.Position) edit.insert(where, code);
      else edit.replace(where, code);
    });
    if (!done) {
      const { t } = vscode.l10n;
      void vscode.window.showErrorMessage(
        t('{0} could not be changed: it may be read-only.', document.fileName),
      );
    }
  }

  async #apply(request: CodeActionRequest): Promise<void> {
    const { t } = vscode.l10n;
    if (!vscode.workspace.isTrusted) {
      await vscode.window.showWarningMessage(
        t('Code is not applied to files in a workspace that is not trusted.'),
      );
      return;
    }
    const target = await applyTarget(request.path, this.#used.current?.document.uri);
    if (target.kind === 'none') {
      await vscode.window.showInformationMessage(
        t('Open the file that the code should be applied to, then try again.'),
      );
      return;
    }
    if (target.kind === 'new') {
      await this.#newFile(request);
      return;
    }
    const document = await vscode.workspace.openTextDocument(target.uri);
    // The document is what it is by then, wherever it is read.
    const before = document.getText();
    const named = await namedRanges(target.uri);
    const name = vscode.workspace.asRelativePath(target.uri);
    const placed = placeCode(before, request.code, named);
    switch (placed.kind) {
      case 'unchanged':
        await vscode.window.showInformationMessage(t('{0} says this already.', name));
        return;
      case 'unknown':
        await this.#applyWhere(target.uri, request.code);
        return;
      case 'placed':
        await this.proposals.show({
          target: target.uri,
          place: placing(before, request.code, named),
        });
        return;
      default:
        assertNever(placed);
    }
  }

  /** Nothing says where the code belongs: the user does. */
  async #applyWhere(target: vscode.Uri, code: string): Promise<void> {
    const { t } = vscode.l10n;
    const name = vscode.workspace.asRelativePath(target);
    const editor = vscode.window.visibleTextEditors.find(
      ({ document }) => document.uri.toString() === target.toString(),
    );
    const whole = { label: t('Replace the whole file') };
    const cursor = { label: t('Insert at the cursor') };
    const selected = { label: t('Replace the selection') };
    const choices = editor
      ? editor.selection.isEmpty
        ? [cursor, whole]
        : [selected, cursor, whole]
      : [whole];
    const picked = await vscode.window.showQuickPick(choices, {
      title: t('Where does this code belong in {0}?', name),
      placeHolder: t('It could not be found in the file. The change is shown for review first.'),
    });
    if (!picked) return;
    const document = await vscode.workspace.openTextDocument(target);
    const { selection } = editor ?? {};
    const from = picked === cursor ? selection?.active : selection?.start;
    const to = picked === cursor ? selection?.active : selection?.end;
    const place =
      picked === whole || !from || !to
        ? (): string => code
        : splicing(document.getText(), code, {
            start: document.offsetAt(from),
            end: document.offsetAt(to),
          });
    if (!(await this.proposals.show({ target, place })))
      await vscode.window.showInformationMessage(t('{0} says this already.', name));
  }

  async #newFile({ code, language, path }: CodeActionRequest): Promise<void> {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    if (!folder) {
      const known = await vscode.languages.getLanguages();
      const document = await vscode.workspace.openTextDocument({
        content: code,
        ...(known.includes(language) ? { language } : {}),
      });
      await vscode.window.showTextDocument(document);
      return;
    }
    const uri = await freeUri(folder.uri, newFileName(code, language, path));
    const document = await vscode.workspace.openTextDocument(uri.with({ scheme: 'untitled' }));
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), code));
  }
}

/** The name, or the next free one after it: "a.ts", "a-2.ts". */
async function freeUri(folder: vscode.Uri, name: string): Promise<vscode.Uri> {
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  for (let count = 1; ; count++) {
    const uri = vscode.Uri.joinPath(
      folder,
      count === 1 ? name : `${stem}-${String(count)}${ending}`,
    );
    if (!isOpenUntitled(uri) && !(await exists(uri))) return uri;
  }
}

/** A new file that was not saved yet has the name, too. */
function isOpenUntitled(uri: vscode.Uri): boolean {
  const untitled = uri.with({ scheme: 'untitled' }).toString();
  return vscode.workspace.textDocuments.some((document) => document.uri.toString() === untitled);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
