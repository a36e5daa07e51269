import type { Clock } from '../base/clock';
import type { RateLimitHeaderCount } from './options';

/** Per minute and model family. Reported, not enforced. */
const LIMITS = { requests: 4_000, 'input-tokens': 400_000, 'output-tokens': 80_000 } as const;

type Bucket = keyof typeof LIMITS;
type HeaderGroup = Bucket | 'tokens';

const GROUPS: Readonly<Record<RateLimitHeaderCount, readonly HeaderGroup[]>> = {
  0: [],
  6: ['requests', 'tokens'],
  9: ['requests', 'input-tokens', 'output-tokens'],
  12: ['requests', 'input-tokens', 'output-tokens', 'tokens'],
};

interface Level {
  used: number;
  at: number;
}

interface State {
  readonly limit: number;
  readonly used: number;
}

/** What a client has used of its limits: buckets that empty with use and fill up within a minute. */
export class RateLimits {
  readonly #levels = new Map<string, Level>();

  readonly clock: Clock;
  readonly count: RateLimitHeaderCount;

  constructor(clock: Clock, count: RateLimitHeaderCount) {
    this.clock = clock;
    this.count = count;
  }

  take(family: string, bucket: Bucket, amount: number): void {
    const level = this.#level(family, bucket);
    level.used = Math.min(LIMITS[bucket], level.used + amount);
  }

  /** The `anthropic-ratelimit-*` headers of a response now. `exhausted`: as they look beside a 429. */
  headers(family: string, exhausted: boolean): [string, string][] {
    return GROUPS[this.count].flatMap((group) => {
      const { limit, used } = this.#state(family, group, exhausted);
      const isTokens = group !== 'requests';
      const left = limit - used;
      const remaining = isTokens ? Math.round(left / 1_000) * 1_000 : Math.floor(left);
      const fullAt = this.clock.wallNow() + (used / limit) * 60_000;
      const reset = new Date(fullAt).toISOString().replace(/\.\d+Z$/, 'Z');
      const name = `anthropic-ratelimit-${group}`;
      return [
        [`${name}-limit`, String(limit)],
        [`${name}-remaining`, String(remaining)],
        [`${name}-reset`, reset],
      ] satisfies [string, string][];
    });
  }

  #state(family: string, group: HeaderGroup, exhausted: boolean): State {
    if (group === 'tokens') {
      const input = this.#state(family, 'input-tokens', exhausted);
      const output = this.#state(family, 'output-tokens', exhausted);
      return { limit: input.limit + output.limit, used: input.used + output.used };
    }
    const limit = LIMITS[group];
    if (exhausted && group === 'input-tokens') return { limit, used: limit };
    return { limit, used: this.#level(family, group).used };
  }

  #level(family: string, bucket: Bucket): Level {
    const key = `${family} ${bucket}`;
    const now = this.clock.now();
    const level = this.#levels.get(key);
    if (!level) {
      const fresh = { used: 0, at: now };
      this.#levels.set(key, fresh);
      return fresh;
    }
    level.used = Math.max(0, level.used - ((now - level.at) / 60_000) * LIMITS[bucket]);
    level.at = now;
    return level;
  }
}
