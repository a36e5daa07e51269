import { CONTINUATION_STYLES } from './answers/continuation';
import type { ContinuationStyle } from './answers/continuation';
import type { FaultRate } from './faults/faultBook';
import { parseScript } from './faults/faultScript';
import { isRecord } from './json';
import type { JsonRecord } from './json';
import { expected } from './optionsError';
import { hashSeed } from './random';
import { resolveRatePolicy } from './ratePolicy';
import type { ForeignOptions, RateLimitOptions, RatePolicy } from './ratePolicy';
import { parseShape, USUAL_SHAPE } from './streamShape';
import type { StreamShape } from './streamShape';

export interface SimulatorOptions {
  /** 0, the default: a free one. */
  readonly port?: number;
  /** Same seed, same requests: same ids, texts, chunks, delays and faults. Default 1. */
  readonly seed?: number;
  /** 2 is twice as fast as the models' own pace. Default 1. */
  readonly speed?: number;
  /** No delays at all, and as many events in a write as fit. Default false. */
  readonly burst?: boolean;
  /** Median time to first token in ms, instead of each model's own. */
  readonly latencyMs?: number;
  /** Median pace of text, instead of each model's own. */
  readonly tokensPerSecond?: number;
  /** Refuse requests without a key, and keys that start with "bad". Default false. */
  readonly requireKey?: boolean;
  /** Answer only for the simulator's own models. Default false: any name is answered. */
  readonly strictModels?: boolean;
  /** How streams look, e.g. "pings=odd writes=split". */
  readonly shape?: string;
  readonly faultRates?: readonly FaultRate[];
  /** How many rate-limit headers a response carries. Default 12. */
  readonly rateLimitHeaders?: RateLimitHeaderCount;
  /** Milliseconds between pings while nothing else moves. Default 10,000. */
  readonly pingIntervalMs?: number;
  /** Requests kept in `requests`. Default 200. */
  readonly logLimit?: number;
  /** Tells instances apart: in the header `x-simulator-instance`, and in the seed. Default: none. */
  readonly name?: string;
  /** Rate limits that are enforced as the API does. Absent: the usual ones are reported and not enforced. */
  readonly limits?: RateLimitOptions;
  /** Whether limits are enforced. Default: where `limits` is given. */
  readonly enforce?: boolean;
  /** How full the limits' buckets are at the start, 0-1. Default 1. */
  readonly initialFill?: number;
  /** Traffic from elsewhere on the same keys. Default: none. */
  readonly foreign?: ForeignOptions;
  /** Outages that begin when it starts, e.g. "ok for 10s; overload for 30s; 20% reset for 60s". */
  readonly script?: string;
  /** How an answer that broke off is gone on with when it is asked for. Default `exact`. */
  readonly continuation?: ContinuationStyle;
}

export type RateLimitHeaderCount = 0 | 6 | 9 | 12;

export interface ResolvedOptions extends Required<
  Omit<
    SimulatorOptions,
    | 'shape'
    | 'latencyMs'
    | 'tokensPerSecond'
    | 'limits'
    | 'enforce'
    | 'initialFill'
    | 'foreign'
    | 'script'
  >
> {
  readonly ratePolicy: RatePolicy;
  readonly script: string | undefined;
  readonly latencyMs: number | undefined;
  readonly tokensPerSecond: number | undefined;
  readonly shape: StreamShape;
}

interface NumberRange {
  readonly low: number;
  readonly high: number;
  readonly whole: boolean;
}

const NUMBERS = {
  port: { low: 0, high: 65_535, whole: true },
  seed: { low: 0, high: 4_294_967_295, whole: true },
  speed: { low: 0.001, high: 100_000, whole: false },
  latencyMs: { low: 0, high: 3_600_000, whole: false },
  tokensPerSecond: { low: 0.1, high: 1_000_000, whole: false },
  pingIntervalMs: { low: 1, high: 3_600_000, whole: false },
  logLimit: { low: 0, high: 1_000_000, whole: true },
} as const satisfies Record<string, NumberRange>;

function optionalNumber(input: JsonRecord, key: keyof typeof NUMBERS): number | undefined {
  const value = input[key];
  if (value === undefined) return undefined;
  const { low, high, whole } = NUMBERS[key];
  const fits = typeof value === 'number' && value >= low && value <= high;
  if (fits && (!whole || Number.isInteger(value))) return value;
  throw expected(key, `a ${whole ? 'whole number' : 'number'} from ${low} to ${high}`, value);
}

function flag(input: JsonRecord, key: 'burst' | 'requireKey' | 'strictModels'): boolean {
  const value = input[key];
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  throw expected(key, 'true or false', value);
}

function rates(value: unknown): FaultRate[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw expected('faultRates', 'a list', value);
  return value.map((item: unknown) => {
    if (isRecord(item)) {
      const { rate, fault } = item;
      const fits = typeof rate === 'number' && rate >= 0 && rate <= 1;
      if (fits && typeof fault === 'string') return { rate, fault };
    }
    throw expected('faultRates', '{rate: 0-1, fault: text}', item);
  });
}

function headerCount(value: unknown): RateLimitHeaderCount {
  if (value === undefined) return 12;
  if (value === 0 || value === 6 || value === 9 || value === 12) return value;
  throw expected('rateLimitHeaders', '0, 6, 9 or 12', value);
}

function shapeOf(input: JsonRecord, burst: boolean): StreamShape {
  const base: StreamShape = burst ? { ...USUAL_SHAPE, writes: 'burst' } : USUAL_SHAPE;
  const value = input['shape'];
  if (value === undefined) return base;
  if (typeof value === 'string') return parseShape(value, base);
  throw expected('shape', 'text', value);
}

function nameOf(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string' && /^[\w.-]{1,40}$/.test(value)) return value;
  throw expected('name', '1 to 40 letters, digits, "-", "_" or "."', value);
}

function scriptOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw expected('script', 'text', value);
  parseScript(value);
  return value;
}

function continuationOf(value: unknown): ContinuationStyle {
  if (value === undefined) return 'exact';
  const style = CONTINUATION_STYLES.find((known) => known === value);
  if (style) return style;
  throw expected('continuation', `one of ${CONTINUATION_STYLES.join(', ')}`, value);
}

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(NUMBERS),
  'burst',
  'requireKey',
  'strictModels',
  'shape',
  'faultRates',
  'rateLimitHeaders',
  'name',
  'limits',
  'enforce',
  'initialFill',
  'foreign',
  'script',
  'continuation',
]);

/**
 * Checks options from outside and fills in the defaults.
 * @throws OptionsError
 * @throws SpecError when `shape` or `script` can't be read
 */
export function resolveOptions(input: unknown): ResolvedOptions {
  if (!isRecord(input)) throw expected('options', 'an object', input);
  for (const key of Object.keys(input)) {
    if (!KNOWN.has(key)) throw expected('options', `one of ${[...KNOWN].join(', ')}`, key);
  }
  const burst = flag(input, 'burst');
  const name = nameOf(input['name']);
  const seed = optionalNumber(input, 'seed') ?? 1;
  return {
    port: optionalNumber(input, 'port') ?? 0,
    // Instances that share a seed still have ids, delays and faults of their own.
    seed: name === '' ? seed : hashSeed(`${seed} ${name}`),
    speed: optionalNumber(input, 'speed') ?? 1,
    burst,
    latencyMs: optionalNumber(input, 'latencyMs'),
    tokensPerSecond: optionalNumber(input, 'tokensPerSecond'),
    requireKey: flag(input, 'requireKey'),
    strictModels: flag(input, 'strictModels'),
    shape: shapeOf(input, burst),
    faultRates: rates(input['faultRates']),
    rateLimitHeaders: headerCount(input['rateLimitHeaders']),
    pingIntervalMs: optionalNumber(input, 'pingIntervalMs') ?? 10_000,
    logLimit: optionalNumber(input, 'logLimit') ?? 200,
    name,
    ratePolicy: resolveRatePolicy(input),
    script: scriptOf(input['script']),
    continuation: continuationOf(input['continuation']),
  };
}

/** Options from outside, checked. @throws OptionsError, SpecError */
export function checkedOptions(input: unknown): SimulatorOptions {
  if (isOptions(input)) return input;
  throw expected('options', 'an object', input);
}

function isOptions(input: unknown): input is SimulatorOptions {
  resolveOptions(input);
  return true;
}
