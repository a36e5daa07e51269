import { languageNamed } from '../highlight/languages';

/** What the words after an opening fence say. */
export interface CodeInfo {
  /** As written, lower case; empty for none. */
  readonly language: string;
  /** The file that the code is meant for, as written. */
  readonly path: string | undefined;
}

const LONGEST_PATH = 400;
const SHELLS: ReadonlySet<string> = new Set(['bat', 'batch', 'cmd', 'fish', 'nu', 'nushell']);

/**
 * "ts", "ts {1,3} title="src/app.ts"", "ts src/app.ts", "ts:src/app.ts", "12:40:src/app.ts", "src/app.ts", "{.python}",
 * "language-js".
 */
export function readInfo(info: string): CodeInfo {
  const attributes = info.trim().replace(/^\{\s*\.?/, '');
  const [first = '', ...others] = attributes
    .split(/[\s,{]+/)
    .map((word) => word.replace(/\}$/, ''));
  const named = namedPath(attributes) ?? others.map(cleanPath).find(isPath);
  const parts = /^(?:\d+:\d+:|([^:/\\]+):)(.+)$/.exec(first);
  if (parts) {
    const [, language, rest = ''] = parts;
    const path = named ?? cleanPath(rest);
    return {
      language: languageName(language ?? endingOf(path)),
      path: isPath(path) ? path : named,
    };
  }
  if (isPath(first)) return { language: endingOf(first), path: named ?? cleanPath(first) };
  return { language: languageName(first.replace(/:.*$/, '')), path: named };
}

/** Whether code in that language is for a terminal. */
export function isShell(language: string): boolean {
  const known = languageNamed(language);
  return known === 'shellscript' || known === 'powershell' || SHELLS.has(language);
}

function namedPath(attributes: string): string | undefined {
  const match =
    /(?:^|[\s,{])(?:title|path|file|filename|name)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s,}]+))/i.exec(
      attributes,
    );
  const path = cleanPath(match?.[1] ?? match?.[2] ?? match?.[3] ?? '');
  return isPath(path) ? path : undefined;
}

/** A word with a folder, or with an ending that is one of a language. */
function isPath(word: string): boolean {
  if (word === '' || word.includes('=') || /^[a-z]+:\/\//i.test(word)) return false;
  const name = word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1);
  if (name !== word) return /[\p{L}\p{N}]/u.test(name);
  return /^(?:dockerfile|makefile)$/.test(name)
    ? false
    : /^[^.].*\.[a-z0-9+#]+$/i.test(name) && languageNamed(endingOf(name)) !== undefined;
}

/** Without what can't be seen, or turns the direction of text. */
function cleanPath(word: string): string {
  return word
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .replace(/^\.[\\/]/, '')
    .slice(0, LONGEST_PATH);
}

function endingOf(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return (/\.([a-z0-9+#]+)$/i.exec(name)?.[1] ?? name).toLowerCase();
}

function languageName(word: string): string {
  return word.replace(/^language-/i, '').toLowerCase();
}
