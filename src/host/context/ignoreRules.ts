import ignore from 'ignore';
import type { Ignore } from 'ignore';

/** Folders whose verdict is remembered; beyond that the memory starts anew. */
const MAX_REMEMBERED = 20_000;

interface Rules {
  readonly folder: string;
  readonly matcher: Ignore;
}

/**
 * What `.gitignore` files and `files.exclude` leave out of one folder. Paths are relative to it, with slashes.
 * As git has it: the deepest file that says something decides, and what is in an ignored folder can't come back.
 */
export class IgnoreRules {
  /** Deepest first. */
  readonly #rules: Rules[] = [];
  readonly #excludes: Ignore;
  readonly #folders = new Map<string, boolean>();

  /** `globs`: as in `files.exclude`. */
  constructor(globs: readonly string[]) {
    this.#excludes = ignore({ ignorecase: false, allowRelativePaths: true }).add(
      globs.flatMap(asGitPatterns),
    );
  }

  /** The text of the `.gitignore` in `folder` ('' for the top). */
  add(folder: string, text: string): void {
    this.#rules.push({
      folder,
      matcher: ignore({ ignorecase: false, allowRelativePaths: true }).add(text),
    });
    this.#rules.sort((a, b) => b.folder.length - a.folder.length);
    this.#folders.clear();
  }

  /** Whether this file or folder is left out. */
  ignores(path: string, isFolder: boolean): boolean {
    if (path === '') return false;
    if (isFolder) return this.#ignoresFolder(path);
    return this.#ignoresFolder(parentOf(path)) || this.#decides(path);
  }

  #ignoresFolder(path: string): boolean {
    if (path === '') return false;
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const verdict =
      path === '.git' ||
      path.endsWith('/.git') ||
      this.#ignoresFolder(parentOf(path)) ||
      this.#decides(`${path}/`);
    if (this.#folders.size >= MAX_REMEMBERED) this.#folders.clear();
    this.#folders.set(path, verdict);
    return verdict;
  }

  /** By itself; the folders above are known to stay. A folder's path ends with a slash. */
  #decides(path: string): boolean {
    if (this.#excludes.ignores(path)) return true;
    for (const { folder, matcher } of this.#rules) {
      const relative = relativeTo(folder, path);
      if (relative === undefined || relative === '') continue;
      const { ignored, unignored } = matcher.test(relative);
      if (ignored) return true;
      if (unignored) return false;
    }
    return false;
  }
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function relativeTo(folder: string, path: string): string | undefined {
  if (folder === '') return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

/** A glob of the editor's settings is anchored where it does not begin with two stars, and may have alternatives in braces. */
function asGitPatterns(glob: string): string[] {
  return withoutBraces(glob).map((pattern) => {
    const rooted = pattern.startsWith('**/') || pattern.startsWith('/') ? pattern : `/${pattern}`;
    return rooted.replace(/\/\*\*$/u, '/');
  });
}

/** At most so many alternatives: a setting must not blow up. */
const MAX_ALTERNATIVES = 100;

function withoutBraces(glob: string): string[] {
  let open = [glob];
  const done: string[] = [];
  while (open.length > 0 && open.length + done.length <= MAX_ALTERNATIVES) {
    const next: string[] = [];
    for (const pattern of open) {
      const found = /^(.*?)\{([^{}]*)\}(.*)$/su.exec(pattern);
      if (!found) {
        done.push(pattern);
        continue;
      }
      const [, before = '', inside = '', after = ''] = found;
      for (const choice of inside.split(',')) next.push(before + choice + after);
    }
    open = next;
  }
  return done;
}
