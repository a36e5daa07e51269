import { throwIfAborted } from '../../base/abort';
import type { FilePort } from './contextPorts';
import { IgnoreRules } from './ignoreRules';
import { textOf } from './textOf';

export interface RulesAbove {
  readonly rules: IgnoreRules;
  /** Path from the top of the workspace's folder; '' for that itself and for all that is in none. */
  readonly prefix: string;
  /** Of `files.exclude` and `search.exclude`. */
  readonly globs: readonly string[];
}

/** The rules of the folders from the workspace's down to the one that this file or folder is in. */
export async function rulesAbove(
  uri: string,
  files: FilePort,
  signal: AbortSignal,
): Promise<RulesAbove> {
  const folder = files.folders.find(
    (one) => uri === one || uri.startsWith(`${one.replace(/\/$/u, '')}/`),
  );
  if (folder === undefined) return { rules: new IgnoreRules([]), prefix: '', globs: [] };
  const globs = files.excludes(folder);
  const rules = new IgnoreRules(globs);
  const prefix = decodeURIComponent(uri.slice(folder.replace(/\/$/u, '').length + 1)).replace(
    /\/$/u,
    '',
  );
  const above = prefix === '' ? [] : prefix.split('/').slice(0, -1);
  let at = folder;
  let path = '';
  for (const name of prefix === '' ? [] : ['', ...above]) {
    throwIfAborted(signal);
    at = name === '' ? at : files.join(at, name);
    path = name === '' ? path : joinPath(path, name);
    await addRules(rules, path, files.join(at, '.gitignore'), files);
  }
  return { rules, prefix, globs };
}

export async function addRules(
  rules: IgnoreRules,
  folder: string,
  uri: string,
  files: FilePort,
): Promise<void> {
  try {
    rules.add(folder, await textOf(await files.read(uri), uri, files));
  } catch {
    // None there, or not readable: nothing is ignored by it.
  }
}

/** Whether git ignores this file or the settings exclude it; `false` outside of the open folders. */
export async function isLeftOut(
  uri: string,
  files: FilePort,
  signal: AbortSignal,
): Promise<boolean> {
  const { rules, prefix } = await rulesAbove(uri, files, signal);
  return rules.ignores(prefix, false);
}

export function joinPath(folder: string, name: string): string {
  if (folder === '') return name;
  return name === '' ? folder : `${folder}/${name}`;
}
