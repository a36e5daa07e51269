import { isDeepStrictEqual } from 'node:util';
import { assertNever } from '../../base/assertNever';
import type { BenchResult, Measurement, ScenarioKind, Step } from './benchResult';
import { figuresOf, firstTokens, kneeOf, tokenRates } from './figures';
import {
  judge,
  percentile,
  percentileChangeInterval,
  rateRatioInterval,
  shareChangeInterval,
} from '../statistics';
import type { Judgement } from '../statistics';

/** Ms for the first three, then per second, a share of 0-1, requests at once. */
export type FigureName =
  | 'firstTokenP50'
  | 'firstTokenP95'
  | 'firstTokenP99'
  | 'tokensPerSecond'
  | 'requestsPerSecond'
  | 'answeredShare'
  | 'knee';

export interface Change {
  readonly scenario: ScenarioKind;
  readonly model: string;
  readonly figure: FigureName;
  readonly before: number;
  readonly after: number;
  readonly judgement: Judgement;
}

/** What is another between two results, for each model and scenario that both measured in the same way. */
export function compareResults(baseline: BenchResult, now: BenchResult): readonly Change[] {
  return now.measurements.flatMap((after) => {
    const before = baseline.measurements.find(
      ({ model, scenario }) => model === after.model && isDeepStrictEqual(scenario, after.scenario),
    );
    return before === undefined ? [] : changesOf(before, after);
  });
}

type Found = Pick<Change, 'figure' | 'before' | 'after' | 'judgement'>;

function changesOf(before: Measurement, after: Measurement): readonly Change[] {
  const { scenario, model } = after;
  return foundIn(before, after).map(({ figure, before: was, after: is, judgement }) => ({
    scenario: scenario.kind,
    model,
    figure,
    before: was,
    after: is,
    judgement,
  }));
}

function foundIn(before: Measurement, after: Measurement): readonly Found[] {
  const [first] = before.steps;
  const [second] = after.steps;
  if (first === undefined || second === undefined) return [];
  const { kind } = after.scenario;
  const found = (): readonly (Found | undefined)[] => {
    switch (kind) {
      case 'latency':
        return [...latencies(first, second), speed(first, second)];
      case 'throughput':
        return [rate(first, second), answeredShare(first, second)];
      case 'availability':
        return [answeredShare(first, second)];
      case 'load':
        return [knee(before, after)];
      default:
        return assertNever(kind);
    }
  };
  return found().filter((one) => one !== undefined);
}

function latencies(before: Step, after: Step): readonly (Found | undefined)[] {
  const [first, second] = [firstTokens(before), firstTokens(after)];
  return [
    ofPercentile('firstTokenP50', first, second, 0.5, 'less'),
    ofPercentile('firstTokenP95', first, second, 0.95, 'less'),
    ofPercentile('firstTokenP99', first, second, 0.99, 'less'),
  ];
}

function speed(before: Step, after: Step): Found | undefined {
  return ofPercentile('tokensPerSecond', tokenRates(before), tokenRates(after), 0.5, 'more');
}

function ofPercentile(
  figure: FigureName,
  first: readonly number[],
  second: readonly number[],
  share: number,
  wanted: 'less' | 'more',
): Found | undefined {
  const [before, after] = [percentile(first, share), percentile(second, share)];
  if (before === undefined || after === undefined) return undefined;
  const interval = percentileChangeInterval(first, second, share);
  return { figure, before, after, judgement: judge(interval, 0, wanted) };
}

function rate(first: Step, second: Step): Found | undefined {
  const [one, two] = [figuresOf(first), figuresOf(second)];
  const [before, after] = [one.requestsPerSecond, two.requestsPerSecond];
  if (before === undefined || after === undefined) return undefined;
  const interval = rateRatioInterval(
    { events: one.answered, perSecond: before },
    { events: two.answered, perSecond: after },
  );
  return { figure: 'requestsPerSecond', before, after, judgement: judge(interval, 1, 'more') };
}

function answeredShare(first: Step, second: Step): Found | undefined {
  const [one, two] = [figuresOf(first), figuresOf(second)];
  const [before, after] = [one.answeredShare, two.answeredShare];
  if (before === undefined || after === undefined) return undefined;
  const interval = shareChangeInterval(
    { hits: one.answered, count: one.requests },
    { hits: two.answered, count: two.requests },
  );
  return { figure: 'answeredShare', before, after, judgement: judge(interval, 0, 'more') };
}

/** Steps double, and one climb says nothing about how much another one would differ. */
function knee(first: Measurement, second: Measurement): Found {
  const before = kneeOf(first).concurrency ?? 0;
  const after = kneeOf(second).concurrency ?? 0;
  return { figure: 'knee', before, after, judgement: 'unsure' };
}
