import { execFile } from 'node:child_process';
import * as vscode from 'vscode';
import { throwIfAborted } from '../../../base/abort';
import { ContextError } from '../contextProblem';
import type { GitPort, GitText } from '../contextPorts';

/** Of the log. */
const COMMITS = 20;
const LIMIT_MS = 10_000;
const MAX_OUTPUT_BYTES = 20_000_000;
/** Nothing that a repository's own settings could run: pager, external diff, text conversion, hooks of the file system monitor. */
const SAFE = ['--no-pager', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
const DIFF = ['diff', '--no-color', '--no-ext-diff', '--no-textconv'];
const LOG = [
  'log',
  `--max-count=${COMMITS}`,
  '--no-color',
  '--no-show-signature',
  '--date=iso-strict',
  '--stat',
  '--format=commit %H%n%an, %ad%n%n%w(0,4,4)%B',
];

/** What of the built-in git extension's interface (version 1) is used. */
interface GitRepository {
  readonly rootUri: vscode.Uri;
  diff(cached?: boolean): Promise<string>;
}

/**
 * Changes and commits: through the editor's own git extension, which knows which git to run and whose folder is safe; where it has
 * none, by running git in the open folders, and that in trusted workspaces only.
 */
export class EditorGit implements GitPort {
  async diff(signal: AbortSignal): Promise<readonly (GitText & { readonly staged: string })[]> {
    throwIfAborted(signal);
    const repositories = await openRepositories();
    if (repositories.length === 0) return this.#spawnedDiff(signal);
    try {
      return await Promise.all(
        repositories.map(async (repository) => ({
          repository: repository.rootUri.toString(),
          text: await repository.diff(false),
          staged: await repository.diff(true),
        })),
      );
    } catch (error) {
      throw gitError(error);
    }
  }

  /** The extension's log has no statistics of the files changed, so git itself is asked. */
  async log(signal: AbortSignal): Promise<readonly GitText[]> {
    throwIfAborted(signal);
    const roots = await this.#roots();
    return Promise.all(
      roots.map(async (root) => ({
        repository: root.toString(),
        text: await git(root, LOG, signal),
      })),
    );
  }

  async #spawnedDiff(
    signal: AbortSignal,
  ): Promise<readonly (GitText & { readonly staged: string })[]> {
    const roots = await this.#roots();
    return Promise.all(
      roots.map(async (root) => ({
        repository: root.toString(),
        text: await git(root, DIFF, signal),
        staged: await git(root, [...DIFF, '--cached'], signal),
      })),
    );
  }

  async #roots(): Promise<readonly vscode.Uri[]> {
    const repositories = await openRepositories();
    const roots = repositories.map(({ rootUri }) => rootUri);
    const folders = vscode.workspace.workspaceFolders ?? [];
    const found = (roots.length > 0 ? roots : folders.map(({ uri }) => uri)).filter(
      ({ scheme }) => scheme === 'file',
    );
    if (found.length === 0) throw new ContextError({ kind: 'noRepository' });
    if (!vscode.workspace.isTrusted) throw new ContextError({ kind: 'untrustedGit' });
    return found;
  }
}

async function openRepositories(): Promise<readonly GitRepository[]> {
  const extension = vscode.extensions.getExtension<unknown>('vscode.git');
  if (!extension) return [];
  try {
    const exported: unknown = extension.isActive ? extension.exports : await extension.activate();
    const api: unknown = callMember(exported, 'getAPI', 1);
    const repositories = member(api, 'repositories');
    return Array.isArray(repositories) ? repositories.filter(isRepository) : [];
  } catch {
    // Switched off (git.enabled), or without a git to run.
    return [];
  }
}

function isRepository(value: unknown): value is GitRepository {
  return (
    member(value, 'rootUri') instanceof vscode.Uri && typeof member(value, 'diff') === 'function'
  );
}

function callMember(object: unknown, name: string, argument: unknown): unknown {
  const method = member(object, name);
  return typeof method === 'function' ? Reflect.apply(method, object, [argument]) : undefined;
}

function member(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? Reflect.get(object, name) : undefined;
}

/** Arguments only, no shell. */
function git(root: vscode.Uri, args: readonly string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      cwd: root.fsPath,
      signal,
      timeout: LIMIT_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
      windowsHide: true,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
    };
    execFile('git', [...SAFE, ...args], options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else if (/does not have any commits|not a git repository/iu.test(stderr))
        reject(new ContextError({ kind: 'noRepository' }));
      else reject(gitError(stderr.trim() === '' ? error : new Error(stderr.trim())));
    });
  });
}

function gitError(error: unknown): ContextError {
  const detail = error instanceof Error ? error.message : String(error);
  return new ContextError({ kind: 'git', detail: detail.slice(0, 300) }, { cause: error });
}
