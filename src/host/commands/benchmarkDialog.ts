import * as vscode from 'vscode';
import { AbortError } from '../../base/abort';
import type { Clock } from '../../base/clock';
import type { BenchResult, Scenario } from '../../engine/bench/benchResult';
import { estimateBench } from '../../engine/bench/estimate';
import { runBench } from '../../engine/bench/runBench';
import type { BenchPlan, BenchProgress } from '../../engine/bench/runBench';
import { SCENARIOS } from '../../engine/bench/scenarios';
import type { Engine } from '../../engine/engine';
import { Pricing } from '../../engine/metrics/pricing';
import type { ModelInfo } from '../../engine/types';
import type { Report } from '../../protocol/report';
import { Baselines } from '../benchmark/baselines';
import { benchmarkReport } from '../benchmark/benchmarkReport';
import type { BenchmarkPlace } from '../benchmark/benchmarkReport';
import { costQuestion, scenarioLabel, scenarioText } from '../benchmark/benchmarkTexts';
import { FORGET_BASELINE, KEEP_BASELINE } from '../benchmark/comparisonSection';
import { pinnedTarget } from '../benchmark/pinnedTarget';
import { COMMANDS } from '../contributions';
import { isLoopback, labelOf } from '../endpoints/endpointState';
import type { EndpointService } from '../endpoints/endpointService';
import type { EngineHost } from '../engineHost';
import { formatCount } from '../format';
import type { MementoLike } from '../memory';

export interface BenchmarkDeps {
  readonly engine: EngineHost;
  readonly endpoints: EndpointService;
  readonly clock: Clock;
  /** Where the baselines are kept, for all windows. */
  readonly memento: MementoLike;
  /** The model in use: the one that is picked to begin with. */
  readonly model: () => string;
  /** Opens the report's tab; `act` is called with the id of an action that the reader chose, and rejects when it failed. */
  readonly showReport: (report: Report, act: (id: string) => Promise<void>) => void;
}

/** What is going to be measured. */
interface Choice {
  readonly scenarios: readonly Scenario[];
  readonly models: readonly ModelInfo[];
}

/** One benchmark from its first question to its report. Nothing is sent to be measured before the cost was agreed to. */
export class BenchmarkDialog {
  readonly #deps: BenchmarkDeps;
  readonly #baselines: Baselines;

  constructor(deps: BenchmarkDeps) {
    this.#deps = deps;
    this.#baselines = new Baselines(deps.memento);
  }

  async run(): Promise<void> {
    await this.#deps.endpoints.load();
    if (this.#deps.endpoints.state.kind === 'none') {
      await askForEndpoint();
      return;
    }
    const scenarios = await pickScenarios();
    if (scenarios === undefined) return;
    const engine = await this.#deps.engine.connected();
    const endpointId = engine.endpoint.id;
    const models = await pickModels(engine, this.#deps.model());
    if (models === undefined) return;
    const place = this.#place(engine);
    if (!(await this.#agree(engine, place, { scenarios, models }))) return;
    const plan = { endpointId, scenarios, models: models.map(({ id }) => id) };
    this.#show(await this.#measure(engine, plan), place);
  }

  #place(engine: Engine): BenchmarkPlace {
    const { state } = this.#deps.endpoints;
    const isFree = state.kind === 'demo' || state.kind === 'local';
    return {
      label: labelOf(state, vscode.l10n.t),
      isFree,
      isLocal: isFree || isLoopback(engine.endpoint.baseURL),
    };
  }

  /** Whether the user wants that for this price. */
  async #agree(engine: Engine, place: BenchmarkPlace, choice: Choice): Promise<boolean> {
    const { t } = vscode.l10n;
    const { settings } = engine;
    const pricing = new Pricing(settings.prices, settings.promptCache.ttl);
    const priced = place.isFree ? undefined : pricing;
    const estimate = estimateBench(choice.scenarios, choice.models, settings, priced);
    const isDemo = this.#deps.endpoints.state.kind === 'demo';
    const run = t('Run');
    const question = t(
      'Send up to {0} requests to {1}?',
      formatCount(estimate.requests),
      place.label,
    );
    const detail = costQuestion(estimate, { isDemo, isFree: place.isFree }, t);
    const answer = await vscode.window.showInformationMessage(
      question,
      { modal: true, detail },
      run,
    );
    return answer === run;
  }

  async #measure(engine: Engine, plan: BenchPlan): Promise<BenchResult> {
    const stop = new AbortController();
    const location = vscode.ProgressLocation.Notification;
    const title = vscode.l10n.t('Pulse benchmark');
    return vscode.window.withProgress(
      { location, title, cancellable: true },
      async (progress, token) => {
        const onCancel = token.onCancellationRequested(() => stop.abort(new AbortError()));
        try {
          return await runBench(
            plan,
            pinnedTarget(engine, plan.endpointId, stop),
            this.#deps.clock,
            {
              signal: stop.signal,
              onProgress: reporter(progress),
            },
          );
        } finally {
          onCancel.dispose();
        }
      },
    );
  }

  #show(result: BenchResult, place: BenchmarkPlace): void {
    const baseline = this.#baselines.of(result.endpointId);
    const report = benchmarkReport(result, baseline, place, vscode.l10n.t);
    this.#deps.showReport(report, (id) => this.#act(id, result));
  }

  /** Rejects when it can't be written. */
  async #act(id: string, result: BenchResult): Promise<void> {
    const { t } = vscode.l10n;
    if (id === KEEP_BASELINE) {
      await this.#baselines.keep(result);
      void vscode.window.showInformationMessage(
        t('Later benchmarks of this endpoint will be compared with this run.'),
      );
    } else if (id === FORGET_BASELINE) {
      await this.#baselines.forget(result.endpointId);
      void vscode.window.showInformationMessage(t('The baseline of this endpoint is forgotten.'));
    }
  }
}

function reporter(
  progress: vscode.Progress<{ message?: string; increment?: number }>,
): (step: BenchProgress) => void {
  let shown = 0;
  return ({ done, of, scenario, model }) => {
    const percent = (done / of) * 100;
    const { t } = vscode.l10n;
    progress.report({
      message: t('{0}, {1}: {2} of {3}', scenarioLabel(scenario, t), model, done, of),
      increment: Math.max(0, percent - shown),
    });
    shown = Math.max(shown, percent);
  };
}

async function askForEndpoint(): Promise<void> {
  const { t } = vscode.l10n;
  const setKey = t('Set API Key');
  const demo = t('Try the Demo');
  const answer = await vscode.window.showInformationMessage(
    t('There is nothing to measure yet: set an API key, or try the demo.'),
    setKey,
    demo,
  );
  if (answer === setKey) await vscode.commands.executeCommand(COMMANDS.setApiKey);
  if (answer === demo) await vscode.commands.executeCommand(COMMANDS.tryDemo);
}

/** `undefined` when the user gave up or chose none. */
async function pickScenarios(): Promise<readonly Scenario[] | undefined> {
  const { t } = vscode.l10n;
  const items = Object.values(SCENARIOS).map((scenario) => ({
    label: scenarioLabel(scenario.kind, t),
    detail: scenarioText(scenario, t),
    picked: scenario.kind === 'latency',
    scenario,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('Pulse: Run Benchmark'),
    placeHolder: t('What to measure'),
    canPickMany: true,
  });
  if (chosen === undefined || chosen.length === 0) return undefined;
  return chosen.map(({ scenario }) => scenario);
}

/** `undefined` when the user gave up or chose none. */
async function pickModels(
  engine: Engine,
  inUse: string,
): Promise<readonly ModelInfo[] | undefined> {
  const { t } = vscode.l10n;
  // Asked for before the list is shown: Enter in a list that is still empty would end the command without a word.
  const { models } = await engine.models.availableModels();
  // Before the first question the model in use may be none of this endpoint's.
  const picked = models.some(({ id }) => id === inUse) ? inUse : models[0]?.id;
  const items = models.map((model) => ({
    label: model.displayName,
    description: model.id,
    picked: model.id === picked,
    model,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('Pulse: Run Benchmark'),
    placeHolder: t('Which models'),
    canPickMany: true,
  });
  if (chosen === undefined || chosen.length === 0) return undefined;
  return chosen.map(({ model }) => model);
}
