import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { CommandFolders, NamedFile } from './slashRegistry';

/** Where a workspace keeps commands: the second is where Claude Code looks, too. */
const WORKSPACE_FOLDERS = ['.pulse/commands', '.claude/commands'];
const MAX_FILES = 200;
/** Larger files are no prompts. Bytes. */
const MAX_BYTES = 100_000;

/** Commands in markdown files: of the workspace's folders where it is trusted, and of a folder of the user's own. */
export class WorkspaceCommandFolders extends Disposable implements CommandFolders {
  readonly #profile: vscode.Uri;
  readonly #changed = this._register(new Emitter<void>());

  readonly onChange = this.#changed.event;

  /** `profile`: the folder of the user's own commands; it need not be there. */
  constructor(profile: vscode.Uri) {
    super();
    this.#profile = profile;
    this.#watch(new vscode.RelativePattern(profile, '**/*.md'));
    for (const folder of WORKSPACE_FOLDERS) this.#watch(`**/${folder}/**/*.md`);
    this._register(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire()));
    this._register(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#changed.fire()));
  }

  async read(): Promise<{ workspace: readonly NamedFile[]; profile: readonly NamedFile[] }> {
    const roots = vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : [];
    const folders = roots.flatMap(({ uri }) =>
      WORKSPACE_FOLDERS.map((folder) => vscode.Uri.joinPath(uri, folder)),
    );
    const [profile, ...workspace] = await Promise.all(
      [this.#profile, ...folders].map((folder) => filesIn(folder)),
    );
    return { workspace: workspace.flat(), profile: profile ?? [] };
  }

  #watch(pattern: vscode.GlobPattern): void {
    const watcher = this._register(vscode.workspace.createFileSystemWatcher(pattern));
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) {
      this._register(event(() => this.#changed.fire()));
    }
  }
}

/** Those of a folder and the folders in it; none where there is no such folder. */
async function filesIn(folder: vscode.Uri, prefix = ''): Promise<NamedFile[]> {
  const found: NamedFile[] = [];
  for (const [name, type] of await entriesOf(folder)) {
    if (found.length >= MAX_FILES) break;
    const uri = vscode.Uri.joinPath(folder, name);
    if (type === vscode.FileType.Directory) {
      found.push(...(await filesIn(uri, `${prefix}${name}:`)));
    } else if (name.endsWith('.md')) {
      const text = await textOf(uri);
      if (text !== undefined) found.push({ name: prefix + name.slice(0, -3), text });
    }
  }
  return found;
}

async function entriesOf(folder: vscode.Uri): Promise<[string, vscode.FileType][]> {
  try {
    return await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
}

async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MAX_BYTES) return undefined;
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}
