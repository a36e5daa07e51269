import * as vscode from 'vscode';
import { safePath } from '../workspacePath';

export type ApplyTarget =
  | { readonly kind: 'file'; readonly uri: vscode.Uri }
  /** A path was named that leads nowhere yet. */
  | { readonly kind: 'new' }
  | { readonly kind: 'none' };

/** The file that a code block is meant for: the one that it names, else the one that the user has open. */
export async function applyTarget(
  path: string | undefined,
  open: vscode.Uri | undefined,
): Promise<ApplyTarget> {
  const named = path === undefined ? undefined : safePath(path);
  if (named === undefined) return open ? { kind: 'file', uri: open } : { kind: 'none' };
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const file = vscode.Uri.joinPath(uri, named);
    if (await isFile(file)) return { kind: 'file', uri: file };
  }
  if (open?.path.endsWith(`/${named}`) === true) return { kind: 'file', uri: open };
  // A path from somewhere inside: good enough where only one file has it.
  const glob = named.replaceAll(/[[\]{}*?]/g, '?');
  const [only, another] = await vscode.workspace.findFiles(`**/${glob}`, undefined, 2);
  return only && !another ? { kind: 'file', uri: only } : { kind: 'new' };
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type !== vscode.FileType.Directory;
  } catch {
    return false;
  }
}
