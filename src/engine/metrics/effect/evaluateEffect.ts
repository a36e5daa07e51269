import {
  judge,
  meanChangeInterval,
  percentile,
  percentileChangeInterval,
  rateRatioInterval,
  shareChangeInterval,
  spreadChangeInterval,
  spreadOf,
} from '../../statistics';
import type { Interval, Judgement, Trials } from '../../statistics';
import type { MetricsHistoryRead } from '../metricsHistory';
import type { EffectRange } from './effectRange';
import { effectSide } from './effectSide';
import type { EffectSide } from './effectSide';

/** What was asked is another kind of thing when its median differs by more than this factor. */
const LIKE_FACTOR = 2;
/** What an interval is of, and what it holds where nothing has changed. */
const UNCHANGED = { difference: 0, ratio: 1 } as const;

/**
 * Ms for times, output tokens per second, shares of 0-1, US$ for costs. `spread`: the distance between the quartiles of the time to
 * first token as a share of its median. `mtbf`: mean time between failures of the service.
 */
export type EffectFigure =
  | 'firstTokenP50'
  | 'firstTokenP95'
  | 'totalP50'
  | 'tokensPerSecond'
  | 'errorShare'
  | 'spread'
  | 'mtbf'
  | 'costPerAnswer'
  | 'costPerAccepted'
  | 'satisfaction';

export interface EffectChange {
  readonly figure: EffectFigure;
  /** `undefined` where nothing was measured. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** Holds the true change with 95 % confidence; `undefined` where too little was measured. */
  readonly interval: (Interval & { readonly of: keyof typeof UNCHANGED }) | undefined;
  readonly judgement: Judgement;
}

/** What is another after a change. */
export interface Effect {
  /** The time before and after that was compared, ms. */
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly before: EffectSide;
  readonly after: EffectSide;
  readonly changes: readonly EffectChange[];
  /** Whether what was asked is much the same: otherwise the change may be that of the questions. */
  readonly isLike: boolean;
}

/** Compares the time before a moment with that after it, from the first request on that is there. */
export function evaluateEffect(
  { requests, events }: Pick<MetricsHistoryRead, 'requests' | 'events'>,
  { from, at, to }: EffectRange,
): Effect {
  const begin = Math.min(at, Math.max(from, requests.at[0] ?? from));
  const before = effectSide(requests, events, { from: begin, to: at });
  const after = effectSide(requests, events, { from: at, to });
  return {
    beforeMs: at - begin,
    afterMs: to - at,
    before,
    after,
    changes: changesOf(before, after),
    isLike: isLike(before, after),
  };
}

function changesOf(before: EffectSide, after: EffectSide): readonly EffectChange[] {
  const ofPercentile = (
    figure: EffectFigure,
    of: (side: EffectSide) => readonly number[],
    share: number,
    wanted: 'less' | 'more',
  ): EffectChange => {
    const [was, is] = [of(before), of(after)];
    const interval = percentileChangeInterval(was, is, share);
    const values = { before: percentile(was, share), after: percentile(is, share) };
    return changeOf(figure, values, 'difference', interval, wanted);
  };
  return [
    ofPercentile('firstTokenP50', ({ firstToken }) => firstToken, 0.5, 'less'),
    ofPercentile('firstTokenP95', ({ firstToken }) => firstToken, 0.95, 'less'),
    ofPercentile('totalP50', ({ total }) => total, 0.5, 'less'),
    ofPercentile('tokensPerSecond', ({ rates }) => rates, 0.5, 'more'),
    ofShare('errorShare', before.failed, after.failed, 'less'),
    spreadChange(before.firstToken, after.firstToken),
    mtbfChange(before, after),
    costChange(before.costs, after.costs),
    acceptedCostChange(before, after),
    ofShare('satisfaction', before.liked, after.liked, 'more'),
  ];
}

type Values = Pick<EffectChange, 'before' | 'after'>;

function changeOf(
  figure: EffectFigure,
  values: Values,
  of: keyof typeof UNCHANGED,
  interval: Interval | undefined,
  wanted: 'less' | 'more',
): EffectChange {
  return {
    figure,
    ...values,
    interval: interval && { ...interval, of },
    judgement: judge(interval, UNCHANGED[of], wanted),
  };
}

function ofShare(
  figure: EffectFigure,
  before: Trials,
  after: Trials,
  wanted: 'less' | 'more',
): EffectChange {
  const share = ({ hits, count }: Trials) => (count === 0 ? undefined : hits / count);
  const isKnown = before.count > 0 && after.count > 0;
  const interval = isKnown ? shareChangeInterval(before, after) : undefined;
  const values = { before: share(before), after: share(after) };
  return changeOf(figure, values, 'difference', interval, wanted);
}

function spreadChange(before: readonly number[], after: readonly number[]): EffectChange {
  const values = { before: spreadOf(before), after: spreadOf(after) };
  return changeOf('spread', values, 'difference', spreadChangeInterval(before, after), 'less');
}

function mtbfChange(before: EffectSide, after: EffectSide): EffectChange {
  const mtbf = ({ incidents, upMs }: EffectSide) =>
    incidents === 0 ? undefined : upMs / incidents;
  // Failures per time of answering, turned over below: more of them is less time between them.
  const rates = (side: EffectSide) => ({
    events: side.incidents,
    perSecond: side.upMs === 0 ? 0 : side.incidents / (side.upMs / 1_000),
  });
  const interval = inverse(rateRatioInterval(rates(before), rates(after)));
  const values = { before: mtbf(before), after: mtbf(after) };
  return changeOf('mtbf', values, 'ratio', interval, 'more');
}

function costChange(before: readonly number[], after: readonly number[]): EffectChange {
  const values = { before: meanOf(before), after: meanOf(after) };
  return changeOf('costPerAnswer', values, 'difference', meanChangeInterval(before, after), 'less');
}

function acceptedCostChange(before: EffectSide, after: EffectSide): EffectChange {
  const cost = ({ accepted, costUSD }: EffectSide) =>
    accepted === 0 ? undefined : costUSD / accepted;
  // Accepted answers per US$, turned over below.
  const rates = ({ accepted, costUSD }: EffectSide) => ({
    events: costUSD === 0 ? 0 : accepted,
    perSecond: costUSD === 0 ? 0 : accepted / costUSD,
  });
  const interval = inverse(rateRatioInterval(rates(before), rates(after)));
  const values = { before: cost(before), after: cost(after) };
  return changeOf('costPerAccepted', values, 'ratio', interval, 'less');
}

function inverse(interval: Interval | undefined): Interval | undefined {
  return interval && { low: 1 / interval.high, high: 1 / interval.low };
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0
    ? undefined
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function isLike(before: EffectSide, after: EffectSide): boolean {
  if (before.inputTokens === undefined || after.inputTokens === undefined) return true;
  const factor = after.inputTokens / before.inputTokens;
  return factor <= LIKE_FACTOR && factor >= 1 / LIKE_FACTOR;
}
