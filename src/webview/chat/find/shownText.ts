import type { Token } from 'markdown-it';
import { contextOver } from '../markdown/parser';
import type { MarkdownParser, ParseContext } from '../markdown/parser';

/** What a top-level block shows: a text for each paragraph, cell, heading or line of code in it, in order. */
export type BlockTexts = readonly string[];

/**
 * What markdown shows as text, block after block, without putting it into a page. A step for each block: the caller may stop
 * in between.
 */
export function* shownTexts(parser: MarkdownParser, source: string): Generator<BlockTexts> {
  const context = contextOver({});
  const normal = source.replace(/\r\n?/g, '\n').replaceAll('\0', '\uFFFD');
  const tokens = parser.blocks(normal, context);
  let texts: string[] = [];
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    depth += token.nesting;
    texts.push(...ownTexts(parser, token, tokens[index - 2], context));
    if (depth > 0) continue;
    // A definition has no element: the blocks after it are counted without it.
    if (token.type !== 'reference_definition') yield texts;
    texts = [];
  }
}

function ownTexts(
  parser: MarkdownParser,
  token: Token,
  beforeParagraph: Token | undefined,
  context: ParseContext,
): readonly string[] {
  if (token.type === 'fence' || token.type === 'code_block') return linesOf(token.content);
  if (token.type !== 'inline') return [];
  const text = parser.inline(token, context).map(inlineText).join('');
  // The box of a task is no text.
  if (beforeParagraph?.type !== 'list_item_open') return [text];
  return [text.replace(/^\[[ xX]\][ \t]+(?=\S|$)/, '')];
}

function linesOf(code: string): readonly string[] {
  return code.replace(/\n$/, '').split('\n');
}

function inlineText(token: Token): string {
  switch (token.type) {
    case 'softbreak':
    case 'hardbreak':
      return '\n';
    case 'footnote_ref':
      // A button.
      return '';
    case 'image':
      return ` ${token.children?.map(inlineText).join('') ?? token.content}`;
    default:
      return token.content;
  }
}
