/** A slash command out of a markdown file. */
export interface CommandFile {
  readonly description: string;
  readonly argumentHint: string;
  /** With places for arguments: `$ARGUMENTS` for all, `$1` to `$9` for single ones. */
  readonly body: string;
}

const FRONT_MATTER = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;

/**
 * Reads a command's file: markdown, with `description` and `argument-hint` in its front matter if it has one. Without a description
 * the first line says what it is.
 */
export function parseCommandFile(text: string): CommandFile {
  const clean = text.replace(/^\uFEFF/, '');
  const match = FRONT_MATTER.exec(clean);
  const fields = match?.[1] === undefined ? new Map<string, string>() : fieldsOf(match[1]);
  const body = (match ? clean.slice(match[0].length) : clean).trim();
  return {
    description: fields.get('description') ?? firstLine(body),
    argumentHint: fields.get('argument-hint') ?? '',
    body,
  };
}

/** Puts the arguments where the body wants them; where it has no place for them they follow it. */
export function fillIn(body: string, argument: string): string {
  let used = false;
  const words = splitWords(argument);
  const filled = body.replaceAll(/\$(ARGUMENTS\b|[1-9](?!\d))/g, (_place, name: string) => {
    used = true;
    return name === 'ARGUMENTS' ? argument : (words[Number(name) - 1] ?? '');
  });
  return used || argument === '' ? filled : `${filled}\n\n${argument}`;
}

/** Files that a body names as `@path`: they go along as context. Each once, in order. */
export function filesNamedIn(text: string): string[] {
  const found = new Set<string>();
  for (const [, path] of text.matchAll(/(?:^|\s)@((?:\.{0,2}\/)?[\w.-]+(?:\/[\w.-]+)*\.\w+)/g)) {
    if (path !== undefined) found.add(path);
  }
  return [...found];
}

/** `key: value` lines; the values plain or in quotes. Lists and nested values are passed over. */
function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^([\w-]+):[ \t]+(\S.*)$/.exec(line);
    const [, name, value] = match ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, unquoted(value.trim()));
  }
  return fields;
}

function unquoted(value: string): string {
  const match = /^(["'])(.*)\1$/.exec(value);
  return match?.[2] ?? value;
}

/** Words as a shell splits them: quotes hold spaces together. */
function splitWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.replace(/^#+\s*/, '').slice(0, 100);
}
