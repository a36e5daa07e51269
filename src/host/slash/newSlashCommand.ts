import * as vscode from 'vscode';

const TEMPLATE = `---
description: What this command does, in a few words
argument-hint: [what to look at]
---

What the model is asked. $ARGUMENTS is what follows the command, $1 its first word.
A file named like @docs/style.md goes along.
`;

/** Asks for a name and a place and opens the new command's file. `profile`: the folder of the user's own commands. */
export async function newSlashCommand(profile: vscode.Uri): Promise<void> {
  const { t } = vscode.l10n;
  const name = await vscode.window.showInputBox({
    title: t('New slash command'),
    prompt: t('It is written as /name in the chat.'),
    validateInput: (text) =>
      /^[\p{L}\p{N}_-]+$/u.test(text) ? undefined : t('Letters, digits, "-" and "_" only.'),
  });
  if (name === undefined) return;
  const folder = await folderFor(profile);
  if (!folder) return;
  const uri = vscode.Uri.joinPath(folder, `${name}.md`);
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uri, { ignoreIfExists: true, contents: new TextEncoder().encode(TEMPLATE) });
  await vscode.workspace.fs.createDirectory(folder);
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(uri);
}

async function folderFor(profile: vscode.Uri): Promise<vscode.Uri | undefined> {
  const { t } = vscode.l10n;
  const [root] = vscode.workspace.workspaceFolders ?? [];
  if (!root || !vscode.workspace.isTrusted) return profile;
  const here = { label: t('In this workspace'), description: '.pulse/commands' };
  const everywhere = { label: t('For all my workspaces') };
  const picked = await vscode.window.showQuickPick([here, everywhere], {
    title: t('New slash command'),
  });
  if (!picked) return undefined;
  return picked === here ? vscode.Uri.joinPath(root.uri, '.pulse', 'commands') : profile;
}
