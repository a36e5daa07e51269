import katex from 'katex';
import type { KatexOptions } from 'katex';
import { loadStyleSheet } from '../../shared/resources';
import { strings } from '../../shared/strings';
import type { Typesetter } from './formula';

/** Longest formula that is typeset, in parts that become boxes: a formula is set in one go, and must fit into a frame. */
const MOST_PARTS = 1_500;
/** What one cell of a matrix costs, compared with a letter. */
const CELL_PARTS = 5;
const DEEPEST = 40;

/** Macros of one's own can make a short formula endless. */
const DEFINES =
  /\\(?:[gex]?def|(?:re|provide)?newcommand|providecommand|(?:future)?let|global|long)(?![a-zA-Z])/;

const FONTS = ['1em KaTeX_Main', 'italic 1em KaTeX_Math'] as const;

/** The typesetter with its styles and the fonts that nearly every formula has, so that nothing jumps when they come. */
export async function loadTypesetter(): Promise<Typesetter> {
  await loadStyleSheet('math.css');
  await Promise.allSettled(FONTS.map((font) => document.fonts.load(font)));
  return typeset;
}

const typeset: Typesetter = (tex, target, isDisplay) => {
  const problem = problemOf(tex);
  if (problem !== undefined) return problem;
  try {
    target.append(
      nodeOf(
        buildTree(tex, {
          displayMode: isDisplay,
          output: 'htmlAndMathml',
          throwOnError: true,
          strict: 'ignore',
          trust: refuse,
          maxExpand: 300,
          maxSize: 20,
        }),
      ),
    );
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Links, images and styles inside of formulas: asked for where a formula has one. What is left out would be missed, so all is. */
function refuse({ command }: { readonly command: string }): boolean {
  throw new Error(strings.formulaProblems.command(command));
}

/** What KaTeX makes of a formula, before it becomes nodes of the page. */
function buildTree(tex: string, options: KatexOptions): unknown {
  const build: unknown = Reflect.get(katex, '__renderToDomTree');
  if (typeof build !== 'function') throw new TypeError('expected KaTeX to build a tree');
  return Reflect.apply(build, katex, [tex, options]);
}

/**
 * The page's node for a tree. KaTeX's strings, and a few of its nodes too, carry style attributes, which the page's policy does
 * not allow; it does allow what a script does to `style`.
 */
function nodeOf(tree: unknown): Node {
  styleByScript(tree);
  const node = isRecord(tree) ? call(tree['toNode'], tree) : undefined;
  if (node instanceof Node) return node;
  throw new TypeError('expected KaTeX to make a node');
}

function styleByScript(part: unknown): void {
  if (!isRecord(part)) return;
  const { attributes, children } = part;
  const style = isRecord(attributes) ? attributes['style'] : undefined;
  if (isRecord(attributes) && typeof style === 'string') {
    delete attributes['style'];
    const { toNode: make } = part;
    part['toNode'] = (): unknown => {
      const made: unknown = call(make, part);
      if (made instanceof SVGElement || made instanceof MathMLElement) made.style.cssText = style;
      return made;
    };
  }
  if (Array.isArray(children)) for (const child of children) styleByScript(child);
}

function call(method: unknown, owner: object): unknown {
  return typeof method === 'function' ? Reflect.apply(method, owner, []) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Why a formula is not even tried. */
export function problemOf(tex: string): string | undefined {
  if (DEFINES.test(tex)) return strings.formulaProblems.macros;
  let parts = 0;
  let depth = 0;
  let deepest = 0;
  for (const [part] of tex.matchAll(/\\(?:[a-zA-Z]+|[^])|[^\s]/gu)) {
    parts += part === '&' || part === '\\\\' ? CELL_PARTS : 1;
    if (OPENING.has(part)) deepest = Math.max(deepest, ++depth);
    else if (ENDING.has(part)) depth--;
  }
  if (parts > MOST_PARTS) return strings.formulaProblems.length;
  return deepest > DEEPEST ? strings.formulaProblems.depth : undefined;
}

const OPENING: ReadonlySet<string> = new Set(['{', '\\left', '\\begin']);
const ENDING: ReadonlySet<string> = new Set(['}', '\\right', '\\end']);
