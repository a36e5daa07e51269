import * as vscode from 'vscode';
import type { Scenario } from '../../engine/bench/benchResult';
import { SCENARIOS } from '../../engine/bench/scenarios';
import type { ModelFactory } from '../../engine/models/modelFactory';
import type { Endpoint, ModelInfo } from '../../engine/types';
import { scenarioLabel, scenarioText } from '../benchmark/benchmarkTexts';

/** `undefined` when the user gave up or chose none. */
export async function pickScenarios(): Promise<readonly Scenario[] | undefined> {
  const { t } = vscode.l10n;
  const items = Object.values(SCENARIOS).map((scenario) => ({
    label: scenarioLabel(scenario.kind, t),
    detail: scenarioText(scenario, t),
    picked: scenario.kind === 'latency',
    value: scenario,
  }));
  return pickMany(items, t('What to measure'));
}

/** `endpoints`: those in use, the primary one first; a single one is not asked for. `undefined` when the user gave up or chose none. */
export async function pickEndpoints(
  endpoints: readonly Endpoint[],
): Promise<readonly Endpoint[] | undefined> {
  if (endpoints.length === 1) return endpoints;
  const { t } = vscode.l10n;
  const items = endpoints.map((endpoint, index) => ({
    label: endpoint.id,
    description: endpoint.baseURL,
    picked: index === 0,
    value: endpoint,
  }));
  return pickMany(items, t('Which endpoints'));
}

/** The models of all these endpoints. `undefined` when the user gave up or chose none. */
export async function pickModels(
  catalog: Pick<ModelFactory, 'availableModels'>,
  endpoints: readonly Endpoint[],
  inUse: string,
): Promise<readonly ModelInfo[] | undefined> {
  const { t } = vscode.l10n;
  // Asked for before the list is shown: Enter in a list that is still empty would end the command without a word.
  const models = await modelsOf(catalog, endpoints);
  // Before the first question the model in use may be none of these endpoints'.
  const picked = models.some(({ id }) => id === inUse) ? inUse : models[0]?.id;
  const items = models.map((model) => ({
    label: model.displayName,
    description: model.id,
    picked: model.id === picked,
    value: model,
  }));
  return pickMany(items, t('Which models'));
}

interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

async function pickMany<T>(
  items: readonly Choice<T>[],
  placeHolder: string,
): Promise<readonly T[] | undefined> {
  const title = vscode.l10n.t('Pulse: Run Benchmark');
  const options = { title, placeHolder, canPickMany: true } as const;
  const chosen = await vscode.window.showQuickPick(items, options);
  if (chosen === undefined || chosen.length === 0) return undefined;
  return chosen.map(({ value }) => value);
}

/** Each once, as the first endpoint that has it tells of it. */
async function modelsOf(
  catalog: Pick<ModelFactory, 'availableModels'>,
  endpoints: readonly Endpoint[],
): Promise<readonly ModelInfo[]> {
  const lists = await Promise.all(
    endpoints.map(({ id }) => catalog.availableModels(undefined, id)),
  );
  const models = new Map<string, ModelInfo>();
  for (const model of lists.flatMap((list) => list.models)) {
    if (!models.has(model.id)) models.set(model.id, model);
  }
  return [...models.values()];
}
