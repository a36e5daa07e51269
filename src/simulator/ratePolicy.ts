import { isRecord } from './json';
import type { JsonRecord } from './json';
import { expected } from './optionsError';

/** Per minute and model family, for each key. */
export interface RateLimitOptions {
  /** Default 4,000. */
  readonly requests?: number;
  /** Uncached input and cache writes. Default 400,000. */
  readonly inputTokens?: number;
  /** Default 80,000. */
  readonly outputTokens?: number;
}

export interface ForeignOptions {
  /** Of each bucket's refill, 0-1, taken by requests that come from elsewhere with the same key. */
  readonly share: number;
}

export interface RatePolicy {
  readonly limits: Required<RateLimitOptions>;
  /** Whether a request for which there is not enough left is refused; else the limits are only reported. */
  readonly enforce: boolean;
  /** How full the buckets are at the start, 0-1. */
  readonly initialFill: number;
  readonly foreignShare: number;
}

const USUAL_LIMITS = { requests: 4_000, inputTokens: 400_000, outputTokens: 80_000 } as const;
const MOST = 1_000_000_000;

export const USUAL_POLICY: RatePolicy = {
  limits: USUAL_LIMITS,
  enforce: false,
  initialFill: 1,
  foreignShare: 0,
};

function shareOf(value: unknown, key: string, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw expected(key, 'a number from 0 to 1', value);
}

function limitsOf(value: unknown): Required<RateLimitOptions> {
  if (value === undefined) return USUAL_LIMITS;
  if (!isRecord(value)) throw expected('limits', 'an object', value);
  const limits: Record<string, number> = {};
  for (const [key, limit] of Object.entries(value)) {
    if (!Object.hasOwn(USUAL_LIMITS, key)) {
      throw expected('limits', `one of ${Object.keys(USUAL_LIMITS).join(', ')}`, key);
    }
    if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > MOST) {
      throw expected(`limits.${key}`, `a whole number from 1 to ${MOST}`, limit);
    }
    limits[key] = limit;
  }
  return { ...USUAL_LIMITS, ...limits };
}

function foreignShare(value: unknown): number {
  if (value === undefined) return 0;
  const known = isRecord(value) && Object.keys(value).every((key) => key === 'share');
  if (known && value['share'] !== undefined) return shareOf(value['share'], 'foreign.share', 0);
  throw expected('foreign', '{share: 0-1}', value);
}

/**
 * What the options `limits`, `enforce`, `initialFill` and `foreign` say. Limits that are given are enforced unless told otherwise.
 * @throws OptionsError
 */
export function resolveRatePolicy(input: JsonRecord): RatePolicy {
  const { limits, enforce, initialFill, foreign } = input;
  if (enforce !== undefined && typeof enforce !== 'boolean') {
    throw expected('enforce', 'true or false', enforce);
  }
  return {
    limits: limitsOf(limits),
    enforce: enforce ?? limits !== undefined,
    initialFill: shareOf(initialFill, 'initialFill', 1),
    foreignShare: foreignShare(foreign),
  };
}
