import type { RequestRecord } from '../../engine/metrics/snapshot';

/** One line of the metrics tree, as data. */
export interface MetricNode {
  /** Stays the same from one look to the next, so that what is opened or selected stays so. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** What a screen reader says after the label, where the description has more than words in it. */
  readonly spoken?: string;
  /** Name of a codicon. */
  readonly icon?: string;
  /** Id of a theme colour for the icon. */
  readonly iconColor?: string;
  /** Markdown; figures and names in it are escaped. */
  readonly tooltip?: string;
  readonly children?: readonly MetricNode[];
  /** Open when it is shown for the first time. */
  readonly expanded?: boolean;
  /** The request that the menu's commands are about. */
  readonly request?: RequestRecord;
  /** The endpoint that the menu's commands are about. */
  readonly endpointId?: string;
  /** The alert that the menu's commands are about. */
  readonly alertKey?: string;
  /** The setting that a click shows, with `pulse.`. */
  readonly settingId?: string;
}

/** A line without lines under it. */
export function leaf(
  id: string,
  label: string,
  description: string,
  more: Partial<MetricNode> = {},
): MetricNode {
  return { id, label, description, ...more };
}

/** A part of an id that comes from outside: without the `/` that separates parts. */
export function idPart(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('/', '%2F');
}

/** The tree as indented text, for golden files and copies. */
export function treeText(nodes: readonly MetricNode[], indent = ''): string {
  return nodes
    .map((node) => {
      const line = [indent + node.label, node.description].filter(Boolean).join('  ');
      return `${line}\n${treeText(node.children ?? [], `${indent}  `)}`;
    })
    .join('');
}
