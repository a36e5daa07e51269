import type { Action } from '../../types';
import { RunningEstimate } from './runningEstimate';

/** Tokens, before the first reply of a kind. Where `max_tokens` starts in the settings. */
const FIRST_GUESS = 1_024;

/** How long replies get, by action and model: reserving all of `max_tokens` would leave most of the bucket unused. */
export class OutputForecast {
  readonly #lengths: Readonly<Record<Action, Map<string, RunningEstimate>>> = {
    chat: new Map(),
    inline: new Map(),
    live: new Map(),
    batch: new Map(),
  };

  expected(action: Action, model: string, maxOutputTokens: number): number {
    const length = this.#lengths[action].get(model)?.high ?? FIRST_GUESS;
    return Math.ceil(Math.min(maxOutputTokens, length));
  }

  learn(action: Action, model: string, outputTokens: number): void {
    // Nothing came: a fault, not a short reply.
    if (outputTokens <= 0) return;
    let length = this.#lengths[action].get(model);
    if (!length) {
      length = new RunningEstimate();
      this.#lengths[action].set(model, length);
    }
    length.add(outputTokens);
  }
}
