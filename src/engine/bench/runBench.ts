import { abortReason, LinkedAbort, sleep } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { EngineError } from '../errors';
import type { ChatRequest, Reply, ReplyEvent } from '../types';
import type { BenchResult, Measurement, Sample, Scenario, ScenarioKind, Step } from './benchResult';
import { stepState } from './figures';
import { benchRequest, requestsOf, stepsOf } from './scenarios';
import type { PlannedStep } from './scenarios';

/** The longest that one request may take, waits and repeats included: an outage must not hold the benchmark for minutes. */
export const REQUEST_LIMIT_MS = 60_000;

/** What is measured: the engine. */
export interface BenchTarget {
  /** @throws EngineError */
  stream(
    request: ChatRequest,
    options: { readonly signal: AbortSignal; readonly onEvent: (event: ReplyEvent) => void },
  ): Promise<Reply>;
}

export interface BenchPlan {
  readonly endpointId: string;
  readonly scenarios: readonly Scenario[];
  readonly models: readonly string[];
}

/** Requests at most, repeats aside. */
export function requestsOfPlan({ scenarios, models }: BenchPlan): number {
  return models.length * scenarios.reduce((sum, scenario) => sum + requestsOf(scenario), 0);
}

/** After each request; `of` gets smaller where a load test ends before its last step. */
export interface BenchProgress {
  readonly done: number;
  readonly of: number;
  readonly scenario: ScenarioKind;
  readonly model: string;
}

export interface BenchOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BenchProgress) => void;
}

/**
 * Runs each scenario with each model in turn. Never rejects: a request that fails is a result; when the signal is aborted, what was measured until
 * then is given back with `isWhole: false`, without the requests that were under way.
 */
export async function runBench(
  plan: BenchPlan,
  target: BenchTarget,
  clock: Clock,
  options: BenchOptions,
): Promise<BenchResult> {
  const run = new BenchRun(plan, target, clock, options);
  const startedAt = clock.wallNow();
  const start = clock.now();
  for (const scenario of plan.scenarios) {
    for (const model of plan.models) await run.measure(scenario, model);
  }
  return {
    version: 1,
    endpointId: plan.endpointId,
    startedAt,
    tookMs: clock.now() - start,
    isWhole: !options.signal.aborted,
    measurements: run.measurements,
  };
}

/** One step while it runs. */
interface RunningStep {
  readonly scenario: Scenario;
  readonly model: string;
  readonly planned: PlannedStep;
  readonly samples: Sample[];
}

class BenchRun {
  readonly measurements: Measurement[] = [];
  readonly #target: BenchTarget;
  readonly #clock: Clock;
  readonly #options: BenchOptions;
  #done = 0;
  #of: number;
  /** Of the next question. */
  #index = 0;

  constructor(plan: BenchPlan, target: BenchTarget, clock: Clock, options: BenchOptions) {
    this.#target = target;
    this.#clock = clock;
    this.#options = options;
    this.#of = requestsOfPlan(plan);
  }

  async measure(scenario: Scenario, model: string): Promise<void> {
    const expected = this.#done + requestsOf(scenario);
    const steps: Step[] = [];
    for (const planned of stepsOf(scenario)) {
      if (this.#isStopped) break;
      const step = await this.#step(scenario, model, planned);
      if (step.samples.length > 0) steps.push(step);
      if (stepState(steps[0] ?? step, step) !== 'holds') break;
    }
    if (steps.length > 0) this.measurements.push({ scenario, model, steps });
    // What a load test did not need any more, or a throughput test had no time for.
    this.#of -= expected - this.#done;
  }

  get #isStopped(): boolean {
    return this.#options.signal.aborted;
  }

  async #step(scenario: Scenario, model: string, planned: PlannedStep): Promise<Step> {
    const running: RunningStep = { scenario, model, planned, samples: [] };
    const start = this.#clock.now();
    if (scenario.kind === 'availability') await this.#spread(running, scenario.spreadMs);
    else await this.#inLanes(running, scenario.kind === 'throughput' ? scenario.limitMs : Infinity);
    const { samples } = running;
    return { concurrency: planned.concurrency, tookMs: this.#clock.now() - start, samples };
  }

  /** `concurrency` lanes, each with one request after the other; none is begun when `limitMs` is over. */
  async #inLanes(running: RunningStep, limitMs: number): Promise<void> {
    const { concurrency, requests } = running.planned;
    const start = this.#clock.now();
    let begun = 0;
    const lane = async (): Promise<void> => {
      while (begun < requests && !this.#isStopped && this.#clock.now() - start < limitMs) {
        begun++;
        await this.#ask(running);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, lane));
  }

  /** At even distances: the first at once, the last when `spreadMs` is over. */
  async #spread(running: RunningStep, spreadMs: number): Promise<void> {
    const { requests } = running.planned;
    const { signal } = this.#options;
    const distanceMs = requests > 1 ? spreadMs / (requests - 1) : 0;
    const asked = Array.from({ length: requests }, async (_, index) => {
      try {
        await sleep(index * distanceMs, signal, this.#clock);
      } catch {
        // Stopped: what was not sent yet is not sent.
        return;
      }
      await this.#ask(running);
    });
    await Promise.all(asked);
  }

  async #ask({ scenario, model, samples }: RunningStep): Promise<void> {
    const request = benchRequest(scenario, model, this.#index++);
    const sample = await this.#sample(request);
    if (sample === undefined) return;
    samples.push(sample);
    this.#done++;
    const { kind } = scenario;
    this.#options.onProgress({ done: this.#done, of: this.#of, scenario: kind, model });
  }

  /** `undefined` for one that the user stopped. Never rejects. */
  async #sample(request: ChatRequest): Promise<Sample | undefined> {
    const start = this.#clock.now();
    const limited = new LinkedAbort(this.#options.signal);
    limited.abortAfter(REQUEST_LIMIT_MS, this.#clock, () => new TooSlowError());
    let isOther = false;
    try {
      const reply = await this.#target.stream(request, {
        signal: limited.signal,
        onEvent: (event) => {
          if (event.type === 'fallback') isOther = event.model !== request.model;
        },
      });
      if (!isOther) return answered(reply);
      return { outcome: 'failed', failure: 'other_model', totalMs: this.#clock.now() - start };
    } catch (error) {
      if (this.#isStopped) return undefined;
      const isSlow = limited.signal.aborted && abortReason(limited.signal) instanceof TooSlowError;
      const kind = error instanceof EngineError ? error.kind : 'internal';
      const failure = isSlow ? 'too_slow' : kind;
      return { outcome: 'failed', failure, totalMs: this.#clock.now() - start };
    } finally {
      limited.dispose();
    }
  }
}

class TooSlowError extends Error {
  override readonly name = 'TooSlowError';
}

function answered({ timing, usage, attempts, costUSD }: Reply): Sample {
  const { firstTokenMs, totalMs, queueMs, pacingMs = 0 } = timing;
  return {
    outcome: 'answered',
    ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
    totalMs,
    waitMs: queueMs + pacingMs,
    outputTokens: usage.outputTokens,
    attempts,
    ...(costUSD === undefined ? {} : { costUSD }),
  };
}
