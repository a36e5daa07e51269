import type { MetricNode } from './metricNode';

/**
 * One line of the tree as VS Code knows it: the same object for as long as the line is there, so that what is opened and
 * selected stays; what it says changes inside.
 */
export class MetricElement {
  node: MetricNode;
  readonly parent: MetricElement | undefined;
  children: readonly MetricElement[];

  constructor(node: MetricNode, parent: MetricElement | undefined) {
    this.node = node;
    this.parent = parent;
    this.children = (node.children ?? []).map((child) => new MetricElement(child, this));
  }
}

/** Lines that have to be drawn again; `roots`: the top level has other lines. */
export interface TreeChanges {
  readonly elements: readonly MetricElement[];
  readonly roots: boolean;
}

/** Takes in a new look at the figures, touching only what differs. */
export class MetricTree {
  roots: readonly MetricElement[] = [];

  update(nodes: readonly MetricNode[]): TreeChanges {
    const changed: MetricElement[] = [];
    const { elements, isSame } = merged(this.roots, nodes, undefined, changed);
    this.roots = elements;
    return { elements: changed, roots: !isSame };
  }
}

function merged(
  before: readonly MetricElement[],
  nodes: readonly MetricNode[],
  parent: MetricElement | undefined,
  changed: MetricElement[],
): { readonly elements: readonly MetricElement[]; readonly isSame: boolean } {
  const known = new Map(before.map((element) => [element.node.id, element]));
  const elements = nodes.map((node) => {
    const element = known.get(node.id);
    if (!element) return new MetricElement(node, parent);
    mergeInto(element, node, changed);
    return element;
  });
  const isSame =
    elements.length === before.length &&
    elements.every((element, index) => element === before[index]);
  return { elements, isSame };
}

/** Drawing an element again draws what is under it too: nothing under a changed list is told apart. */
function mergeInto(element: MetricElement, node: MetricNode, changed: MetricElement[]): void {
  const below: MetricElement[] = [];
  const { elements, isSame } = merged(element.children, node.children ?? [], element, below);
  const isRedrawn = !isSame || !looksSame(element.node, node);
  element.node = node;
  element.children = elements;
  if (isRedrawn) changed.push(element);
  else changed.push(...below);
}

function looksSame(a: MetricNode, b: MetricNode): boolean {
  return (
    a.label === b.label &&
    a.description === b.description &&
    a.tooltip === b.tooltip &&
    a.icon === b.icon &&
    a.iconColor === b.iconColor &&
    // The first child turns a line into one that opens.
    (a.children === undefined) === (b.children === undefined)
  );
}
