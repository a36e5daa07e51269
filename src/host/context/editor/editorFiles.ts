import * as vscode from 'vscode';
import { throwIfAborted } from '../../../base/abort';
import { toDisposable } from '../../../base/disposable';
import type { DisposableLike } from '../../../base/disposable';
import type { FilePort } from '../contextPorts';

/** Files through the editor: local, remote and virtual ones alike. */
export class EditorFiles implements FilePort {
  get folders(): readonly string[] {
    return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.toString());
  }

  async stat(uri: string): Promise<{ readonly isFolder: boolean; readonly bytes: number }> {
    const { type, size } = await vscode.workspace.fs.stat(vscode.Uri.parse(uri));
    return { isFolder: (type & vscode.FileType.Directory) !== 0, bytes: size };
  }

  async read(uri: string): Promise<Uint8Array> {
    return vscode.workspace.fs.readFile(vscode.Uri.parse(uri));
  }

  /** Links are left out of folders: they can go in circles, and out of the workspace. */
  async list(
    uri: string,
  ): Promise<readonly { readonly name: string; readonly isFolder: boolean }[]> {
    const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.parse(uri));
    return entries
      .filter(([, type]) => type === vscode.FileType.Directory || type === vscode.FileType.File)
      .map(([name, type]) => ({ name, isFolder: type === vscode.FileType.Directory }));
  }

  join(folder: string, name: string): string {
    return vscode.Uri.joinPath(vscode.Uri.parse(folder), name).toString();
  }

  openText(uri: string): string | undefined {
    return openDocument(uri)?.getText();
  }

  async decode(bytes: Uint8Array, uri: string): Promise<string> {
    if (uri === '') return vscode.workspace.decode(bytes);
    return vscode.workspace.decode(bytes, { uri: vscode.Uri.parse(uri) });
  }

  pathOf(uri: string): string {
    const parsed = vscode.Uri.parse(uri);
    const folder = vscode.workspace.getWorkspaceFolder(parsed);
    if (folder?.uri.toString() === parsed.toString()) return folder.name;
    return vscode.workspace.asRelativePath(parsed).replaceAll('\\', '/');
  }

  uriOf(path: string): string | undefined {
    const folders = vscode.workspace.workspaceFolders ?? [];
    // Two letters at least: a drive is no scheme.
    if (/^[a-z][a-z\d+.-]+:\/\//iu.test(path)) return vscode.Uri.parse(path).toString();
    const [first] = folders;
    if (/^(?:\/|[a-z]:[\\/])/iu.test(path)) {
      const file = vscode.Uri.file(path);
      // Absolute paths are those of the machine that the workspace is on.
      return (first ? first.uri.with({ path: file.path }) : file).toString();
    }
    const [top = '', ...rest] = path.replaceAll('\\', '/').split('/');
    const named =
      folders.length > 1 || rest.length === 0
        ? folders.find(({ name }) => name === top)
        : undefined;
    if (named && (folders.length > 1 || path === named.name)) {
      return vscode.Uri.joinPath(named.uri, ...rest).toString();
    }
    return first && vscode.Uri.joinPath(first.uri, path.replaceAll('\\', '/')).toString();
  }

  languageOf(uri: string): string {
    const open = openDocument(uri);
    if (open) return open.languageId;
    const name = uri.slice(uri.lastIndexOf('/') + 1);
    const dot = name.lastIndexOf('.');
    return dot > 0
      ? name
          .slice(dot + 1)
          .toLowerCase()
          .slice(0, 20)
      : '';
  }

  excludes(folder: string): readonly string[] {
    const uri = vscode.Uri.parse(folder);
    return ['files', 'search'].flatMap((section) => {
      const globs = vscode.workspace.getConfiguration(section, uri).get<unknown>('exclude');
      if (typeof globs !== 'object' || globs === null) return [];
      // With a condition ({"when": …}) only some of the files are hidden.
      return Object.entries(globs)
        .filter(([, isOn]) => isOn === true)
        .map(([glob]) => glob);
    });
  }

  async find(
    folder: string,
    { include, globs, limit, signal }: Parameters<FilePort['find']>[1],
  ): Promise<readonly string[]> {
    throwIfAborted(signal);
    const source = new vscode.CancellationTokenSource();
    const onAbort = (): void => source.cancel();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const base = vscode.Uri.parse(folder);
      // Braces can't stand in braces; what those globs hide is filtered by the index.
      const simple = globs.filter((glob) => !/[{},]/u.test(glob));
      const exclude =
        simple.length === 0 ? null : new vscode.RelativePattern(base, `{${simple.join(',')}}`);
      const found = await vscode.workspace.findFiles(
        new vscode.RelativePattern(base, include),
        exclude,
        limit,
        source.token,
      );
      throwIfAborted(signal);
      return found.map((uri) => uri.toString());
    } finally {
      signal.removeEventListener('abort', onAbort);
      source.dispose();
    }
  }

  watch(onChange: () => void): DisposableLike {
    const watcher = vscode.workspace.createFileSystemWatcher('**/*', false, true, false);
    const ignoreFiles = vscode.workspace.createFileSystemWatcher(
      '**/.gitignore',
      true,
      false,
      true,
    );
    // What git writes for itself changes no path that is offered.
    const onFile = (uri: vscode.Uri): void => {
      if (!/\/(?:\.git|node_modules)\//u.test(uri.path)) onChange();
    };
    const all = [
      watcher,
      ignoreFiles,
      watcher.onDidCreate(onFile),
      watcher.onDidDelete(onFile),
      ignoreFiles.onDidChange(onFile),
      vscode.workspace.onDidChangeWorkspaceFolders(onChange),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (
          event.affectsConfiguration('files.exclude') ||
          event.affectsConfiguration('search.exclude')
        )
          onChange();
      }),
    ];
    return toDisposable(() => {
      for (const one of all) one.dispose();
    });
  }
}

function openDocument(uri: string): vscode.TextDocument | undefined {
  const name = vscode.Uri.parse(uri).toString();
  return vscode.workspace.textDocuments.find(
    (document) => !document.isClosed && document.uri.toString() === name,
  );
}
