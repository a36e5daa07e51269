import type { AnsweredSample, Failure, Measurement, Step } from './benchResult';
import { percentile, percentiles, wilsonInterval } from '../statistics';
import type { Interval } from '../statistics';

/** A step of a load test holds up to this share of failed requests, 0-1. */
const MAX_FAILED_SHARE = 0.05;
/** And up to this many times the first step's P95 to the first token. */
export const MAX_SLOWDOWN = 2;

const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/** Exact, ms. */
export interface LatencyFigures {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What the requests of a step come to. */
export interface StepFigures {
  readonly requests: number;
  readonly answered: number;
  /** Of the answered ones: those sent more than once. */
  readonly repeated: number;
  /** 0-1, with its interval; `undefined` where nothing was sent. */
  readonly answeredShare: number | undefined;
  readonly answeredInterval: Interval;
  readonly failures: ReadonlyMap<Failure, number>;
  /** `undefined` where no answer had text. */
  readonly firstToken: LatencyFigures | undefined;
  readonly total: LatencyFigures | undefined;
  /** P95 of the time in Pulse's own queue and for a rate limit, ms. */
  readonly waitP95Ms: number | undefined;
  /** Median of the answers' time without those waits, ms. */
  readonly answeringP50Ms: number | undefined;
  /** Median of the answers: output tokens after the first token came. */
  readonly tokensPerSecond: number | undefined;
  /** Answered requests and their output tokens by the time that the step took; `undefined` where it took none. */
  readonly requestsPerSecond: number | undefined;
  readonly outputTokensPerSecond: number | undefined;
}

export function figuresOf(step: Step): StepFigures {
  const { samples, tookMs } = step;
  const answered = answeredOf(step);
  const failures = new Map<Failure, number>();
  for (const sample of samples) {
    if (sample.outcome === 'answered') continue;
    failures.set(sample.failure, (failures.get(sample.failure) ?? 0) + 1);
  }
  const outputTokens = answered.reduce((sum, sample) => sum + sample.outputTokens, 0);
  const perSecond = (count: number): number | undefined =>
    tookMs > 0 ? (count * 1_000) / tookMs : undefined;
  return {
    requests: samples.length,
    answered: answered.length,
    repeated: answered.filter(({ attempts }) => attempts > 1).length,
    answeredShare: samples.length === 0 ? undefined : answered.length / samples.length,
    answeredInterval: wilsonInterval(answered.length, samples.length),
    failures,
    firstToken: latencyOf(firstTokens(step)),
    total: latencyOf(answered.map(({ totalMs }) => totalMs)),
    waitP95Ms: percentile(
      answered.map(({ waitMs }) => waitMs),
      SHARES.p95,
    ),
    answeringP50Ms: percentile(
      answered.map(({ totalMs, waitMs }) => totalMs - waitMs),
      SHARES.p50,
    ),
    tokensPerSecond: percentile(tokenRates(step), SHARES.p50),
    requestsPerSecond: perSecond(answered.length),
    outputTokensPerSecond: perSecond(outputTokens),
  };
}

/** Times to the first token of the step's answers, ms. */
export function firstTokens(step: Step): readonly number[] {
  return answeredOf(step)
    .map(({ firstTokenMs }) => firstTokenMs)
    .filter((ms) => ms !== undefined);
}

/** Output tokens per second of each of the step's answers that took a time to write. */
export function tokenRates(step: Step): readonly number[] {
  return answeredOf(step)
    .map(({ firstTokenMs, totalMs, outputTokens }) => {
      const writingMs = totalMs - (firstTokenMs ?? totalMs);
      return writingMs > 0 ? (outputTokens * 1_000) / writingMs : undefined;
    })
    .filter((rate) => rate !== undefined);
}

/** US$ of all answers; `undefined` where the price of one is not known. */
export function costOf(measurements: readonly Measurement[]): number | undefined {
  let sum = 0;
  for (const step of measurements.flatMap(({ steps }) => steps)) {
    for (const { costUSD } of answeredOf(step)) {
      if (costUSD === undefined) return undefined;
      sum += costUSD;
    }
  }
  return sum;
}

/** How a step of a load test did beside the first one. */
export type StepState = 'holds' | 'fails' | 'slow';

export function stepState(first: Step, step: Step): StepState {
  const { requests, answered, firstToken } = figuresOf(step);
  if (requests - answered > MAX_FAILED_SHARE * requests) return 'fails';
  const usual = figuresOf(first).firstToken?.p95;
  if (usual === undefined || firstToken === undefined) return 'holds';
  return firstToken.p95 > MAX_SLOWDOWN * usual ? 'slow' : 'holds';
}

/** Where a load test came to its end. */
export interface Knee {
  /** The most requests at once that held; `undefined` where not even the first step did. */
  readonly concurrency: number | undefined;
  /** Why the next step did not; `cap`: all that were run held. */
  readonly limit: 'cap' | Exclude<StepState, 'holds'>;
}

export function kneeOf({ steps }: Measurement): Knee {
  const [first] = steps;
  let concurrency: number | undefined;
  for (const step of steps) {
    const state = stepState(first ?? step, step);
    if (state !== 'holds') return { concurrency, limit: state };
    concurrency = step.concurrency;
  }
  return { concurrency, limit: 'cap' };
}

function answeredOf({ samples }: Step): readonly AnsweredSample[] {
  return samples.filter((sample) => sample.outcome === 'answered');
}

function latencyOf(values: readonly number[]): LatencyFigures | undefined {
  const at = percentiles(values, SHARES);
  const [p50, p95, p99] = [at('p50'), at('p95'), at('p99')];
  if (p50 === undefined || p95 === undefined || p99 === undefined) return undefined;
  return { count: values.length, p50, p95, p99 };
}
