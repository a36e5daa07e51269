import type { Usage } from '../../types';
import { RunningEstimate } from './runningEstimate';

const MIN_RATIO = 0.2;
const MAX_RATIO = 5;

/** Tokens of a request's input that count towards the limit: reading the prompt cache does not, writing it does. */
export function countedInput(usage: Usage): number {
  return usage.inputTokens + usage.cacheWriteTokens;
}

/** How a guess from a text's size compares to what the server counts, by model: tokenizers, languages and cached prompts differ. */
export class InputCalibration {
  readonly #ratios = new Map<string, RunningEstimate>();

  /** Tokens that a request with this raw estimate is expected to be charged for. */
  expected(model: string, rawEstimate: number): number {
    const ratio = this.#ratios.get(model)?.high ?? 1;
    return Math.ceil(rawEstimate * Math.min(MAX_RATIO, Math.max(MIN_RATIO, ratio)));
  }

  learn(model: string, rawEstimate: number, usage: Usage): void {
    // An answer without any input was none, and a prompt read from the cache says nothing of a tokenizer, but much of the next turn.
    if (rawEstimate <= 0 || countedInput(usage) + usage.cacheReadTokens === 0) return;
    let ratio = this.#ratios.get(model);
    if (!ratio) {
      ratio = new RunningEstimate();
      this.#ratios.set(model, ratio);
    }
    ratio.add(Math.min(MAX_RATIO, countedInput(usage) / rawEstimate));
  }
}
