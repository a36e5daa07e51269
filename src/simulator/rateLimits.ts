import type { Clock } from '../base/clock';
import { ApiProblem } from './apiProblem';
import { BoundedMap } from '../base/boundedMap';
import type { RateLimitHeaderCount } from './options';
import { hashSeed, Random } from './random';
import { USUAL_POLICY } from './ratePolicy';
import type { RatePolicy } from './ratePolicy';
import { TokenBucket } from './tokenBucket';
import type { BucketUse } from './tokenBucket';

type Bucket = 'requests' | 'input-tokens' | 'output-tokens';
type HeaderGroup = Bucket | 'tokens';

const GROUPS: Readonly<Record<RateLimitHeaderCount, readonly HeaderGroup[]>> = {
  0: [],
  6: ['requests', 'tokens'],
  9: ['requests', 'input-tokens', 'output-tokens'],
  12: ['requests', 'input-tokens', 'output-tokens', 'tokens'],
};

const NAMES: Readonly<Record<Bucket, string>> = {
  requests: 'requests',
  'input-tokens': 'input tokens',
  'output-tokens': 'output tokens',
};

/** Pools that are remembered; a key or model name more forgets the oldest. */
const MOST_POOLS = 1_000;

/** What one key used of the limits of one model family since the simulator started. */
export interface RateUse {
  /** A short hash of the key; '' without one. */
  readonly keyId: string;
  readonly family: string;
  /** Requests that were answered 429 because a limit was reached. */
  readonly refused: number;
  readonly requests: BucketUse;
  readonly inputTokens: BucketUse;
  readonly outputTokens: BucketUse;
}

interface Pool {
  readonly buckets: Readonly<Record<Bucket, TokenBucket>>;
  refused: number;
}

interface State {
  readonly limit: number;
  readonly used: number;
}

/** The name of the buckets that requests with this key for models of this family share. */
export function poolName(keyId: string, family: string): string {
  return `${keyId} ${family}`;
}

/** The rate limits: three buckets for each pool, reported in headers and, where the policy says so, enforced. */
export class RateLimits {
  readonly #pools = new BoundedMap<string, Pool>(MOST_POOLS);
  #created = 0;
  readonly #startedAt: number;

  readonly clock: Clock;
  readonly count: RateLimitHeaderCount;
  readonly policy: RatePolicy;
  readonly seed: number;

  constructor(
    clock: Clock,
    count: RateLimitHeaderCount,
    policy: RatePolicy = USUAL_POLICY,
    seed = 1,
  ) {
    this.clock = clock;
    this.count = count;
    this.policy = policy;
    this.seed = seed;

    this.#startedAt = clock.now();
  }

  /**
   * Charges a request that is about to be answered: one request and its input. Of the output there must be something left.
   * @throws ApiProblem 429 when there is not enough; then nothing is charged
   */
  admit(pool: string, inputTokens: number): void {
    const needs = { requests: 1, 'input-tokens': inputTokens, 'output-tokens': 1 } as const;
    if (this.policy.enforce) this.#check(pool, needs);
    this.take(pool, 'requests', 1);
    this.take(pool, 'input-tokens', inputTokens);
  }

  take(pool: string, bucket: Bucket, amount: number): void {
    const charged = this.#poolNow(pool).buckets[bucket];
    if (this.policy.enforce) charged.take(amount);
    else charged.takeAtMost(amount);
  }

  /** The `anthropic-ratelimit-*` headers of a response now. `exhausted`: as they look beside a 429. */
  headers(pool: string, exhausted: boolean): [string, string][] {
    return GROUPS[this.count].flatMap((group) => {
      const { limit, used } = this.#state(pool, group, exhausted);
      const isTokens = group !== 'requests';
      const left = Math.max(0, limit - used);
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

  /** What was used so far, by key and family, in the order of their first requests. */
  use(): RateUse[] {
    return [...this.#pools.keys()].map((name) => {
      const { buckets, refused } = this.#poolNow(name);
      const space = name.indexOf(' ');
      return {
        keyId: name.slice(0, Math.max(0, space)),
        family: name.slice(space + 1),
        refused,
        requests: buckets.requests.use,
        inputTokens: buckets['input-tokens'].use,
        outputTokens: buckets['output-tokens'].use,
      };
    });
  }

  /** Refuses with the limit that takes longest to have enough again. */
  #check(pool: string, needs: Readonly<Record<Bucket, number>>): void {
    const found = this.#poolNow(pool);
    const { buckets } = found;
    let reached: Bucket | undefined;
    let longestMs = -1;
    for (const bucket of ['requests', 'input-tokens', 'output-tokens'] as const) {
      if (buckets[bucket].has(needs[bucket])) continue;
      const waitMs = buckets[bucket].msUntil(needs[bucket]);
      if (waitMs <= longestMs) continue;
      reached = bucket;
      longestMs = waitMs;
    }
    if (!reached) return;
    found.refused += 1;
    const limit = buckets[reached].limit.toLocaleString('en');
    throw new ApiProblem(
      429,
      `This request would exceed your organization's rate limit of ${limit} ${NAMES[reached]} per minute. For details, refer to: https://docs.claude.com/en/api/rate-limits. You can see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or try again later.`,
      'rate_limit_error',
      [
        ['retry-after', String(Math.max(1, Math.ceil(longestMs / 1_000)))],
        ['x-should-retry', 'true'],
        ...this.headers(pool, false),
      ],
    );
  }

  #state(pool: string, group: HeaderGroup, exhausted: boolean): State {
    if (group === 'tokens') {
      const input = this.#state(pool, 'input-tokens', exhausted);
      const output = this.#state(pool, 'output-tokens', exhausted);
      return { limit: input.limit + output.limit, used: input.used + output.used };
    }
    const { limit, level } = this.#poolNow(pool).buckets[group];
    if (exhausted && group === 'input-tokens') return { limit, used: limit };
    return { limit, used: limit - level };
  }

  #poolNow(name: string): Pool {
    const pool = this.#pools.get(name) ?? this.#newPool(name);
    const now = this.clock.now();
    for (const bucket of Object.values(pool.buckets)) bucket.advance(now);
    return pool;
  }

  /** Its buckets have been filling since the simulator started: limits are there before the first request is. */
  #newPool(name: string): Pool {
    const { limits, initialFill, foreignShare } = this.policy;
    // Seeded by the order in which keys appear, so that a run does not depend on what its keys are.
    const seed = `${this.seed} foreign ${this.#created}`;
    const bucket = (kind: Bucket, limit: number): TokenBucket =>
      new TokenBucket(
        limit,
        initialFill,
        this.#startedAt,
        foreignShare === 0
          ? undefined
          : { share: foreignShare, random: new Random(hashSeed(`${seed} ${kind}`)) },
      );
    const pool: Pool = {
      buckets: {
        requests: bucket('requests', limits.requests),
        'input-tokens': bucket('input-tokens', limits.inputTokens),
        'output-tokens': bucket('output-tokens', limits.outputTokens),
      },
      refused: 0,
    };
    this.#pools.set(name, pool);
    this.#created += 1;
    return pool;
  }
}
