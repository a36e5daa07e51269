import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import type { MetricsSnapshot } from '../../engine/metrics/snapshot';
import { COMMANDS } from '../contributions';
import { statusText } from './statusText';

/** Drawn at most this often, ms. */
const REFRESH_MS = 250;
/** While the last hour has errors, their share falls without any event; looked at this often, ms. */
const AGEING_MS = 60_000;

export interface StatusDeps {
  readonly metrics: () => MetricsSnapshot | undefined;
  readonly endpoint: () => string;
  /** Figures or endpoint are others. */
  readonly onChange: (listener: () => void) => DisposableLike;
  readonly clock: Clock;
}

/** The one item in the status bar. */
export class StatusItem extends Disposable {
  readonly #deps: StatusDeps;
  readonly #item: vscode.StatusBarItem;
  #timer: DisposableLike | undefined;
  #ageing: DisposableLike | undefined;
  #shown = '';

  constructor(deps: StatusDeps) {
    super();
    this.#deps = deps;
    this.#item = this._register(
      vscode.window.createStatusBarItem('pulse.status', vscode.StatusBarAlignment.Right, 100),
    );
    this.#item.name = 'Pulse';
    this.#item.command = COMMANDS.openMetrics;
    this.#draw();
    this.#item.show();
    this._register(deps.onChange(() => this.#schedule()));
    this._register({ dispose: () => this.#timer?.dispose() });
    this._register({ dispose: () => this.#ageing?.dispose() });
  }

  /** What it shows now. */
  get text(): string {
    return this.#item.text;
  }

  #schedule(): void {
    this.#ageing?.dispose();
    this.#timer ??= this.#deps.clock.setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, REFRESH_MS);
  }

  #draw(): void {
    const metrics = this.#deps.metrics();
    const { text, tooltip, spoken, warning } = statusText(
      metrics,
      this.#deps.endpoint(),
      vscode.l10n.t,
    );
    // VS Code redraws (and closes an open tooltip) with every assignment.
    const shown = JSON.stringify([text, tooltip, warning]);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#item.text = text;
      this.#item.tooltip = new vscode.MarkdownString(tooltip);
      this.#item.accessibilityInformation = { label: spoken, role: 'button' };
      this.#item.backgroundColor = warning
        ? new vscode.ThemeColor('statusBarItem.warningBackground')
        : undefined;
    }
    if (metrics === undefined || metrics.errorShareLastHour === 0) return;
    this.#ageing = this.#deps.clock.setTimeout(() => this.#schedule(), AGEING_MS);
  }
}
