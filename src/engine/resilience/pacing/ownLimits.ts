import type { EngineSettings } from '../../settings';
import type { LimitName } from '../../types';
import type { LongestWait } from './longestWait';
import type { Ahead, Need } from './pacingTypes';
import { TokenBucket } from './tokenBucket';

/** The limits that the user set for each model family; none where the setting is 0. */
export class OwnLimits {
  readonly #requests = new TokenBucket();
  readonly #input = new TokenBucket();
  readonly #output = new TokenBucket();

  apply(settings: EngineSettings['pacing'], now: number): void {
    this.#requests.setCapacity(settings.requestsPerMinute, now);
    this.#input.setCapacity(settings.inputTokensPerMinute, now);
    this.#output.setCapacity(settings.outputTokensPerMinute, now);
  }

  bucket(limit: LimitName): TokenBucket {
    if (limit === 'requests') return this.#requests;
    return limit === 'input_tokens' ? this.#input : this.#output;
  }

  fits({ input, output }: Need, now: number): boolean {
    return (
      this.#requests.waitMs(1, now) === 0 &&
      this.#input.waitMs(input, now) === 0 &&
      this.#output.waitMs(output, now) === 0
    );
  }

  addWaits(longest: LongestWait, { input, output }: Need, ahead: Ahead, now: number): void {
    longest.add('requests', this.#requests.waitMs(1, now, ahead.requests));
    longest.add('input_tokens', this.#input.waitMs(input, now, ahead.input));
    longest.add('output_tokens', this.#output.waitMs(output, now, ahead.output));
  }

  /** Below 0: gives back. */
  take(requests: number, { input, output }: Need, now: number): void {
    this.#requests.take(requests, now);
    this.#input.take(input, now);
    this.#output.take(output, now);
  }
}
