import {
  judge,
  percentile,
  percentileChangeInterval,
  rateRatioInterval,
  shareChangeInterval,
} from '../../statistics';
import type { Judgement } from '../../statistics';
import type { Reliability } from '../incidents';
import type { TrafficSide } from './trafficSide';

/** Which report a figure belongs to. */
export const TRAFFIC_TOPICS = ['latency', 'throughput', 'availability', 'load'] as const;
export type TrafficTopic = (typeof TRAFFIC_TOPICS)[number];

/** Ms for times, output tokens per second, shares of 0-1. `highLoadP95`: to the first token while much was asked at once. */
export type TrafficFigure =
  | 'firstTokenP50'
  | 'firstTokenP95'
  | 'firstTokenP99'
  | 'tokensPerSecond'
  | 'answeredShare'
  | 'mtbf'
  | 'highLoadP95';

export interface TrafficChange {
  readonly topic: TrafficTopic;
  readonly figure: TrafficFigure;
  /** `undefined` for all models together. */
  readonly model: string | undefined;
  readonly before: number;
  readonly after: number;
  readonly judgement: Judgement;
}

const LATENCIES = [
  ['firstTokenP50', 0.5],
  ['firstTokenP95', 0.95],
  ['firstTokenP99', 0.99],
] as const;

/** What is another in a time than in the one before it, of what both measured. */
export function trafficChanges(before: TrafficSide, now: TrafficSide): readonly TrafficChange[] {
  const models = [...now.models].flatMap(([model, values]) =>
    LATENCIES.map(([figure, share]) => {
      const was = before.models.get(model) ?? [];
      return ofPercentile({ topic: 'latency', figure, model }, was, values, share, 'less');
    }),
  );
  const found = [
    ...models,
    ofPercentile(
      { topic: 'throughput', figure: 'tokensPerSecond', model: undefined },
      before.rates,
      now.rates,
      0.5,
      'more',
    ),
    answeredShare(before, now),
    mtbf(before.reliability, now.reliability),
    ofPercentile(
      { topic: 'load', figure: 'highLoadP95', model: undefined },
      before.load.high,
      now.load.high,
      0.95,
      'less',
    ),
  ];
  return found.filter((one) => one !== undefined);
}

function ofPercentile(
  name: Pick<TrafficChange, 'topic' | 'figure' | 'model'>,
  was: readonly number[],
  is: readonly number[],
  share: number,
  wanted: 'less' | 'more',
): TrafficChange | undefined {
  const [before, after] = [percentile(was, share), percentile(is, share)];
  if (before === undefined || after === undefined) return undefined;
  const judgement = judge(percentileChangeInterval(was, is, share), 0, wanted);
  return { ...name, before, after, judgement };
}

function answeredShare(before: TrafficSide, now: TrafficSide): TrafficChange | undefined {
  const [was, is] = [before.answered, now.answered];
  if (was.count === 0 || is.count === 0) return undefined;
  return {
    topic: 'availability',
    figure: 'answeredShare',
    model: undefined,
    before: was.hits / was.count,
    after: is.hits / is.count,
    judgement: judge(shareChangeInterval(was, is), 0, 'more'),
  };
}

function mtbf(before: Reliability, now: Reliability): TrafficChange | undefined {
  const { mtbfMs: was } = before;
  const { mtbfMs: is } = now;
  // Times that are 0 have no rate.
  if (!was || !is) return undefined;
  const interval = rateRatioInterval(
    { events: before.incidents, perSecond: 1_000 / was },
    { events: now.incidents, perSecond: 1_000 / is },
  );
  return {
    topic: 'availability',
    figure: 'mtbf',
    model: undefined,
    before: was,
    after: is,
    // The interval is of failures per time: fewer of them is longer between them.
    judgement: judge(interval, 1, 'less'),
  };
}
