import * as vscode from 'vscode';
import type { RequestRecord } from '../../engine/metrics/snapshot';
import { VIEWS } from '../contributions';
import type { EngineHost } from '../engineHost';
import { MetricElement } from '../metricsView/treeDiff';

/** What can be done with the figures. */
export class MetricsCommands {
  readonly #engine: EngineHost;

  constructor(engine: EngineHost) {
    this.#engine = engine;
  }

  readonly openMetrics = async (): Promise<void> => {
    await vscode.commands.executeCommand(`${VIEWS.metrics}.focus`);
  };

  readonly resetMetrics = (): void => {
    this.#engine.resetMetrics();
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
