import type { Diagnostic, FilePort } from './contextPorts';
import { textOf } from './textOf';

/** Most problems are in few files; more say no more. */
const MAX_PROBLEMS = 200;
/** Files whose lines are shown. */
const MAX_FILES = 50;
const MAX_LINE = 300;
const RANK = { error: 0, warning: 1, information: 2, hint: 3 } as const;

/** Problems by file, worst files first, each with its line of code: "12:5 error ts 2322: …" and the line below. */
export async function diagnosticsText(
  found: readonly Diagnostic[],
  files: FilePort,
  maxBytes: number,
): Promise<string> {
  const kept = found.toSorted(byWeight).slice(0, MAX_PROBLEMS);
  const byFile = new Map<string, Diagnostic[]>();
  for (const one of kept) byFile.set(one.uri, [...(byFile.get(one.uri) ?? []), one]);
  const parts: string[] = [];
  let bytes = 0;
  let told = 0;
  let read = 0;
  for (const [uri, problems] of byFile) {
    const lines = read++ < MAX_FILES ? await linesOf(uri, files) : [];
    const part = [
      files.pathOf(uri),
      ...problems.toSorted((a, b) => a.line - b.line).map((one) => problemText(one, lines)),
    ].join('\n');
    bytes += Buffer.byteLength(part) + 2;
    if (bytes > maxBytes && parts.length > 0) break;
    parts.push(part);
    told += problems.length;
  }
  if (told < found.length) parts.push(`(${found.length - told} more problems)`);
  return parts.join('\n\n');
}

function problemText(
  { line, column, severity, source, message }: Diagnostic,
  lines: readonly string[],
): string {
  const code = lines[line - 1]?.trim().slice(0, MAX_LINE) ?? '';
  const origin = source === '' ? '' : ` ${source}`;
  const head = `  ${line}:${column} ${severity}${origin}: ${message.replaceAll(/\s*\n\s*/gu, ' ')}`;
  return code === '' ? head : `${head}\n    > ${code}`;
}

async function linesOf(uri: string, files: FilePort): Promise<readonly string[]> {
  try {
    const text = files.openText(uri) ?? (await textOf(await files.read(uri), uri, files));
    return text.split('\n');
  } catch {
    // The problem is told without its line.
    return [];
  }
}

/** Errors first; within a severity by file and place, so that the text stays the same while nothing changes. */
function byWeight(a: Diagnostic, b: Diagnostic): number {
  return (
    RANK[a.severity] - RANK[b.severity] ||
    compare(a.uri, b.uri) ||
    a.line - b.line ||
    a.column - b.column
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
