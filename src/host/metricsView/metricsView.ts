import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import type { MetricsSnapshot } from '../../engine/metrics/snapshot';
import { TREE_CONTEXT, VIEWS } from '../contributions';
import { metricsTree } from './metricsTree';
import type { MetricsContext } from './metricsTree';
import { MetricTree } from './treeDiff';
import type { MetricElement } from './treeDiff';

/** The tree is drawn at most this often while figures change, ms. */
const REFRESH_MS = 250;
/** Figures about the last minute and hour age without any event; looked at this often while visible, ms. */
const AGEING_MS = 10_000;

export interface MetricsViewDeps {
  readonly metrics: () => MetricsSnapshot | undefined;
  readonly context: () => MetricsContext;
  /** Figures or context are others. */
  readonly onChange: (listener: () => void) => DisposableLike;
  readonly clock: Clock;
}

/** The metrics tree in the activity bar: live while it is visible, no work while it is not. */
export class MetricsView extends Disposable implements vscode.TreeDataProvider<MetricElement> {
  readonly #deps: MetricsViewDeps;
  readonly #tree = new MetricTree();
  readonly #changed = this._register(
    new vscode.EventEmitter<MetricElement | MetricElement[] | undefined>(),
  );
  readonly #view: vscode.TreeView<MetricElement>;
  #timer: DisposableLike | undefined;
  #ageing: DisposableLike | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(deps: MetricsViewDeps) {
    super();
    this.#deps = deps;
    this.#view = this._register(
      vscode.window.createTreeView(VIEWS.metrics, {
        treeDataProvider: this,
        showCollapseAll: true,
      }),
    );
    this._register(deps.onChange(() => this.#schedule()));
    this._register(this.#view.onDidChangeVisibility(() => this.#schedule()));
    this._register({ dispose: () => this.#stopTimers() });
  }

  /** The top level, as it is shown. */
  get roots(): readonly MetricElement[] {
    return this.#tree.roots;
  }

  getChildren(element?: MetricElement): readonly MetricElement[] & MetricElement[] {
    if (element) return [...element.children];
    this.#update();
    return [...this.#tree.roots];
  }

  getParent(element: MetricElement): MetricElement | undefined {
    return element.parent;
  }

  getTreeItem({ node }: MetricElement): vscode.TreeItem {
    const item = new vscode.TreeItem(node.label, collapsibleState(node));
    item.id = node.id;
    if (node.description !== undefined) item.description = node.description;
    if (node.icon !== undefined) item.iconPath = new vscode.ThemeIcon(node.icon);
    item.tooltip = node.tooltip === undefined ? '' : new vscode.MarkdownString(node.tooltip);
    item.accessibilityInformation = { label: `${node.label} ${node.description ?? ''}` };
    if (node.request) {
      item.contextValue =
        node.request.requestId === undefined ? TREE_CONTEXT.request : TREE_CONTEXT.requestWithId;
    }
    return item;
  }

  #schedule(): void {
    if (!this.#view.visible) {
      this.#stopTimers();
      return;
    }
    this.#timer ??= this.#deps.clock.setTimeout(() => {
      this.#timer = undefined;
      this.#refresh();
    }, REFRESH_MS);
  }

  #refresh(): void {
    const hadRoots = this.#tree.roots.length > 0;
    const { elements, roots } = this.#update();
    if (roots || !hadRoots) this.#changed.fire(undefined);
    else if (elements.length > 0) this.#changed.fire([...elements]);
    this.#keepAgeing();
  }

  #update() {
    const metrics = this.#deps.metrics();
    return this.#tree.update(
      isEmpty(metrics) ? [] : metricsTree(metrics, this.#deps.context(), vscode.l10n.t),
    );
  }

  #keepAgeing(): void {
    this.#ageing?.dispose();
    this.#ageing = undefined;
    const metrics = this.#deps.metrics();
    if (metrics === undefined || metrics.turnsLastHour === 0) return;
    this.#ageing = this.#deps.clock.setTimeout(() => this.#schedule(), AGEING_MS);
  }

  #stopTimers(): void {
    this.#timer?.dispose();
    this.#ageing?.dispose();
    this.#timer = undefined;
    this.#ageing = undefined;
  }
}

/** Before the first request the view says how to begin instead of showing a tree of nothing. */
function isEmpty(metrics: MetricsSnapshot | undefined): metrics is undefined {
  return (
    metrics === undefined ||
    metrics.ok + metrics.failed + metrics.stopped + metrics.running + metrics.queued === 0
  );
}

function collapsibleState(node: MetricElement['node']): vscode.TreeItemCollapsibleState {
  if (node.children === undefined) return vscode.TreeItemCollapsibleState.None;
  return node.expanded === true
    ? vscode.TreeItemCollapsibleState.Expanded
    : vscode.TreeItemCollapsibleState.Collapsed;
}
