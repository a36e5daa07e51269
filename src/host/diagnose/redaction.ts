import type { Redactor } from '../logging/redactor';

/** Shorter ones, such as "/", would be found in anything. */
const MIN_PATH_LENGTH = 3;

export interface PrivatePaths {
  readonly home: string;
  readonly workspaces: readonly string[];
}

/** Takes keys and the user's own paths out of a text that is made to be given away. */
export function redaction(redactor: Redactor, paths: PrivatePaths): (text: string) => string {
  const marks = [
    ...paths.workspaces.map((path) => [path, '<workspace>'] as const),
    [paths.home, '~'] as const,
  ]
    .flatMap(([path, mark]) => spellings(path).map((spelling) => [spelling, mark] as const))
    .filter(([path]) => path.length >= MIN_PATH_LENGTH)
    // A workspace mostly lies below the home folder.
    .sort(([a], [b]) => b.length - a.length);
  return (text) =>
    marks.reduce((clean, [path, mark]) => clean.replaceAll(path, mark), redactor.redact(text));
}

/** With either slash, as in an address, and with its drive in either case. */
function spellings(path: string): readonly string[] {
  const trimmed = path.replace(/[\\/]+$/, '');
  const bares = /^[a-z]:/i.test(trimmed)
    ? [trimmed.charAt(0).toLowerCase(), trimmed.charAt(0).toUpperCase()].map(
        (drive) => drive + trimmed.slice(1),
      )
    : [trimmed];
  const all = bares.flatMap((bare) => {
    const slashed = bare.replaceAll('\\', '/');
    const address = encodeURI(slashed);
    return [bare, slashed, address, address.replace(':', '%3A'), bare.replaceAll('\\', '\\\\')];
  });
  return [...new Set(all)];
}
