import { MAX_SLOWDOWN } from '../../bench/figures';
import { FIRST_TOKEN_TARGET_MS } from '../../bench/targets';
import { percentile, percentiles, wilsonInterval } from '../../statistics';
import type { Interval, Trials } from '../../statistics';
import type { MetricsHistoryRead, MetricsRange } from '../metricsHistory';
import { trafficChanges } from './trafficChanges';
import type { TrafficChange } from './trafficChanges';
import { hasTraffic, trafficSide } from './trafficSide';
import type { TrafficSide } from './trafficSide';

/** Measurements from which a percentile is held against a target: with fewer, P95 and P99 are the worst that was seen, no more. */
export const LEAST_FOR_TARGET = { p50: 8, p95: 20, p99: 100 } as const;
const SHARES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
export const PERCENTILES = ['p50', 'p95', 'p99'] as const;
export type PercentileName = (typeof PERCENTILES)[number];

/** `unsure`: too little was measured to tell. */
export type TrafficVerdict = 'met' | 'missed' | 'unsure';

export interface TargetedLatency {
  /** Ms; `undefined` of nothing. */
  readonly ms: number | undefined;
  /** Whether it is below `FIRST_TOKEN_TARGET_MS`. */
  readonly verdict: TrafficVerdict;
}

/** Time to first token. */
export interface TrafficLatency extends Readonly<Record<PercentileName, TargetedLatency>> {
  readonly count: number;
}

export interface TrafficAvailability {
  /** 0-1; `undefined` where the service was not asked. */
  readonly share: number | undefined;
  readonly interval: Interval;
  readonly asked: Trials;
  readonly objective: number;
  readonly verdict: TrafficVerdict;
}

/** P95 to the first token, ms, for a request that is alone and under high load. */
export interface TrafficLoad {
  readonly aloneP95: number | undefined;
  readonly highP95: number | undefined;
  /** Whether the second is at most `MAX_SLOWDOWN` times the first. */
  readonly verdict: TrafficVerdict;
}

/** What ordinary traffic says about a time, beside the time before it. Nothing is sent for it. */
export interface Traffic {
  readonly now: TrafficSide;
  readonly before: TrafficSide;
  readonly latency: TrafficLatency;
  /** The most used model first. */
  readonly byModel: ReadonlyMap<string, TrafficLatency>;
  /** Median output tokens per second of an answer. */
  readonly tokensPerSecond: number | undefined;
  readonly availability: TrafficAvailability;
  readonly load: TrafficLoad;
  readonly changes: readonly TrafficChange[];
  /** `alone`: there was nothing but requests to the endpoint that is set aside, so they count. */
  readonly aside: 'none' | 'left out' | 'alone';
  /** Whether there were more requests than were read: the newest count. */
  readonly isCut: boolean;
}

export interface TrafficQuestion {
  readonly range: MetricsRange;
  /** What it is compared with. */
  readonly before: MetricsRange;
  /** Ms since 1970. */
  readonly now: number;
  /** The share of requests that is to be answered, 0-1. */
  readonly objective: number;
  /** An endpoint whose requests count only where there are no others. */
  readonly aside: string;
}

/** @param read what there is from the beginning of `before` to the end of `range` */
export function traffic(
  read: Omit<MetricsHistoryRead, 'events'>,
  { range, before: rangeBefore, now: moment, objective, aside }: TrafficQuestion,
): Traffic {
  const isOther = (endpointId: string): boolean => endpointId !== aside;
  const hasOthers = hasTraffic(read.requests, range, isOther);
  const hasAside = hasTraffic(read.requests, range, (endpointId) => endpointId === aside);
  const isMeant = hasOthers || !hasAside ? isOther : () => true;
  const now = trafficSide(read, range, moment, isMeant);
  const before = trafficSide(read, rangeBefore, moment, isMeant);
  return {
    now,
    before,
    latency: latencyOf(now.firstTokens),
    byModel: new Map([...now.models].map(([model, values]) => [model, latencyOf(values)])),
    tokensPerSecond: percentile(now.rates, 0.5),
    availability: availabilityOf(now.answered, objective),
    load: loadOf(now),
    changes: trafficChanges(before, now),
    aside: hasAside ? asideOf(hasOthers) : 'none',
    isCut: read.isCut,
  };
}

function asideOf(hasOthers: boolean): Traffic['aside'] {
  return hasOthers ? 'left out' : 'alone';
}

function latencyOf(values: readonly number[]): TrafficLatency {
  const at = percentiles(values, SHARES);
  const held = (name: PercentileName): TargetedLatency => {
    const ms = at(name);
    if (ms === undefined || values.length < LEAST_FOR_TARGET[name])
      return { ms, verdict: 'unsure' };
    return { ms, verdict: ms < FIRST_TOKEN_TARGET_MS ? 'met' : 'missed' };
  };
  return { count: values.length, p50: held('p50'), p95: held('p95'), p99: held('p99') };
}

function availabilityOf(asked: Trials, objective: number): TrafficAvailability {
  const interval = wilsonInterval(asked.hits, asked.count);
  const share = asked.count === 0 ? undefined : asked.hits / asked.count;
  return { share, interval, asked, objective, verdict: heldTo(objective, interval) };
}

/** Only what the interval leaves no doubt about is met or missed. */
function heldTo(objective: number, { low, high }: Interval): TrafficVerdict {
  if (low > objective) return 'met';
  return high < objective ? 'missed' : 'unsure';
}

function loadOf({ load: { alone, high } }: TrafficSide): TrafficLoad {
  const [aloneP95, highP95] = [percentile(alone, SHARES.p95), percentile(high, SHARES.p95)];
  const isEnough = Math.min(alone.length, high.length) >= LEAST_FOR_TARGET.p95;
  if (!isEnough || aloneP95 === undefined || highP95 === undefined) {
    return { aloneP95, highP95, verdict: 'unsure' };
  }
  return { aloneP95, highP95, verdict: highP95 <= MAX_SLOWDOWN * aloneP95 ? 'met' : 'missed' };
}
