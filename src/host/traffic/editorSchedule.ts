import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import type { Event } from '../../base/event';
import { localReportBounds } from '../../engine/metrics/traffic/reportPeriod';
import { COMMANDS, HOST_SETTINGS } from '../contributions';
import type { MementoLike } from '../memory';
import { ReportMemory } from './reportMemory';
import { ReportSchedule } from './reportSchedule';
import type { DueReport } from './reportSchedule';
import { readReportPeriods } from './reportSettings';
import { readTraffic } from './trafficQuestion';
import type { TrafficSource } from './trafficQuestion';
import { readyText, topicVerdict } from './trafficTexts';

/** Windows look up to so much apart, ms. */
const MOST_SPREAD_MS = 20_000;

export interface EditorScheduleDeps extends TrafficSource {
  readonly clock: Clock;
  /** Of all windows. */
  readonly memento: MementoLike;
  readonly onSettingsChange: Event<void>;
  /** What is wrong with the setting, each a line. */
  readonly onProblems: (problems: readonly string[]) => void;
  readonly onFault: (error: unknown) => void;
}

/** The reports that the settings want told, as notifications. */
export function editorSchedule(deps: EditorScheduleDeps): ReportSchedule {
  const { clock, memento, onSettingsChange, onProblems, onFault } = deps;
  const { t } = vscode.l10n;
  return new ReportSchedule({
    clock,
    bounds: localReportBounds,
    periods: () => {
      const value = vscode.workspace.getConfiguration().get(HOST_SETTINGS.reportSchedule);
      const { periods, problems } = readReportPeriods(value, t);
      onProblems(problems);
      return periods;
    },
    onSettingsChange,
    memory: new ReportMemory(memento, onFault),
    read: (question, signal) => readTraffic(deps, question, signal, t),
    tell: (due) => void tell(due).catch(onFault),
    spreadMs: Math.random() * MOST_SPREAD_MS,
    onFault,
  });
}

async function tell(due: readonly DueReport[]): Promise<void> {
  const { t } = vscode.l10n;
  const sentences = due.flatMap(({ period, question, found }) =>
    question.topics.map((topic) => readyText(period, topicVerdict(topic, found, t), t)),
  );
  const open = due.length === 1 ? t('Open Report') : t('Open Reports');
  const pressed = await vscode.window.showInformationMessage(sentences.join(' '), open);
  if (pressed !== open) return;
  for (const { question } of due) {
    await vscode.commands.executeCommand(COMMANDS.showReport, question);
  }
}
