import { throwIfAborted } from '../../base/abort';
import type { FilePort } from './contextPorts';
import { ContextError } from './contextProblem';
import { IgnoreRules } from './ignoreRules';
import { addRules, joinPath, rulesAbove } from './folderRules';
import { mediaTypeOf } from './media';
import { isSecretName } from './secretNames';
import { textOf } from './textOf';

/** Deeper folders are named, not read: links can go in circles. */
const MAX_DEPTH = 20;
/** Entries that are looked at in all. */
const MAX_ENTRIES = 20_000;

export interface FolderLimits {
  readonly maxFiles: number;
  /** Of one file. */
  readonly maxFileBytes: number;
  /** Of all files. */
  readonly maxBytes: number;
}

export interface FolderFile {
  readonly uri: string;
  readonly path: string;
  readonly text: string;
}

export interface FolderContents {
  /** One path a line, relative to the folder, in order; with a word on why where a file's text is not there. */
  readonly tree: string;
  readonly files: readonly FolderFile[];
  /** Of those in the tree. */
  readonly leftOut: number;
}

/**
 * The text files of a folder, in the order of their names, without what git ignores and the settings exclude. Files that hold secrets
 * by their name are named in the tree only. Throws a `ContextError` when there is nothing.
 */
export async function folderContents(
  uri: string,
  files: FilePort,
  limits: FolderLimits,
  signal: AbortSignal,
): Promise<FolderContents> {
  const listed = await listFolder(uri, files, limits.maxFiles, signal);
  const found: FolderFile[] = [];
  const tree: string[] = [];
  let bytes = 0;
  for (const { uri: file, relative } of listed.files) {
    throwIfAborted(signal);
    const outcome = await fileText(file, relative, files, limits, limits.maxBytes - bytes);
    if (typeof outcome === 'string') {
      tree.push(`${relative} (${outcome})`);
      continue;
    }
    bytes += Buffer.byteLength(outcome.text);
    tree.push(relative);
    found.push(outcome);
  }
  if (found.length === 0 && listed.files.length === 0) {
    throw new ContextError({ kind: 'emptyFolder', path: files.pathOf(uri) });
  }
  if (listed.isCut) tree.push('(more files, not listed)');
  return { tree: tree.join('\n'), files: found, leftOut: listed.files.length - found.length };
}

/** The text, or why it is not there, in the model's words. */
async function fileText(
  uri: string,
  relative: string,
  files: FilePort,
  limits: FolderLimits,
  bytesLeft: number,
): Promise<FolderFile | string> {
  if (isSecretName(relative)) return 'may hold secrets, not read';
  try {
    const open = files.openText(uri);
    if (open === undefined) {
      const { bytes } = await files.stat(uri);
      if (bytes > limits.maxFileBytes) return 'too large, not read';
      if (bytes > bytesLeft) return 'not read: the folder is too large';
    }
    const text = open ?? (await storedText(uri, files));
    const bytes = Buffer.byteLength(text);
    if (bytes > Math.min(limits.maxFileBytes, bytesLeft)) return 'too large, not read';
    return { uri, path: files.pathOf(uri), text };
  } catch (error) {
    return error instanceof ContextError && error.kind === 'binary' ? 'binary' : 'can not be read';
  }
}

async function storedText(uri: string, files: FilePort): Promise<string> {
  const bytes = await files.read(uri);
  if (mediaTypeOf(bytes)) throw new ContextError({ kind: 'binary', path: files.pathOf(uri) });
  return textOf(bytes, uri, files);
}

interface Listed {
  readonly uri: string;
  readonly relative: string;
}

async function listFolder(
  top: string,
  files: FilePort,
  maxFiles: number,
  signal: AbortSignal,
): Promise<{ readonly files: readonly Listed[]; readonly isCut: boolean }> {
  const above = await rulesAbove(top, files, signal);
  // A folder that is ignored itself was named on purpose: then only what is left out inside it counts.
  const rules = above.rules.ignores(above.prefix, true)
    ? { rules: new IgnoreRules(above.globs), prefix: '' }
    : above;
  const found: Listed[] = [];
  let looked = 0;
  let isCut = false;
  const walk = async (uri: string, relative: string, depth: number): Promise<void> => {
    throwIfAborted(signal);
    const entries = await files.list(uri);
    if (entries.some(({ name, isFolder }) => name === '.gitignore' && !isFolder)) {
      await addRules(
        rules.rules,
        joinPath(rules.prefix, relative),
        files.join(uri, '.gitignore'),
        files,
      );
    }
    for (const { name, isFolder } of entries.toSorted((a, b) => byName(a.name, b.name))) {
      if (found.length >= maxFiles || ++looked > MAX_ENTRIES) {
        isCut = true;
        return;
      }
      const path = joinPath(relative, name);
      if (rules.rules.ignores(joinPath(rules.prefix, path), isFolder)) continue;
      if (!isFolder) found.push({ uri: files.join(uri, name), relative: path });
      else if (depth < MAX_DEPTH) await walk(files.join(uri, name), path, depth + 1);
    }
  };
  await walk(top, '', 0);
  return { files: found, isCut };
}

/** The same on every machine, whatever its language: the prompt cache goes by bytes. */
function byName(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
