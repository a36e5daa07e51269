import * as vscode from 'vscode';
import { AbortError } from '../../base/abort';
import type { Clock } from '../../base/clock';
import type { BenchResult, Scenario } from '../../engine/bench/benchResult';
import { estimateBench } from '../../engine/bench/estimate';
import { runBenches } from '../../engine/bench/runBenches';
import type { BenchesProgress } from '../../engine/bench/runBenches';
import type { Engine } from '../../engine/engine';
import { Pricing } from '../../engine/metrics/pricing';
import type { Endpoint, ModelInfo } from '../../engine/types';
import type { Report } from '../../protocol/report';
import { Baselines } from '../benchmark/baselines';
import { benchmarkReport } from '../benchmark/benchmarkReport';
import type { BenchmarkPlace } from '../benchmark/benchmarkReport';
import { costQuestion, scenarioLabel, sendQuestion } from '../benchmark/benchmarkTexts';
import { forgetId, keepId } from '../benchmark/comparisonSection';
import { pinnedTarget } from '../benchmark/pinnedTarget';
import { COMMANDS } from '../contributions';
import { isLoopback, labelOf } from '../endpoints/endpointState';
import type { EndpointService } from '../endpoints/endpointService';
import type { EngineHost } from '../engineHost';
import type { MementoLike } from '../memory';
import { pickEndpoints, pickModels, pickScenarios } from './benchmarkPicks';

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
  /** By the endpoint's id. */
  readonly places: ReadonlyMap<string, BenchmarkPlace>;
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
    const endpoints = await pickEndpoints(engine.models.endpoints);
    if (endpoints === undefined) return;
    const models = await pickModels(engine.models, endpoints, this.#deps.model());
    if (models === undefined) return;
    const places = new Map(endpoints.map((endpoint) => [endpoint.id, this.#place(endpoint)]));
    const choice = { scenarios, models, places };
    if (!(await this.#agree(engine, choice))) return;
    this.#show(await this.#measure(engine, choice), places);
  }

  #place({ id, baseURL }: Endpoint): BenchmarkPlace {
    const { state } = this.#deps.endpoints;
    const isFree = state.kind === 'demo' || state.kind === 'local';
    return {
      label: isFree ? labelOf(state, vscode.l10n.t) : id,
      isFree,
      isLocal: isFree || isLoopback(baseURL),
    };
  }

  /** Whether the user wants that for this price. */
  async #agree({ settings }: Engine, choice: Choice): Promise<boolean> {
    const { t } = vscode.l10n;
    const { scenarios, models } = choice;
    const places = [...choice.places.values()];
    const isFree = places.every((place) => place.isFree);
    const priced = isFree ? undefined : new Pricing(settings.prices, settings.promptCache.ttl);
    const estimate = estimateBench(scenarios, models, settings, priced, places.length);
    const isDemo = this.#deps.endpoints.state.kind === 'demo';
    const run = t('Run');
    const labels = places.map(({ label }) => label);
    const answer = await vscode.window.showInformationMessage(
      sendQuestion(estimate.requests, labels, t),
      { modal: true, detail: costQuestion(estimate, { isDemo, isFree }, t) },
      run,
    );
    return answer === run;
  }

  async #measure(engine: Engine, choice: Choice): Promise<readonly BenchResult[]> {
    const { scenarios, places } = choice;
    const models = choice.models.map(({ id }) => id);
    const plans = [...places.keys()].map((endpointId) => ({ endpointId, scenarios, models }));
    const stop = new AbortController();
    const location = vscode.ProgressLocation.Notification;
    const title = vscode.l10n.t('Pulse benchmark');
    return vscode.window.withProgress(
      { location, title, cancellable: true },
      async (progress, token) => {
        const onCancel = token.onCancellationRequested(() => stop.abort(new AbortError()));
        const targetOf = (endpointId: string) => pinnedTarget(engine, endpointId, stop);
        try {
          return await runBenches(plans, targetOf, this.#deps.clock, {
            signal: stop.signal,
            onProgress: reporter(progress, places.size > 1),
          });
        } finally {
          onCancel.dispose();
        }
      },
    );
  }

  #show(results: readonly BenchResult[], places: Choice['places']): void {
    const parts = results.flatMap((result) => {
      const place = places.get(result.endpointId);
      const baseline = this.#baselines.of(result.endpointId);
      return place ? [{ result, baseline, place }] : [];
    });
    const report = benchmarkReport(parts, vscode.l10n.t);
    this.#deps.showReport(report, (id) => this.#act(id, results));
  }

  /** Rejects when it can't be written. */
  async #act(id: string, results: readonly BenchResult[]): Promise<void> {
    const { t } = vscode.l10n;
    for (const result of results) {
      const { endpointId } = result;
      if (id === keepId(endpointId)) {
        await this.#baselines.keep(result);
        void vscode.window.showInformationMessage(
          t('Later benchmarks of this endpoint will be compared with this run.'),
        );
      } else if (id === forgetId(endpointId)) {
        await this.#baselines.forget(endpointId);
        void vscode.window.showInformationMessage(t('The baseline of this endpoint is forgotten.'));
      }
    }
  }
}

/** `isSeveral`: whether the endpoint is to be named. */
function reporter(
  progress: vscode.Progress<{ message?: string; increment?: number }>,
  isSeveral: boolean,
): (step: BenchesProgress) => void {
  let shown = 0;
  return ({ done, of, scenario, model, endpointId }) => {
    const percent = (done / of) * 100;
    const { t } = vscode.l10n;
    const label = scenarioLabel(scenario, t);
    const what = isSeveral ? `${endpointId} · ${label}` : label;
    progress.report({
      message: t('{0}, {1}: {2} of {3}', what, model, done, of),
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
