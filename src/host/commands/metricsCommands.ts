import * as vscode from 'vscode';
import type { MetricsHistory } from '../../engine/metrics/metricsHistory';
import type { RequestRecord } from '../../engine/metrics/snapshot';
import { confirmed } from '../confirm';
import { VIEWS } from '../contributions';
import type { EngineHost } from '../engineHost';
import { MetricElement } from '../metricsView/treeDiff';

/** What can be done with the figures. */
export class MetricsCommands {
  readonly #engine: EngineHost;
  readonly #history: Pick<MetricsHistory, 'clearMetrics'>;

  constructor(engine: EngineHost, history: Pick<MetricsHistory, 'clearMetrics'>) {
    this.#engine = engine;
    this.#history = history;
  }

  readonly openMetrics = async (): Promise<void> => {
    await vscode.commands.executeCommand(`${VIEWS.metrics}.focus`);
  };

  readonly resetMetrics = (): void => {
    this.#engine.resetMetrics();
  };

  readonly deleteMetrics = async (): Promise<void> => {
    const { t } = vscode.l10n;
    const isMeant = await confirmed(
      t('Delete all metrics that were ever written down?'),
      t(
        'Times, tokens, cost, errors, thumbs and marks of all windows on this machine go for good. Chats stay.',
      ),
      t('Delete Metrics'),
    );
    if (!isMeant) return;
    await this.#history.clearMetrics();
    this.#engine.resetMetrics();
    void vscode.window.showInformationMessage(t('All metrics were deleted.'));
  };

  readonly copyRequestId = async (element: unknown): Promise<void> => {
    const requestId = requestOf(element)?.requestId;
    if (requestId !== undefined) await vscode.env.clipboard.writeText(requestId);
  };

  readonly copyRequestJson = async (element: unknown): Promise<void> => {
    const request = requestOf(element);
    if (request === undefined) return;
    const { toOtelAttributes, toOtelMeasurements } =
      await import('../../engine/metrics/openTelemetry');
    const turn = { ...request, errorKind: request.error?.kind };
    const record = {
      attributes: toOtelAttributes(turn),
      measurements: toOtelMeasurements(turn),
    };
    await vscode.env.clipboard.writeText(JSON.stringify(record, undefined, 2));
  };
}

function requestOf(element: unknown): RequestRecord | undefined {
  return element instanceof MetricElement ? element.node.request : undefined;
}
