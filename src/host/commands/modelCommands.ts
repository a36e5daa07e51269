import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import type { ModelInfo } from '../../engine/types';
import type { PanelEnvironment } from '../chat/panelEnvironment';
import { formatCount } from '../format';
import type { Log } from '../logging/log';
import { retirementNote } from '../models/modelChoice';

interface ModelItem extends vscode.QuickPickItem {
  /** `undefined`: another one, to be typed. */
  readonly model: string | undefined;
}

/** The model and effort pickers of the command palette. */
export class ModelCommands {
  readonly #environment: PanelEnvironment;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(environment: PanelEnvironment, clock: Clock, log: Log) {
    this.#environment = environment;
    this.#clock = clock;
    this.#log = log;
  }

  /** `wanted`: what is typed into the list already. */
  readonly chooseModel = async (wanted: unknown): Promise<void> => {
    await this.#environment.prepare();
    const picked = await this.#pickModel(typeof wanted === 'string' ? wanted : '');
    if (picked === undefined) return;
    const model = picked.model ?? (await askForModel());
    if (model !== undefined) this.#environment.selectModel(model);
  };

  readonly chooseEffort = async (): Promise<void> => {
    await this.#environment.prepare();
    const options = this.#environment.effortOptions();
    if (options.length === 0) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('{0} has no choice of effort.', this.#environment.model),
      );
      return;
    }
    const { effort } = this.#environment;
    const picked = await vscode.window.showQuickPick(
      options.map(({ id, label }) => ({
        label,
        id,
        description: id === effort ? vscode.l10n.t('in use') : '',
      })),
      { title: vscode.l10n.t('Effort of {0}', this.#environment.model) },
    );
    if (picked) this.#environment.selectEffort(picked.id);
  };

  /** Shows what is known at once and asks the endpoint for its own list meanwhile. */
  #pickModel(wanted: string): Promise<ModelItem | undefined> {
    const pick = vscode.window.createQuickPick<ModelItem>();
    const closed = new AbortController();
    pick.title = vscode.l10n.t('Pulse: Choose Model');
    pick.matchOnDescription = true;
    pick.value = wanted;
    pick.items = this.#items();
    pick.busy = true;
    this.#environment.refreshModels(closed.signal).then(
      (problem) => {
        pick.items = this.#items();
        pick.busy = false;
        if (problem !== undefined) pick.placeholder = problem;
      },
      (error: unknown) => {
        pick.busy = false;
        if (!closed.signal.aborted)
          this.#log.error('The list of models could not be loaded', error);
      },
    );
    return new Promise((resolve) => {
      pick.onDidAccept(() => {
        resolve(pick.selectedItems[0]);
        pick.hide();
      });
      pick.onDidHide(() => {
        closed.abort();
        pick.dispose();
        resolve(undefined);
      });
      pick.show();
    });
  }

  #items(): ModelItem[] {
    return [
      ...this.#environment.models().map((model) => this.#item(model)),
      { label: '', kind: vscode.QuickPickItemKind.Separator, model: undefined },
      { label: vscode.l10n.t('Another model…'), model: undefined },
    ];
  }

  #item(model: ModelInfo): ModelItem {
    const note = retirementNote(model, this.#clock.wallNow(), vscode.l10n.t);
    const { contextWindow } = model.capabilities;
    const parts = [
      model.id,
      contextWindow > 0 ? vscode.l10n.t('{0} tokens', formatCount(contextWindow)) : undefined,
      note === undefined ? undefined : `$(warning) ${note}`,
      model.id === this.#environment.model ? vscode.l10n.t('in use') : undefined,
    ];
    return {
      label: model.displayName,
      description: parts.filter((part) => part !== undefined).join(' · '),
      model: model.id,
    };
  }
}

async function askForModel(): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Pulse: Choose Model'),
    prompt: vscode.l10n.t('The name of the model as the endpoint knows it'),
    validateInput: (text) =>
      text.trim() === '' ? vscode.l10n.t('Enter the name of a model.') : undefined,
  });
  return name?.trim();
}
