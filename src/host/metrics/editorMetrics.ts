import * as vscode from 'vscode';
import { systemClock } from '../../base/clock';
import type { Engine } from '../../engine/engine';
import type { MetricsHistory } from '../../engine/metrics/metricsHistory';
import { AlertMemory } from '../alerts/alertMemory';
import { AlertNotifier } from '../alerts/alertNotifier';
import { COMMANDS } from '../contributions';
import type { CommandId } from '../contributions';
import { editorExports } from '../export/editorExports';
import type { Log } from '../logging/log';
import type { MementoLike } from '../memory';
import { ownVersion } from '../ownVersion';
import { editorSchedule } from '../traffic/editorSchedule';
import type { KeyStore } from '../secrets/keyStore';
import type { Configuration } from '../settings/configuration';
import { MetricsParts } from './metricsParts';

export interface EditorMetricsDeps {
  readonly engine: Engine;
  readonly history: MetricsHistory;
  /** With what this window has just measured. */
  readonly upToDate: Pick<MetricsHistory, 'readMetrics'>;
  readonly configuration: Configuration;
  readonly keys: KeyStore;
  readonly memento: MementoLike;
  readonly log: Log;
  readonly onFault: (error: unknown) => void;
}

/** The parts as the editor's settings want them, with notifications for alerts and for reports that can be read. */
export async function editorMetrics(deps: EditorMetricsDeps): Promise<MetricsParts> {
  const { engine, history, upToDate, configuration, keys, memento, log, onFault } = deps;
  const alertSettings = await configuration.alertSettings();
  const budgets = (): MetricsParts['alerts']['view']['budgets'] => parts.alerts.view.budgets;
  const exports = editorExports({
    clock: systemClock,
    log,
    version: ownVersion(),
    gauges: {
      health: () => engine.health(),
      budgets: () => budgets().map(({ period, share }) => ({ period, usedShare: share })),
    },
    keys,
    onSettingsChange: configuration.onChange,
    onProblems: (problems) => configuration.report('export', problems),
    onFault,
  });
  const parts = new MetricsParts({
    clock: systemClock,
    engine,
    history,
    retention: () => configuration.metricsRetention,
    alertMemory: new AlertMemory(memento, onFault),
    alertSettings,
    readAlertSettings: configuration.alertSettings,
    onSettingsChange: configuration.onChange,
    exports,
    onFault,
  });
  // It goes with the monitor.
  parts.alerts.monitor.onTransitions(notifier(parts, onFault).tell);
  const schedule = editorSchedule({
    clock: systemClock,
    history: upToDate,
    objective: () => configuration.objective,
    memento,
    onSettingsChange: configuration.onChange,
    onProblems: (problems) => configuration.report('reports', problems),
    onFault,
  });
  parts.own(schedule);
  return parts;
}

function notifier({ alerts }: MetricsParts, onFault: (error: unknown) => void): AlertNotifier {
  const run = (command: CommandId) => (): void => {
    vscode.commands.executeCommand(command).then(undefined, onFault);
  };
  return new AlertNotifier({
    isWanted: () => alerts.notifies,
    isToldElsewhere: (alert) => alerts.isToldElsewhere(alert),
    show: (level, message, buttons) =>
      level === 'error'
        ? vscode.window.showErrorMessage(message, ...buttons)
        : vscode.window.showWarningMessage(message, ...buttons),
    showMetrics: run(COMMANDS.openDashboard),
    diagnose: run(COMMANDS.diagnose),
    snooze: (keys) => alerts.snooze(keys),
    allowSpending: () => alerts.allowSpending(),
    isRefusing: () => alerts.guard.mayAsk() !== undefined,
    onFault,
    t: vscode.l10n.t,
  });
}
