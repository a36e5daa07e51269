import * as vscode from 'vscode';
import { Disposable } from '../../../base/disposable';
import { isFile, UsedEditor } from '../../editors';
import { namedRanges } from '../../namedRanges';
import type { Diagnostic, EditorPiece, EditorPort, FoundSymbol } from '../contextPorts';

const MAX_RECENT = 100;
/** A file up to so many lines goes as a whole when nothing is selected. */
const MAX_WHOLE_LINES = 400;
const SEVERITIES = ['error', 'warning', 'information', 'hint'] as const;

/** What the editors show. Remembers the one used last: while the user types a question, the chat has the focus. */
export class EditorViews extends Disposable implements EditorPort {
  readonly #onFault: (error: unknown) => void;
  readonly #used = this._register(new UsedEditor());
  #recent: readonly string[] = [];

  constructor(onFault: (error: unknown) => void) {
    super();
    this.#onFault = onFault;
    this.#noteRecent(vscode.window.activeTextEditor);
    this._register(vscode.window.onDidChangeActiveTextEditor((editor) => this.#noteRecent(editor)));
  }

  selection(): EditorPiece | undefined {
    const editor = this.#used.current;
    if (!editor) return undefined;
    const { document, selection, visibleRanges } = editor;
    const base = { uri: document.uri.toString(), language: document.languageId };
    if (!selection.isEmpty) {
      // A selection that ends before the first character of a line does not have that line.
      const endLine = selection.end.character === 0 ? selection.end.line : selection.end.line + 1;
      return {
        ...base,
        text: document.getText(selection),
        startLine: selection.start.line + 1,
        endLine: Math.max(endLine, selection.start.line + 1),
        extent: 'selection',
      };
    }
    const [visible] = visibleRanges;
    if (!visible || document.lineCount <= MAX_WHOLE_LINES) {
      return {
        ...base,
        text: document.getText(),
        startLine: 1,
        endLine: document.lineCount,
        extent: 'file',
      };
    }
    const lines = new vscode.Range(visible.start.line, 0, visible.end.line + 1, 0);
    return {
      ...base,
      text: document.getText(lines),
      startLine: visible.start.line + 1,
      endLine: visible.end.line + 1,
      extent: 'visible',
    };
  }

  openFiles(): readonly string[] {
    const active = this.#used.current?.document.uri.toString();
    const tabs = vscode.window.tabGroups.all.flatMap(({ tabs }) =>
      tabs.map(({ input }) => uriOfTab(input)),
    );
    return [...new Set([active, ...tabs].filter((uri) => uri !== undefined))];
  }

  recentFiles(): readonly string[] {
    return this.#recent;
  }

  diagnostics(uri: string | undefined): readonly Diagnostic[] {
    const all =
      uri === undefined
        ? vscode.languages.getDiagnostics()
        : [
            [
              vscode.Uri.parse(uri),
              vscode.languages.getDiagnostics(vscode.Uri.parse(uri)),
            ] as const,
          ];
    return all.flatMap(([file, found]) =>
      found.map((one) => ({
        uri: file.toString(),
        line: one.range.start.line + 1,
        column: one.range.start.character + 1,
        severity: SEVERITIES[one.severity] ?? 'hint',
        message: one.message,
        source: [one.source ?? '', codeOf(one)].filter((part) => part !== '').join(' '),
      })),
    );
  }

  async symbols(query: string): Promise<readonly FoundSymbol[]> {
    const found: unknown = await vscode.commands.executeCommand(
      'vscode.executeWorkspaceSymbolProvider',
      query,
    );
    if (!Array.isArray(found)) return [];
    return found.filter(isSymbolInformation).map(({ name, containerName, location }) => ({
      name,
      container: containerName,
      uri: location.uri.toString(),
      line: location.range.start.line + 1,
    }));
  }

  async symbolLines({
    uri,
    name,
    line,
  }: {
    readonly uri: string;
    readonly name: string;
    readonly line: number;
  }): Promise<{ readonly startLine: number; readonly endLine: number } | undefined> {
    const all = await namedRanges(vscode.Uri.parse(uri));
    const named = all.filter(
      (one) =>
        one.name === name || name.startsWith(`${one.name}(`) || one.name.startsWith(`${name}(`),
    );
    // It may have moved since it was found: the nearest one of its name.
    const [nearest] = named.toSorted(
      (a, b) => Math.abs(a.startLine + 1 - line) - Math.abs(b.startLine + 1 - line),
    );
    return nearest && { startLine: nearest.startLine + 1, endLine: nearest.endLine + 1 };
  }

  open(uri: string, line: number | undefined): void {
    const target = vscode.Uri.parse(uri);
    if (target.scheme === 'http' || target.scheme === 'https') {
      vscode.env.openExternal(target).then(undefined, this.#onFault);
      return;
    }
    const at = line === undefined ? undefined : new vscode.Range(line - 1, 0, line - 1, 0);
    this.#show(target, at).catch((error: unknown) => {
      this.#onFault(error);
      void vscode.window.showWarningMessage(
        vscode.l10n.t("{0} can't be opened.", vscode.workspace.asRelativePath(target)),
      );
    });
  }

  openText(text: string): void {
    vscode.workspace
      .openTextDocument({ content: text, language: 'plaintext' })
      .then((document) => vscode.window.showTextDocument(document, { preview: true }))
      .then(undefined, this.#onFault);
  }

  async #show(uri: vscode.Uri, selection: vscode.Range | undefined): Promise<void> {
    const { type } = await vscode.workspace.fs.stat(uri);
    if ((type & vscode.FileType.Directory) !== 0)
      await vscode.commands.executeCommand('revealInExplorer', uri);
    else
      await vscode.commands.executeCommand(
        'vscode.open',
        uri,
        selection ? { selection } : undefined,
      );
  }

  #noteRecent(editor: vscode.TextEditor | undefined): void {
    if (!editor || !isFile(editor.document)) return;
    const uri = editor.document.uri.toString();
    this.#recent = [uri, ...this.#recent.filter((one) => one !== uri)].slice(0, MAX_RECENT);
  }
}

function uriOfTab(input: unknown): string | undefined {
  if (
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputCustom ||
    input instanceof vscode.TabInputNotebook
  ) {
    return input.uri.toString();
  }
  return input instanceof vscode.TabInputTextDiff ? input.modified.toString() : undefined;
}

function codeOf({ code }: vscode.Diagnostic): string {
  if (code === undefined) return '';
  return String(typeof code === 'object' ? code.value : code);
}

function isSymbolInformation(value: unknown): value is vscode.SymbolInformation {
  return value instanceof vscode.SymbolInformation;
}
