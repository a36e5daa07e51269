import * as vscode from 'vscode';
import type { MetricsService } from '../metrics/metricsService';
import { MetricElement } from '../metricsView/treeDiff';

/** What can be done about alerts and budgets. */
export class AlertCommands {
  readonly #metrics: Pick<MetricsService, 'parts'>;

  constructor(metrics: Pick<MetricsService, 'parts'>) {
    this.#metrics = metrics;
  }

  /** For an hour. */
  readonly snooze = async (element: unknown): Promise<void> => {
    const key = element instanceof MetricElement ? element.node.alertKey : undefined;
    if (key === undefined) return;
    const { alerts } = await this.#metrics.parts();
    alerts.snooze([key]);
  };

  /** Lets questions through until midnight although a budget is spent. */
  readonly allowSpending = async (): Promise<void> => {
    const { t } = vscode.l10n;
    const { alerts } = await this.#metrics.parts();
    if (alerts.guard.mayAsk() === undefined) {
      void vscode.window.showInformationMessage(t('No budget holds questions back.'));
      return;
    }
    alerts.allowSpending();
    void vscode.window.showInformationMessage(
      t('Questions are sent until midnight, although the budget is spent.'),
    );
  };
}
