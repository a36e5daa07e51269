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
  const random = seededRandom(before.length * 65_537 + after.length);
  const changes = Array.from(
    { length: RESAMPLES },
    () => resampled(after, share, random) - resampled(before, share, random),
  );
  const at = percentiles(changes, { low: 0.025, high: 0.975 });
  return { low: at('low') ?? 0, high: at('high') ?? 0 };
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

function resampled(values: readonly number[], share: number, random: () => number): number {
  const drawn = values.map((value) => values[Math.floor(random() * values.length)] ?? value);
  return percentile(drawn, share) ?? 0;
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
