import type { ModelSpeed } from './models';
import type { ResolvedOptions } from './options';
import type { Random } from './random';

/** Reading the prompt: added to the time to first token for each 1,000 tokens that the cache does not have. */
const MS_PER_THOUSAND_INPUT_TOKENS = 10;

/** Of the time to first token, what passes before the response's headers and first event. */
const SHARE_BEFORE_HEADERS = 0.7;

/** The delays of one reply, in ms, already divided by the speed factor. */
export interface Pace {
  readonly beforeHeadersMs: number;
  readonly beforeFirstTokenMs: number;
  /** For this many more tokens; differs from call to call. */
  nextMs(tokens: number): number;
}

const NO_DELAY: Pace = { beforeHeadersMs: 0, beforeFirstTokenMs: 0, nextMs: () => 0 };

export type PaceOptions = Pick<
  ResolvedOptions,
  'burst' | 'speed' | 'latencyMs' | 'tokensPerSecond'
>;

export function planPace(
  model: ModelSpeed,
  options: PaceOptions,
  uncachedInputTokens: number,
  random: Random,
): Pace {
  if (options.burst) return NO_DELAY;
  const firstTokenMs =
    ((options.latencyMs ?? model.firstTokenMs) * random.spread(model.sigma) +
      (uncachedInputTokens / 1_000) * MS_PER_THOUSAND_INPUT_TOKENS) /
    options.speed;
  const tokensPerSecond =
    (options.tokensPerSecond ?? model.tokensPerSecond) *
    random.spread(model.sigma / 2) *
    options.speed;
  const msPerToken = 1_000 / tokensPerSecond;
  return {
    beforeHeadersMs: firstTokenMs * SHARE_BEFORE_HEADERS,
    beforeFirstTokenMs: firstTokenMs * (1 - SHARE_BEFORE_HEADERS),
    nextMs: (tokens) => tokens * msPerToken * (0.4 + 1.2 * random.next()),
  };
}
