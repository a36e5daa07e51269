import { modelFamily } from '../models/family';
import type { Usage } from '../types';

/** Weight of the newest request: about the last ten count. */
const WEIGHT = 0.2;
const LEAST = 0.3;
const MOST = 3;
/** Of a smaller request the fixed part (tools, roles, hidden instructions) says more than its text. */
const MIN_TOKENS = 200;

/** How many tokens a model's tokenizer really makes of what `estimateTokens` takes for one, learnt from what servers reported. */
export class TokenCalibration {
  readonly #factors = new Map<string, number>();

  /** Real tokens for each estimated one; 1 while nothing is known. */
  factor(model: string): number {
    return this.#factors.get(modelFamily(model)) ?? 1;
  }

  /** `estimated` before calibration. Cache reads and writes are input that was counted, too. */
  learn(model: string, estimated: number, usage: Usage): void {
    const real = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
    if (real < MIN_TOKENS || estimated < MIN_TOKENS) return;
    const family = modelFamily(model);
    const ratio = Math.min(MOST, Math.max(LEAST, real / estimated));
    const known = this.#factors.get(family);
    this.#factors.set(family, known === undefined ? ratio : known + WEIGHT * (ratio - known));
  }
}
