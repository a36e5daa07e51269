import type { Pricing } from '../metrics/pricing';
import { outputTokens } from '../models/requestBody';
import { estimateTokens } from '../models/tokenEstimate';
import { NO_USAGE } from '../requests/usage';
import type { EngineSettings } from '../settings';
import type { ModelInfo } from '../types';
import type { Scenario } from './benchResult';
import { benchRequest, requestsOf } from './scenarios';

/** What a benchmark takes at most, repeats of failed requests aside. */
export interface BenchEstimate {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US$; `undefined` where the price of one of the models is not known. */
  readonly costUSD: number | undefined;
}

/** `pricing`: absent where nothing costs anything. `endpoints`: how many of them are measured, each with everything. */
export function estimateBench(
  scenarios: readonly Scenario[],
  models: readonly ModelInfo[],
  settings: EngineSettings,
  pricing: Pricing | undefined,
  endpoints = 1,
): BenchEstimate {
  let estimate: BenchEstimate = { requests: 0, inputTokens: 0, outputTokens: 0, costUSD: 0 };
  for (const scenario of scenarios) {
    for (const model of models) {
      estimate = plus(estimate, estimateOne(scenario, model, settings, pricing));
    }
  }
  return times(estimate, endpoints);
}

function estimateOne(
  scenario: Scenario,
  { id, capabilities }: ModelInfo,
  settings: EngineSettings,
  pricing: Pricing | undefined,
): BenchEstimate {
  const requests = requestsOf(scenario);
  const request = benchRequest(scenario, id, requests);
  const input = estimateTokens(request);
  const output = outputTokens(request, capabilities, settings.reply);
  const usage = { ...NO_USAGE, inputTokens: input, outputTokens: output };
  // One by one: the tier of a price goes by the single prompt.
  const each = pricing ? pricing.costUSD(id, usage) : 0;
  return {
    requests,
    inputTokens: requests * input,
    outputTokens: requests * output,
    costUSD: each === undefined ? undefined : requests * each,
  };
}

function plus(a: BenchEstimate, b: BenchEstimate): BenchEstimate {
  const isPriced = a.costUSD !== undefined && b.costUSD !== undefined;
  return {
    requests: a.requests + b.requests,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    costUSD: isPriced ? a.costUSD + b.costUSD : undefined,
  };
}

function times(estimate: BenchEstimate, factor: number): BenchEstimate {
  const { requests, inputTokens, outputTokens, costUSD } = estimate;
  return {
    requests: requests * factor,
    inputTokens: inputTokens * factor,
    outputTokens: outputTokens * factor,
    costUSD: costUSD === undefined ? undefined : costUSD * factor,
  };
}
