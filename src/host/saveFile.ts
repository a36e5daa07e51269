import * as vscode from 'vscode';

interface SaveOptions {
  /** Of the dialog. */
  readonly title: string;
  /** Of the file, as long as nobody gives it another. */
  readonly name: string;
}

/** Asks where to and writes the text there; nothing where nobody wants it after all. @throws what the file system throws */
export async function saveFile(content: string, { title, name }: SaveOptions): Promise<void> {
  const { t } = vscode.l10n;
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const uri = await vscode.window.showSaveDialog({
    title,
    saveLabel: t('Export'),
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder.uri, name) } : {}),
  });
  if (!uri) return;
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
  const open = t('Open');
  // Not waited for: the export has ended.
  void vscode.window
    .showInformationMessage(t('Exported to {0}.', uri.fsPath), open)
    .then((picked) => {
      if (picked === open) void vscode.window.showTextDocument(uri);
    });
}
