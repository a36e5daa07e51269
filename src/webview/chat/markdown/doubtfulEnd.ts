import type { BlockNode, ItemNode } from './blockTree';

/** An unfinished line that makes a heading of the text above it, and is more likely the mark of a list's next item. */
const SHORT_UNDERLINE = /^[ \t>]*(?:--?|==?)[ \t]*$/;

/**
 * The source without its last line, where that line is unfinished, an underline of one or two characters, and all that makes a heading
 * of the last block; `undefined` where it is not. Replies that break off, and every list that is being written, would flash otherwise.
 */
export function withoutDoubtfulEnd(
  source: string,
  nodes: readonly (BlockNode | ItemNode)[],
): string | undefined {
  const at = source.lastIndexOf('\n') + 1;
  if (at === 0 || !SHORT_UNDERLINE.test(source.slice(at))) return undefined;
  return isUnderlined(nodes.at(-1)) ? source.slice(0, at) : undefined;
}

function isUnderlined(node: BlockNode | ItemNode | undefined): boolean {
  if (!node) return false;
  if (node.kind === 'heading') return node.endLine - node.startLine > 1;
  if (node.kind !== 'list' && node.kind !== 'quote' && node.kind !== 'item') return false;
  return isUnderlined(node.children.at(-1));
}
