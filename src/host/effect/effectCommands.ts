import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { effectRange } from '../../engine/metrics/effect/effectRange';
import { evaluateEffect } from '../../engine/metrics/effect/evaluateEffect';
import type { MetricEvent } from '../../engine/metrics/metricsHistory';
import type { Report } from '../../protocol/report';
import { formatMoment } from '../benchmark/benchmarkTexts';
import { readHistory } from '../metrics/readHistory';
import type { HistorySource } from '../metrics/readHistory';
import { effectReport } from './effectReport';

const MAX_REQUESTS = 20_000;
const MAX_LABEL = 200;
const READ_LIMIT_MS = 30_000;

export interface EffectDeps extends HistorySource {
  /** Writes it down; where that fails it is tried again later. */
  readonly addEvent: (event: MetricEvent) => Promise<void>;
  /** @throws StoreError */
  readonly removeEvent: (uid: string) => Promise<void>;
  /** The model in use. */
  readonly model: () => string;
  readonly showReport: (report: Report) => void;
}

/** Asks what was changed and notes it for later. */
export async function markChange({ addEvent, clock, model }: EffectDeps): Promise<void> {
  const { t } = vscode.l10n;
  const label = await vscode.window.showInputBox({
    title: t('Pulse: Mark a Change'),
    prompt: t(
      'What has changed? Pulse compares what it measures from now on with what was before.',
    ),
    placeHolder: t('Switched to Haiku 4.5'),
    validateInput: (text) => {
      if (text.trim() === '') return t('Say in a few words what has changed.');
      return text.length > MAX_LABEL ? t('At most {0} characters.', MAX_LABEL) : undefined;
    },
  });
  const text = label?.trim() ?? '';
  if (text === '') return;
  const at = clock.wallNow();
  await addEvent({ uid: `mark-${randomUUID()}`, at, kind: 'mark', model: model(), label: text });
  void vscode.window.showInformationMessage(
    t('Marked: {0}. See later what it came to with "Pulse: Compare Before and After".', text),
  );
}

/** Asks which change is meant and shows what it came to. Rejects when the history can't be read. */
export async function compareChange(deps: EffectDeps): Promise<void> {
  const { t } = vscode.l10n;
  const { clock, showReport } = deps;
  const now = clock.wallNow();
  const { events } = await readHistory(
    deps,
    { from: 0, to: now + 1 },
    { maxRequests: 1, limitMs: READ_LIMIT_MS },
    t,
  );
  const marks = events.filter(({ kind }) => kind === 'mark').sort((a, b) => b.at - a.at);
  if (marks.length === 0) {
    void vscode.window.showInformationMessage(
      t('No change is marked yet. Mark one with "Pulse: Mark a Change" when you make it.'),
    );
    return;
  }
  const left = new Set(marks);
  const mark = await pickMark(left, deps);
  if (!mark) return;
  const moments = [...left].map(({ at }) => at);
  const range = effectRange(mark.at, moments, now);
  const around = await readHistory(
    deps,
    range,
    { maxRequests: MAX_REQUESTS, limitMs: READ_LIMIT_MS },
    t,
  );
  showReport(effectReport(mark, evaluateEffect(around, range), around.isCut, t));
}

interface MarkItem extends vscode.QuickPickItem {
  readonly mark: MetricEvent;
}

/** In their order; each can be removed, and is then not among them any more. `undefined`: none is wanted. Rejects when one can't be removed. */
function pickMark(
  marks: Set<MetricEvent>,
  { removeEvent }: EffectDeps,
): Promise<MetricEvent | undefined> {
  const { t } = vscode.l10n;
  const remove: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('trash'),
    tooltip: t('Remove this mark'),
  };
  return new Promise((resolve, reject) => {
    const picker = vscode.window.createQuickPick<MarkItem>();
    picker.title = t('Pulse: Compare Before and After');
    picker.placeholder = t('Which change?');
    picker.items = [...marks].map((mark) => ({
      mark,
      label: mark.label,
      description: formatMoment(mark.at),
      buttons: [remove],
    }));
    picker.onDidTriggerItemButton(({ item }) => {
      removeEvent(item.mark.uid).then(
        () => {
          marks.delete(item.mark);
          picker.items = picker.items.filter(({ mark }) => marks.has(mark));
        },
        (error: Error) => {
          reject(error);
          picker.hide();
        },
      );
    });
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.mark);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
    picker.show();
  });
}
