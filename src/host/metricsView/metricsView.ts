import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import type { EngineHealth } from '../../engine/health';
import type { MetricsSnapshot } from '../../engine/metrics/snapshot';
import { TREE_CONTEXT, VIEWS } from '../contributions';
import { countsDown } from './endpointCondition';
import type { MetricsContext } from './metricsContext';
import type { metricsTree } from './metricsTree';
import type { MetricNode } from './metricNode';
import { RefreshPace } from './refreshPace';
import { MetricTree } from './treeDiff';
import type { MetricElement, TreeChanges } from './treeDiff';

/** Figures about the last minute and hour age without any event; looked at this often while visible, ms. */
const AGEING_MS = 10_000;
/** While something counts down, it is looked at this often while visible, ms. */
const COUNTDOWN_MS = 1_000;

export interface MetricsViewDeps {
  readonly metrics: () => MetricsSnapshot | undefined;
  readonly context: () => MetricsContext;
  /** Figures or context are others. */
  readonly onChange: (listener: () => void) => DisposableLike;
  readonly clock: Clock;
}

type BuildTree = typeof metricsTree;

/** What the lines were made from. */
interface Look {
  readonly metrics: MetricsSnapshot | undefined;
  readonly health: EngineHealth | undefined;
}

/**
 * The metrics tree in the activity bar: live while it is visible, no work while it is not. What builds it is loaded when it is
 * first shown.
 */
export class MetricsView extends Disposable implements vscode.TreeDataProvider<MetricElement> {
  readonly #deps: MetricsViewDeps;
  readonly #tree = new MetricTree();
  readonly #changed = this._register(
    new vscode.EventEmitter<MetricElement | MetricElement[] | undefined>(),
  );
  readonly #view: vscode.TreeView<MetricElement>;
  readonly #pace: RefreshPace;
  #build: BuildTree | undefined;

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
    this.#pace = this._register(
      new RefreshPace({
        clock: deps.clock,
        isVisible: () => this.#view.visible,
        draw: () => this.#refresh(),
      }),
    );
    this._register(deps.onChange(() => this.#pace.changed()));
    this._register(this.#view.onDidChangeVisibility(() => this.#pace.changed()));
  }

  /** The top level, as it is shown. */
  get roots(): readonly MetricElement[] {
    return this.#tree.roots;
  }

  getChildren(element: MetricElement): MetricElement[];
  getChildren(element?: MetricElement): MetricElement[] | Promise<MetricElement[]>;
  getChildren(element?: MetricElement): MetricElement[] | Promise<MetricElement[]> {
    return element ? [...element.children] : this.#loadRoots();
  }

  getParent(element: MetricElement): MetricElement | undefined {
    return element.parent;
  }

  getTreeItem({ node }: MetricElement): vscode.TreeItem {
    const item = new vscode.TreeItem(node.label, collapsibleState(node));
    item.id = node.id;
    if (node.description !== undefined) item.description = node.description;
    if (node.icon !== undefined) item.iconPath = iconOf(node.icon, node.iconColor);
    item.tooltip = node.tooltip === undefined ? '' : new vscode.MarkdownString(node.tooltip);
    item.accessibilityInformation = {
      label: `${node.label} ${node.spoken ?? node.description ?? ''}`,
    };
    const context = contextOf(node);
    if (context !== undefined) item.contextValue = context;
    if (node.settingId !== undefined) item.command = openSetting(node.settingId);
    return item;
  }

  async #loadRoots(): Promise<MetricElement[]> {
    const { metricsTree: build } = await import('./metricsTree');
    this.#build = build;
    const { look } = this.#update(build);
    this.#pace.drawn(ageingMs(look));
    return [...this.#tree.roots];
  }

  #refresh(): number | undefined {
    // Until the view has asked for its first lines there is nothing to keep up to date.
    if (!this.#build) return undefined;
    const hadRoots = this.#tree.roots.length > 0;
    const { changes, look } = this.#update(this.#build);
    const { elements, roots } = changes;
    if (roots || !hadRoots) this.#changed.fire(undefined);
    else if (elements.length > 0) this.#changed.fire([...elements]);
    return ageingMs(look);
  }

  #update(build: BuildTree): { readonly changes: TreeChanges; readonly look: Look } {
    const metrics = this.#deps.metrics();
    const context = this.#deps.context();
    const { health } = context;
    const nodes = isEmpty(metrics, health)
      ? []
      : build(metrics, context, vscode.l10n.t, this.#deps.clock.wallNow());
    return { changes: this.#tree.update(nodes), look: { metrics, health } };
  }
}

/** When figures are others without anything having happened, ms; `undefined` for never. */
function ageingMs({ metrics, health }: Look): number | undefined {
  if (health && countsDown(health)) return COUNTDOWN_MS;
  return metrics !== undefined && metrics.turnsLastHour > 0 ? AGEING_MS : undefined;
}

/** Before the first request the view says how to begin instead of showing a tree of nothing; not while an endpoint is down. */
function isEmpty(
  metrics: MetricsSnapshot | undefined,
  health: EngineHealth | undefined,
): metrics is undefined {
  if (metrics === undefined) return true;
  const { ok, failed, stopped, running, queued, waiting, backingOff } = metrics;
  return (
    ok + failed + stopped + running + queued + waiting + backingOff === 0 &&
    (health?.breakers ?? []).every(({ state }) => state === 'closed')
  );
}

function iconOf(icon: string, color: string | undefined): vscode.ThemeIcon {
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}

function contextOf({ request, endpointId, alertKey }: MetricNode): string | undefined {
  if (alertKey !== undefined) return TREE_CONTEXT.alert;
  if (endpointId !== undefined) return TREE_CONTEXT.endpoint;
  if (request === undefined) return undefined;
  return request.requestId === undefined ? TREE_CONTEXT.request : TREE_CONTEXT.requestWithId;
}

function openSetting(settingId: string): vscode.Command {
  return {
    command: 'workbench.action.openSettings',
    title: vscode.l10n.t('Open Settings'),
    arguments: [`@id:${settingId}`],
  };
}

function collapsibleState(node: MetricNode): vscode.TreeItemCollapsibleState {
  if (node.children === undefined) return vscode.TreeItemCollapsibleState.None;
  return node.expanded === true
    ? vscode.TreeItemCollapsibleState.Expanded
    : vscode.TreeItemCollapsibleState.Collapsed;
}
