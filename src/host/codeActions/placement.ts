import { applyPatch, parsePatch } from 'diff';
import type { NamedRange } from '../namedRanges';

/** What becomes of a file when a block of code is applied to it. */
export type Placement =
  | { readonly kind: 'placed'; readonly text: string; readonly how: PlacementKind }
  /** Nothing says where it belongs. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unchanged' };

/**
 * - `patch` it is a unified diff; `whole` it is the new content of the whole file
 * - `anchored` its first and last lines are in the file once, and it takes the place of what is between them
 * - `named` it defines something that the file defines once
 */
export type PlacementKind = 'patch' | 'whole' | 'anchored' | 'named';

/** A block that holds at least this share of the file's lines is taken for the whole file. */
const WHOLE_SHARE = 0.5;
/** Lines that say "and so on": a block with one is never the whole file. */
const ELLIPSIS =
  /^\s*(?:\/\/|#|--|;|<!--|\/\*|\*)?\s*(?:\.\.\.|…)\s*(?:existing|rest|other|unchanged|remaining|same|omitted|\*\/|-->|$)/im;

/**
 * Finds the place of a block of code in a file without asking a model, so that what is shown for review is what was written. Line
 * ends follow the file.
 */
export function placeCode(file: string, code: string, named: readonly NamedRange[]): Placement {
  const eol = file.includes('\r\n') ? '\r\n' : '\n';
  const old = file.replaceAll('\r\n', '\n');
  const block = code.replaceAll('\r\n', '\n').replace(/\n+$/, '');
  const placed =
    asPatch(old, block) ?? asWhole(old, block) ?? anchored(old, block) ?? byName(old, block, named);
  if (!placed) return { kind: 'unknown' };
  if (placed.text === old) return { kind: 'unchanged' };
  return { ...placed, text: placed.text.replaceAll('\n', eol) };
}

/**
 * Places the code again in what the file is by then. `named` is what `before` had: in any other text it would name other lines.
 * Gives `undefined` where its place is not found.
 */
export function placing(
  before: string,
  code: string,
  named: readonly NamedRange[],
): (present: string) => string | undefined {
  return (present) => {
    const placed = placeCode(present, code, present === before ? named : []);
    return placed.kind === 'placed' ? placed.text : undefined;
  };
}

/** Puts the code in the place of a stretch of `before`, UTF-16 offsets; gives `undefined` for any other text, where they say nothing. */
export function splicing(
  before: string,
  code: string,
  { start, end }: { readonly start: number; readonly end: number },
): (present: string) => string | undefined {
  return (present) =>
    present === before ? before.slice(0, start) + code + before.slice(end) : undefined;
}

type Placed = Extract<Placement, { kind: 'placed' }>;

function asPatch(old: string, block: string): Placed | undefined {
  if (!/^@@ -\d+/m.test(block)) return undefined;
  try {
    const [patch] = parsePatch(block);
    const text = patch && applyPatch(old, patch, { fuzzFactor: 2 });
    return typeof text === 'string' ? { kind: 'placed', text, how: 'patch' } : undefined;
  } catch {
    // Looks like a patch and is none.
    return undefined;
  }
}

function asWhole(old: string, block: string): Placed | undefined {
  const whole: Placed = { kind: 'placed', text: `${block}\n`, how: 'whole' };
  if (old.trim() === '') return whole;
  if (ELLIPSIS.test(block)) return undefined;
  const kept = new Set(meaningful(block.split('\n')));
  const lines = meaningful(old.split('\n'));
  const shared = lines.filter((line) => kept.has(line)).length;
  return shared >= WHOLE_SHARE * lines.length && startsAlike(lines, block) ? whole : undefined;
}

/** Whether the block begins as the file does: a large piece out of the middle is not the whole. */
function startsAlike(lines: readonly string[], block: string): boolean {
  const head = new Set(lines.slice(0, 10));
  return meaningful(block.split('\n'))
    .slice(0, 10)
    .some((line) => head.has(line));
}

function anchored(old: string, block: string): Placed | undefined {
  const lines = old.split('\n');
  const written = block.split('\n');
  if (meaningful(written).length < 3 || ELLIPSIS.test(block)) return undefined;
  const first = only(lines, written[0]?.trim());
  const lastWritten = written.at(-1) ?? '';
  if (first === undefined) return undefined;
  const indent = indentOf(lines[first] ?? '');
  // The first line below that closes as the block does: the same text at the same depth.
  const closing = indent + lastWritten.slice(indentOf(written[0] ?? '').length);
  const last = lines.findIndex((line, at) => at > first && line.trimEnd() === closing.trimEnd());
  if (last < 0) return undefined;
  return { kind: 'placed', text: replaced(lines, first, last, written), how: 'anchored' };
}

function byName(old: string, block: string, named: readonly NamedRange[]): Placed | undefined {
  const name = definedName(block);
  if (name === undefined || ELLIPSIS.test(block)) return undefined;
  const ranges = named.filter((range) => range.name === name);
  const [range] = ranges;
  if (!range || ranges.length > 1) return undefined;
  const lines = old.split('\n');
  const text = replaced(lines, range.startLine, range.endLine, block.split('\n'));
  return { kind: 'placed', text, how: 'named' };
}

/** What a block defines first, in the languages that say so with a word. */
function definedName(block: string): string | undefined {
  const match =
    /^[ \t]*(?:export\s+|default\s+|public\s+|private\s+|protected\s+|static\s+|async\s+|abstract\s+|pub(?:\([^)]*\))?\s+)*(?:function\*?|class|interface|type|enum|struct|trait|impl|fn|def|func|const|let|var|module|namespace)\s+(?:\([^)]*\)\s*)?([\p{L}_$][\p{L}\p{N}_$]*)/mu.exec(
      block,
    );
  return match?.[1];
}

/** The block in place of these lines, at their depth. */
function replaced(
  lines: readonly string[],
  first: number,
  last: number,
  written: readonly string[],
): string {
  const depth = indentOf(lines[first] ?? '');
  const own = indentOf(written[0] ?? '');
  const moved = written.map((line) =>
    line.trim() === '' || !line.startsWith(own) ? line : depth + line.slice(own.length),
  );
  return [...lines.slice(0, first), ...moved, ...lines.slice(last + 1)].join('\n');
}

/** The index of the line with this text, if there is exactly one. */
function only(lines: readonly string[], text: string | undefined): number | undefined {
  if (text === undefined || text.length < 3) return undefined;
  const first = lines.findIndex((line) => line.trim() === text);
  if (first < 0) return undefined;
  const again = lines.findIndex((line, at) => at > first && line.trim() === text);
  return again < 0 ? first : undefined;
}

function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** Lines with words in them: brackets and blank lines are in every file. */
function meaningful(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim()).filter((line) => /[\p{L}\p{N}]/u.test(line));
}
