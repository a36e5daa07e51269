import type { BlockNode, ItemNode } from './blockTree';

/** What a container has inside: blocks, or a list's items. */
export type ChildNodeOf = BlockNode | ItemNode;

/** @throws TypeError when the parser sees another block than the one that is open. */
export function expectKind<K extends ChildNodeOf['kind']>(
  node: ChildNodeOf,
  kind: K,
): Extract<ChildNodeOf, { kind: K }> {
  if (isKind(node, kind)) return node;
  throw new TypeError(`expected an open ${kind}, got ${node.kind}`);
}

/** Whether a block is code that goes on, or has it at its end. */
export function endsInOpenFence(node: ChildNodeOf | undefined): boolean {
  if (node === undefined) return false;
  if (node.kind === 'code') return node.fence === 'open';
  if (node.kind !== 'list' && node.kind !== 'quote' && node.kind !== 'item') return false;
  return endsInOpenFence(node.children.at(-1));
}

function isKind<K extends ChildNodeOf['kind']>(
  node: ChildNodeOf,
  kind: K,
): node is Extract<ChildNodeOf, { kind: K }> {
  return node.kind === kind;
}
