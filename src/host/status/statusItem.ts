import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import type { EngineHealth } from '../../engine/health';
import type { MetricsSnapshot } from '../../engine/metrics/snapshot';
import type { StatusAlert } from '../alerts/statusAlert';
import { COMMANDS } from '../contributions';
import type { StatusField } from '../contributions';
import { RefreshPace } from '../metricsView/refreshPace';
import { primaryCondition, statusText } from './statusText';

/** While the last hour has errors, their share falls without any event; looked at this often, ms. */
const AGEING_MS = 60_000;

export interface StatusDeps {
  readonly metrics: () => MetricsSnapshot | undefined;
  readonly health: () => EngineHealth | undefined;
  readonly alert: () => StatusAlert | undefined;
  readonly fields: () => readonly StatusField[];
  readonly endpoint: () => string;
  /** Figures, health, endpoint or fields are others. */
  readonly onChange: (listener: () => void) => DisposableLike;
  readonly clock: Clock;
}

/** The one item in the status bar. */
export class StatusItem extends Disposable {
  readonly #deps: StatusDeps;
  readonly #item: vscode.StatusBarItem;
  readonly #pace: RefreshPace;
  #shown = '';

  constructor(deps: StatusDeps) {
    super();
    this.#deps = deps;
    this.#item = this._register(
      vscode.window.createStatusBarItem('pulse.status', vscode.StatusBarAlignment.Right, 100),
    );
    this.#item.name = 'Pulse';
    this.#item.command = COMMANDS.openDashboard;
    this.#pace = this._register(
      new RefreshPace({ clock: deps.clock, isVisible: () => true, draw: () => this.#draw() }),
    );
    this.#pace.drawn(this.#draw());
    this.#item.show();
    this._register(deps.onChange(() => this.#pace.changed()));
  }

  /** What it shows now. */
  get text(): string {
    return this.#item.text;
  }

  #draw(): number | undefined {
    const metrics = this.#deps.metrics();
    const health = this.#deps.health();
    const { endpoint, fields, alert, clock } = this.#deps;
    const { text, tooltip, spoken, tone } = statusText(
      {
        metrics,
        health,
        alert: alert(),
        fields: fields(),
        endpoint: endpoint(),
        now: clock.wallNow(),
      },
      vscode.l10n.t,
    );
    // VS Code redraws (and closes an open tooltip) with every assignment.
    const shown = JSON.stringify([text, tooltip, tone]);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#item.text = text;
      this.#item.tooltip = new vscode.MarkdownString(tooltip);
      this.#item.accessibilityInformation = { label: spoken, role: 'button' };
      this.#item.backgroundColor =
        tone === 'usual' ? undefined : new vscode.ThemeColor(`statusBarItem.${tone}Background`);
    }
    return ageingMs(metrics, health);
  }
}

/** When the item is another without anything having happened, ms: the next try of an open breaker, or an error that gets old. */
function ageingMs(
  metrics: MetricsSnapshot | undefined,
  health: EngineHealth | undefined,
): number | undefined {
  const condition = primaryCondition(health);
  if (condition?.kind === 'open' && condition.retryInMs !== undefined) {
    return Math.min(condition.retryInMs, AGEING_MS);
  }
  return metrics === undefined || metrics.errorShareLastHour === 0 ? undefined : AGEING_MS;
}
