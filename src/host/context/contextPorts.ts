import type { DisposableLike } from '../../base/disposable';

/** What context is made of, as the editor gives it. Implemented in `editor/` over VS Code, and by fakes. Files are named by URI. */

export interface FilePort {
  /** Rejects when it is not there. */
  stat(uri: string): Promise<{ readonly isFolder: boolean; readonly bytes: number }>;
  read(uri: string): Promise<Uint8Array>;
  list(uri: string): Promise<readonly { readonly name: string; readonly isFolder: boolean }[]>;
  join(folder: string, name: string): string;
  /** What an editor shows of it, saved or not; `undefined` when none has it open. */
  openText(uri: string): string | undefined;
  /** By the byte order mark, the workspace's settings for this file and guessing, as the editor does. */
  decode(bytes: Uint8Array, uri: string): Promise<string>;
  /** As the user knows it: "src/app.ts", with the folder's name first where the workspace has several; the whole path outside. */
  pathOf(uri: string): string;
  /** The reverse; takes a URI as well. `undefined` where there is no folder that it could be in. */
  uriOf(path: string): string | undefined;
  /** Id of its language, "typescript", by its name; empty when not known. */
  languageOf(uri: string): string;
  /** The open folders. */
  readonly folders: readonly string[];
  /** The folder's globs of `files.exclude` and `search.exclude` that are on. */
  excludes(folder: string): readonly string[];
  /** Files of a folder without those that `globs` match; at most `limit`. Rejects when aborted. */
  find(
    folder: string,
    options: {
      readonly include: string;
      readonly globs: readonly string[];
      readonly limit: number;
      readonly signal: AbortSignal;
    },
  ): Promise<readonly string[]>;
  /** Files and folders of the workspace that come and go, and settings that hide some. */
  watch(onChange: () => void): DisposableLike;
}

/** A piece of a file that is shown. Lines from 1, the last one included. */
export interface EditorPiece {
  readonly uri: string;
  readonly text: string;
  readonly language: string;
  readonly startLine: number;
  readonly endLine: number;
  /** What of the file it is: with nothing selected, what is in sight or all of it. */
  readonly extent: 'selection' | 'visible' | 'file';
}

export interface Diagnostic {
  readonly uri: string;
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning' | 'information' | 'hint';
  readonly message: string;
  /** "ts 2322"; empty for none. */
  readonly source: string;
}

export interface FoundSymbol {
  readonly name: string;
  /** Class, file or namespace that it is in. */
  readonly container: string;
  readonly uri: string;
  readonly line: number;
}

export interface EditorPort {
  /** Of the editor that was used last; `undefined` without one. */
  selection(): EditorPiece | undefined;
  /** The active editor first. */
  openFiles(): readonly string[];
  /** Those that were shown before, the latest first. */
  recentFiles(): readonly string[];
  /** Of one file, or of all. */
  diagnostics(uri: string | undefined): readonly Diagnostic[];
  symbols(query: string, signal: AbortSignal): Promise<readonly FoundSymbol[]>;
  /** The lines that define it, from 1, the last one included; `undefined` when the language tells none. */
  symbolLines(
    symbol: { readonly uri: string; readonly name: string; readonly line: number },
    signal: AbortSignal,
  ): Promise<{ readonly startLine: number; readonly endLine: number } | undefined>;
  /** Shows it; shows its own errors. */
  open(uri: string, line: number | undefined): void;
  /** In an editor of its own, unsaved and without a file. */
  openText(text: string): void;
}

/** What was run in a terminal. */
export interface TerminalRun {
  readonly terminal: string;
  readonly command: string;
  /** As it was written, with escape sequences; of a long one its end. */
  readonly output: string;
  readonly isCut: boolean;
  /** `undefined` while it runs or where the shell does not tell. */
  readonly exitCode: number | undefined;
  readonly isRunning: boolean;
}

export interface TerminalPort {
  /** The last command of the terminal that is shown, else of the one used last; `undefined` when none was seen. */
  lastRun(): TerminalRun | undefined;
}

export interface GitText {
  /** URI of the repository. */
  readonly repository: string;
  readonly text: string;
}

export interface GitPort {
  /** Rejects with a `ContextError`. `changes` are not in the index; both can be empty. */
  diff(signal: AbortSignal): Promise<readonly (GitText & { readonly staged: string })[]>;
  log(signal: AbortSignal): Promise<readonly GitText[]>;
}

export interface WebPort {
  /** What is at an address on the open network. Rejects with a `ContextError`. */
  fetch(url: string, signal: AbortSignal): Promise<FetchedPage>;
}

export interface FetchedPage {
  /** After redirects. */
  readonly url: string;
  /** Without parameters, in lower case. */
  readonly mime: string;
  readonly charset: string;
  readonly bytes: Uint8Array;
}

export interface ContextPorts {
  readonly files: FilePort;
  readonly editors: EditorPort;
  readonly terminals: TerminalPort;
  readonly git: GitPort;
  readonly web: WebPort;
}
