import * as v from 'valibot';
import { TOKEN_KINDS } from '../../protocol/tokenColors';
import type { TokenKind, TokenStyle } from '../../protocol/tokenColors';
import { parseJsonc } from './jsonc';

const ruleSchema = v.object({
  scope: v.optional(v.union([v.string(), v.array(v.string())])),
  settings: v.object({
    foreground: v.optional(v.string()),
    fontStyle: v.optional(v.string()),
  }),
});
/** How a theme shows some parts of code: TextMate scopes and their looks. */
export type ThemeRule = v.InferOutput<typeof ruleSchema>;

const themeSchema = v.object({
  include: v.optional(v.string()),
  tokenColors: v.optional(v.union([v.string(), v.array(v.unknown())])),
});

/** Longest chain of files that a theme is made of, and most rules of it. */
const MOST_FILES = 8;
const MOST_RULES = 5_000;

/**
 * The rules of a theme, those of the files it includes first. `read` gets a file's text by a path relative to that of the file
 * that names it. @throws Error for a file that can't be read, or is of a form we do not know.
 */
export async function loadRules(
  path: string,
  read: (path: string, from: string | undefined) => Promise<{ text: string; path: string }>,
): Promise<ThemeRule[]> {
  const chain: ThemeRule[][] = [];
  let next: string | undefined = path;
  let from: string | undefined;
  for (let files = 0; next !== undefined; files++) {
    if (files === MOST_FILES) throw new Error('The theme includes too many files');
    const file = await read(next, from);
    const theme = v.parse(themeSchema, parseJsonc(file.text));
    let colors = theme.tokenColors;
    if (typeof colors === 'string') {
      const other = await read(colors, file.path);
      colors = v.parse(v.array(v.unknown()), rulesIn(parseJsonc(other.text)));
    }
    chain.unshift(validRules(colors ?? []));
    next = theme.include;
    from = file.path;
  }
  return chain.flat().slice(0, MOST_RULES);
}

/** A file of rules only: a list, or a theme of its own. */
function rulesIn(value: unknown): unknown {
  return v.is(v.object({ tokenColors: v.array(v.unknown()) }), value) ? value.tokenColors : value;
}

/** A rule that is wrong is left out, as VS Code does. */
function validRules(values: readonly unknown[]): ThemeRule[] {
  return values.filter((value) => v.is(ruleSchema, value));
}

/** Short names of VS Code's setting `editor.tokenColorCustomizations`. Source: VS Code's `colorThemeData.ts`. */
const CUSTOM_GROUPS: Readonly<Record<string, readonly string[]>> = {
  comments: ['comment', 'punctuation.definition.comment'],
  strings: ['string', 'meta.embedded.assembly'],
  keywords: ['keyword', 'keyword.control', 'storage', 'storage.type'],
  numbers: ['constant.numeric'],
  types: ['entity.name.type', 'entity.name.class', 'support.type', 'support.class'],
  functions: ['entity.name.function', 'support.function'],
  variables: ['variable', 'entity.name.variable'],
};

/** The rules that the user added to the theme of that name; nothing where the setting is something else. */
export function customRules(setting: unknown, themeName: string): ThemeRule[] {
  if (!isRecord(setting)) return [];
  const own = Object.entries(setting).filter(([key]) => namesTheme(key, themeName));
  return [setting, ...own.map(([, value]) => value)].flatMap((part) => rulesOf(part));
}

/** "[Monokai]", "[Default*]", "[One][Two]". */
function namesTheme(key: string, themeName: string): boolean {
  return Array.from(key.matchAll(/\[([^\]]*)\]/g), ([, name = '']) => name).some((name) =>
    name.endsWith('*') ? themeName.startsWith(name.slice(0, -1)) : name === themeName,
  );
}

function rulesOf(part: unknown): ThemeRule[] {
  if (!isRecord(part)) return [];
  const groups = Object.entries(CUSTOM_GROUPS).flatMap(([name, scope]) => {
    const value = part[name];
    const settings = typeof value === 'string' ? { foreground: value } : value;
    return validRules([{ scope: [...scope], settings }]);
  });
  const { textMateRules } = part;
  return [...groups, ...(Array.isArray(textMateRules) ? validRules(textMateRules) : [])];
}

/** For each kind the scopes that it has in code, outermost first; the first of several that a theme knows counts. */
const SCOPES: Readonly<Record<TokenKind, readonly string[]>> = {
  comment: ['source.ts comment.line.double-slash.ts'],
  string: ['source.ts string.quoted.double.ts'],
  regexp: ['source.ts string.regexp.ts'],
  escape: ['source.ts string.quoted.double.ts constant.character.escape.ts'],
  number: ['source.ts constant.numeric.decimal.ts'],
  constant: ['source.ts constant.language.boolean.true.ts'],
  keyword: ['source.ts storage.type.ts'],
  control: ['source.ts keyword.control.flow.ts'],
  operator: ['source.ts keyword.operator.assignment.ts'],
  punctuation: ['source.ts punctuation.terminator.statement.ts'],
  function: ['source.ts entity.name.function.ts'],
  type: ['source.ts entity.name.type.class.ts', 'source.ts support.class.ts'],
  variable: ['source.ts variable.other.readwrite.ts'],
  parameter: ['source.ts variable.parameter.ts'],
  property: [
    'source.ts variable.other.property.ts',
    'source.ts meta.object-literal.key.ts',
    'source.json support.type.property-name.json',
  ],
  attribute: ['text.html.basic meta.tag entity.other.attribute-name.html'],
  tag: ['text.html.basic meta.tag entity.name.tag.html'],
  heading: ['text.html.markdown markup.heading.markdown entity.name.section.markdown'],
  bold: ['text.html.markdown markup.bold.markdown'],
  italic: ['text.html.markdown markup.italic.markdown'],
  inserted: ['source.diff markup.inserted.diff'],
  deleted: ['source.diff markup.deleted.diff'],
  changed: ['source.diff markup.changed.diff', 'source.diff meta.diff.range.unified'],
  invalid: ['source.ts invalid.illegal.ts'],
};

/** What a theme makes of each kind of token. */
export function tokenStyles(rules: readonly ThemeRule[]): TokenStyle[] {
  const selectors = rules.flatMap(selectorsOf);
  return TOKEN_KINDS.map((kind) => {
    const paths = SCOPES[kind].map((path) => path.split(' '));
    const color = firstOf(paths, (path) => lookUp(selectors, path, 'color'));
    const font = firstOf(paths, (path) => lookUp(selectors, path, 'font')) ?? '';
    return {
      kind,
      color,
      bold: /\bbold\b/.test(font),
      italic: /\bitalic\b/.test(font),
      underline: /\bunderline\b/.test(font),
    };
  });
}

interface Selector {
  readonly last: string;
  /** What must be around it, innermost first. */
  readonly around: readonly string[];
  readonly color: string | undefined;
  readonly font: string | undefined;
}

function selectorsOf({ scope = '', settings }: ThemeRule): Selector[] {
  const all = typeof scope === 'string' ? scope.split(',') : scope.flatMap((one) => one.split(','));
  const color = colorOf(settings.foreground);
  return all.flatMap((one) => {
    // Exceptions ("keyword - keyword.operator") are about scopes that have kinds of their own here.
    const parts = one
      .trim()
      .replace(/ -.*$/, '')
      .split(/[\s>]+/)
      .filter((part) => part !== '');
    const last = parts.pop();
    if (last === undefined) return [];
    return [{ last, around: parts.toReversed(), color, font: settings.fontStyle }];
  });
}

function colorOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const short = /^#([0-9a-f]{3,4})$/i.exec(text)?.[1];
  const long =
    short === undefined ? text : `#${Array.from(short, (digit) => digit + digit).join('')}`;
  return /^#(?:[0-9a-f]{6}|[0-9a-f]{8})$/i.test(long) ? long.toLowerCase() : undefined;
}

/** As TextMate does: the innermost scope that a rule is about counts, of several rules the most exact, then the last. */
function lookUp(
  selectors: readonly Selector[],
  path: readonly string[],
  what: 'color' | 'font',
): string | undefined {
  for (let at = path.length - 1; at >= 0; at--) {
    let best: Selector | undefined;
    for (const selector of selectors) {
      if (selector[what] === undefined || !covers(selector.last, path[at] ?? '')) continue;
      if (!isAround(selector.around, path.slice(0, at))) continue;
      if (!best || isAsExact(selector, best)) best = selector;
    }
    if (best) return best[what];
  }
  return undefined;
}

function covers(selector: string, scope: string): boolean {
  return scope === selector || scope.startsWith(`${selector}.`);
}

function isAround(around: readonly string[], outer: readonly string[]): boolean {
  let at = outer.length - 1;
  for (const wanted of around) {
    while (at >= 0 && !covers(wanted, outer[at] ?? '')) at--;
    if (at < 0) return false;
    at--;
  }
  return true;
}

function isAsExact(selector: Selector, other: Selector): boolean {
  const depth = (one: Selector): number => one.last.split('.').length;
  return (
    depth(selector) > depth(other) ||
    (depth(selector) === depth(other) && selector.around.length >= other.around.length)
  );
}

function firstOf<T, R>(values: readonly T[], find: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
