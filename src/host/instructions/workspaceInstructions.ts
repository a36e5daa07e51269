import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { InstructionSource } from './instructionFiles';

/** A file that is larger is no instruction. Bytes. */
const MAX_BYTES = 400_000;

export interface WorkspaceInstructionsDeps {
  readonly systemPrompt: () => string | undefined;
  /** The setting `pulse.instructions.files`. */
  readonly files: () => readonly string[];
  readonly onSettingsChange: (listener: () => void) => { dispose(): void };
}

/** Instruction files of the workspace's folders, where the workspace is trusted. */
export class WorkspaceInstructions extends Disposable implements InstructionSource {
  readonly #deps: WorkspaceInstructionsDeps;
  readonly #changed = this._register(new Emitter<void>());
  /** Watches what was read, from the first reading on. */
  readonly #watched = new Set<string>();

  readonly onChange = this.#changed.event;

  constructor(deps: WorkspaceInstructionsDeps) {
    super();
    this.#deps = deps;
    const changed = (): void => this.#changed.fire();
    this._register(deps.onSettingsChange(changed));
    this._register(vscode.workspace.onDidGrantWorkspaceTrust(changed));
    this._register(vscode.workspace.onDidChangeWorkspaceFolders(changed));
  }

  systemPrompt(): string | undefined {
    return this.#deps.systemPrompt();
  }

  allowedFiles(): readonly string[] {
    return vscode.workspace.isTrusted ? this.#deps.files() : [];
  }

  folders(): readonly string[] {
    return (vscode.workspace.workspaceFolders ?? []).map(({ name }) => name);
  }

  async read(folder: string, path: string): Promise<string | undefined> {
    const root = vscode.workspace.workspaceFolders?.find(({ name }) => name === folder);
    if (!root) return undefined;
    this.#watch(root, path);
    const uri = vscode.Uri.joinPath(root.uri, path);
    try {
      const { size } = await vscode.workspace.fs.stat(uri);
      if (size > MAX_BYTES) return undefined;
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    } catch {
      return undefined;
    }
  }

  #watch(root: vscode.WorkspaceFolder, path: string): void {
    const key = `${root.uri.toString()}\n${path}`;
    if (this.#watched.has(key) || this.isDisposed) return;
    this.#watched.add(key);
    const pattern = new vscode.RelativePattern(root, path);
    const watcher = this._register(vscode.workspace.createFileSystemWatcher(pattern));
    for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) {
      this._register(event(() => this.#changed.fire()));
    }
  }
}
