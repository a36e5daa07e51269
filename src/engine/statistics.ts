/** Bounds that hold the true value with 95 % confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Standard normal quantile of a two-sided 95 % interval. */
const Z = 1.959_964;

const RESAMPLES = 1_000;

/** Measurements that a percentile of a sample needs before anything is said about how sure its change is. */
const LEAST_FOR_CHANGE: readonly (readonly [share: number, least: number])[] = [
  [0.5, 8],
  [0.95, 40],
  [0.99, 200],
];

/** Likewise for the distance of its quartiles, and for its mean. */
const LEAST_FOR_SPREAD = 40;
const LEAST_FOR_MEAN = 20;

/**
 * - `better` and `worse` the change is more than noise: its 95 % interval leaves out "no change"
 * - `noise` it does not
 * - `unsure` too few measurements to tell
 */
export type Judgement = 'better' | 'worse' | 'noise' | 'unsure';

/** `same`: the change that is none. */
export function judge(
  interval: Interval | undefined,
  same: number,
  wanted: 'less' | 'more',
): Judgement {
  if (interval === undefined) return 'unsure';
  if (interval.low > same) return wanted === 'more' ? 'better' : 'worse';
  if (interval.high < same) return wanted === 'more' ? 'worse' : 'better';
  return 'noise';
}

/** Exact, by nearest rank: the smallest value that at least `share` (0-1) of them do not exceed; `undefined` of nothing. */
export function percentile(values: readonly number[], share: number): number | undefined {
  return ofSorted(ascending(values), share);
}

/** Several percentiles with one sort. */
export function percentiles<Name extends string>(
  values: readonly number[],
  shares: Readonly<Record<Name, number>>,
): (share: Name) => number | undefined {
  const sorted = ascending(values);
  return (name) => ofSorted(sorted, shares[name]);
}

/** Of a share that was seen as `hits` of `count`. Source: Wilson 1927; it holds for few trials and near 0 and 1. */
export function wilsonInterval(hits: number, count: number): Interval {
  if (count === 0) return { low: 0, high: 1 };
  const share = hits / count;
  const square = Z * Z;
  const centre = share + square / (2 * count);
  const reach = Z * Math.sqrt((share * (1 - share)) / count + square / (4 * count * count));
  const scale = 1 + square / count;
  return {
    low: Math.max(0, (centre - reach) / scale),
    high: Math.min(1, (centre + reach) / scale),
  };
}

export interface Trials {
  readonly hits: number;
  readonly count: number;
}

/** Of the second share less the first. Source: Newcombe 1998, method 10, from both Wilson intervals. */
export function shareChangeInterval(before: Trials, after: Trials): Interval {
  const first = { share: shareOf(before), ...wilsonInterval(before.hits, before.count) };
  const second = { share: shareOf(after), ...wilsonInterval(after.hits, after.count) };
  const change = second.share - first.share;
  return {
    low: change - Math.hypot(second.share - second.low, first.high - first.share),
    high: change + Math.hypot(second.high - second.share, first.share - first.low),
  };
}

/**
 * Of a percentile's change between two samples, by a bootstrap with a seed of its own: the same samples give the same bounds.
 * `undefined` where one of them is too small for this percentile.
 */
export function percentileChangeInterval(
  before: readonly number[],
  after: readonly number[],
  share: number,
): Interval | undefined {
  const least = LEAST_FOR_CHANGE.find(([upTo]) => share <= upTo)?.[1] ?? Infinity;
  if (Math.min(before.length, after.length) < least) return undefined;
  return bootstrapped(before, after, [share], ([was = 0], [is = 0]) => is - was);
}

/** Quartiles that the spread of a sample is told by. */
const QUARTILES = [0.25, 0.5, 0.75] as const;

/** How wide a sample is: the distance between its quartiles as a share of its median; `undefined` of nothing. */
export function spreadOf(values: readonly number[]): number | undefined {
  const sorted = ascending(values);
  return sorted.length === 0
    ? undefined
    : spread(QUARTILES.map((share) => ofSorted(sorted, share)));
}

/** Of the second sample's spread less the first one's, likewise by a bootstrap. `undefined` where one of them is too small. */
export function spreadChangeInterval(
  before: readonly number[],
  after: readonly number[],
): Interval | undefined {
  if (Math.min(before.length, after.length) < LEAST_FOR_SPREAD) return undefined;
  return bootstrapped(before, after, QUARTILES, (was, is) => spread(is) - spread(was));
}

/** Of the second mean less the first. Source: Welch 1947, with the normal quantile. `undefined` where one sample is too small. */
export function meanChangeInterval(
  before: readonly number[],
  after: readonly number[],
): Interval | undefined {
  if (Math.min(before.length, after.length) < LEAST_FOR_MEAN) return undefined;
  const [first, second] = [moments(before), moments(after)];
  const change = second.mean - first.mean;
  const reach = Z * Math.sqrt(first.variance / before.length + second.variance / after.length);
  return { low: change - reach, high: change + reach };
}

/**
 * Of the ratio of two rates, each from a count of events. Taken as if they came at random (Poisson): requests that follow each other
 * come more evenly, so that it is rather too wide. `undefined` where one counted none.
 */
export function rateRatioInterval(
  before: { readonly events: number; readonly perSecond: number },
  after: { readonly events: number; readonly perSecond: number },
): Interval | undefined {
  if (before.events === 0 || after.events === 0 || before.perSecond === 0) return undefined;
  const ratio = after.perSecond / before.perSecond;
  const spread = Math.exp(Z * Math.sqrt(1 / before.events + 1 / after.events));
  return { low: ratio / spread, high: ratio * spread };
}

function shareOf({ hits, count }: Trials): number {
  return count === 0 ? 0 : hits / count;
}

function ascending(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}

function ofSorted(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

function spread([lower = 0, middle = 0, upper = 0]: readonly (number | undefined)[]): number {
  return middle === 0 ? 0 : (upper - lower) / middle;
}

function moments(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}

/** Bounds of what `changeOf` makes of the percentiles (`shares`, rising) of samples drawn anew from both. */
function bootstrapped(
  before: readonly number[],
  after: readonly number[],
  shares: readonly number[],
  changeOf: (before: readonly number[], after: readonly number[]) => number,
): Interval {
  const random = seededRandom(before.length * 65_537 + after.length);
  const [first, second] = [ascending(before), ascending(after)];
  const changes = Array.from({ length: RESAMPLES }, () => {
    const is = resampled(second, shares, random);
    return changeOf(resampled(first, shares, random), is);
  });
  const at = percentiles(changes, { low: 0.025, high: 0.975 });
  return { low: at('low') ?? 0, high: at('high') ?? 0 };
}

/**
 * Percentiles of a sample drawn anew from a sorted one, without drawing it: the ranks of `n` even random numbers, which are at
 * those shares of the way that sums of exponential waits are (Devroye 1986, V.3), name the values. Its cost does not grow with `n`.
 */
function resampled(
  sorted: readonly number[],
  shares: readonly number[],
  random: () => number,
): readonly number[] {
  const count = sorted.length;
  let [sum, rank] = [0, 0];
  const sums = shares.map((share) => {
    const next = Math.max(1, Math.ceil(share * count));
    sum += gamma(next - rank, random);
    rank = next;
    return sum;
  });
  const whole = sum + gamma(count + 1 - rank, random);
  return sums.map((at) => sorted[Math.min(count - 1, Math.floor((at / whole) * count))] ?? 0);
}

/** The sum of `waits` exponential waits of mean 1. Source: Marsaglia and Tsang 2000, for 1 wait and more. */
function gamma(waits: number, random: () => number): number {
  if (waits < 1) return 0;
  const shape = waits - 1 / 3;
  const scale = 1 / Math.sqrt(9 * shape);
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const cube = (1 + scale * normal) ** 3;
    if (cube <= 0) continue;
    const bound = normal ** 2 / 2 + shape - shape * cube + shape * Math.log(cube);
    if (Math.log(1 - random()) < bound) return shape * cube;
  }
}

/** Numbers from 0 to below 1, the same for the same seed. Source: mulberry32 by Tommy Ettinger, public domain. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
