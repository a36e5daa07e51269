import type { RequestRecord } from '../metrics/snapshot';
import type { ErrorKind } from '../types';
import type { Cause, Evidence, Facts } from './cause';

/** So many of the recent turns, and this share of them, make a storm of a few refusals. */
const MIN_TURNS = 3;
const MIN_SHARE = 0.1;
/** Fewer at once are what a person asks for. */
const MIN_AT_ONCE = 3;
/** Asking for more than so many times what the limit allows. */
const FAR_ABOVE = 2;
const LONG_QUEUE_MS = 1_000;
/** Waiting for a rate limit that is felt. */
const LONG_PACING_MS = 1_000;
const SLOW_FIRST_TOKEN_MS = 2_000;
/** A model takes more than so many times what the way to it takes. */
const MODEL_FACTOR = 4;

/** What the recent turns and the engine's own state say. */
export function trafficCauses(facts: Facts): readonly Cause[] {
  const turns = facts.metrics.recent.filter(({ endpointId }) => endpointId === facts.endpointId);
  const trouble: Trouble = {
    limited: failures(turns, 'rate_limit'),
    paced: turns.filter(isPaced).length,
    overloaded: failures(turns, 'overloaded'),
  };
  const causes = [
    tooMany(facts, turns, trouble),
    rateLimited(turns, trouble),
    overload(turns, trouble.overloaded),
    openBreaker(facts),
    refusedKey(facts, turns),
    longQueue(facts, turns, trouble),
    slowModel(facts),
  ];
  return causes.filter((cause) => cause !== undefined);
}

/** Of the recent turns, how many. */
interface Trouble {
  /** Refused for good. */
  readonly limited: number;
  /** Went well after a wait for the limit: the engine holds them back instead of having them refused. */
  readonly paced: number;
  readonly overloaded: number;
}

function isPaced({ outcome, timing }: RequestRecord): boolean {
  return outcome !== 'failed' && (timing.pacingMs ?? 0) >= LONG_PACING_MS;
}

function failures(turns: readonly RequestRecord[], kind: ErrorKind): number {
  return turns.filter(({ error }) => error?.kind === kind).length;
}

function isStorm(count: number, turns: readonly RequestRecord[]): boolean {
  return count >= MIN_TURNS && count >= turns.length * MIN_SHARE;
}

/** Refusals while far more is on the wire at once than the limit allows, or than the engine itself found to be good. */
function tooMany(
  { endpointId, health, settings }: Facts,
  turns: readonly RequestRecord[],
  trouble: Trouble,
): Cause | undefined {
  const { limited, paced, overloaded } = trouble;
  const atOnce = mostAtOnce(turns);
  if (!isStorm(limited + paced + overloaded, turns) || atOnce < MIN_AT_ONCE) return undefined;
  const allowedNow = health.endpoints.find((each) => each.endpointId === endpointId)?.concurrency;
  const perMinute = health.limits.find(
    (each) => each.endpointId === endpointId && each.limit === 'requests',
  )?.perMinute;
  const workMs = median(turns.filter(({ outcome }) => outcome === 'ok').map(wireMs));
  const wanted = workMs === undefined ? 0 : (atOnce * 60_000) / Math.max(1, workMs);
  const isAboveLimit = perMinute !== undefined && wanted > perMinute * FAR_ABOVE;
  const isCut = allowedNow !== undefined && allowedNow * FAR_ABOVE <= atOnce;
  if (!isAboveLimit && !isCut) return undefined;
  const evidence: Evidence[] = [
    { name: 'concurrency', value: settings.concurrency },
    { name: 'atOnce', value: atOnce },
    ...limitEvidence(turns, trouble),
    { name: 'overloadedTurns', value: overloaded },
  ];
  if (allowedNow !== undefined) evidence.push({ name: 'allowedNow', value: allowedNow });
  if (perMinute !== undefined) evidence.push({ name: 'requestsPerMinute', value: perMinute });
  return { kind: 'concurrency_too_large', evidence, fixes: ['setConcurrency', 'openMetrics'] };
}

/** The most turns that were on the wire at the same time. */
function mostAtOnce(turns: readonly RequestRecord[]): number {
  const running = turns.map((turn) => ({ from: turn.at - wireMs(turn), to: turn.at }));
  const counts = running.map(
    ({ from }) => running.filter((other) => other.from <= from && from <= other.to).length,
  );
  return Math.max(0, ...counts);
}

function rateLimited(turns: readonly RequestRecord[], trouble: Trouble): Cause | undefined {
  if (!isStorm(trouble.limited + trouble.paced, turns)) return undefined;
  return {
    kind: 'rate_limited',
    evidence: limitEvidence(turns, trouble),
    fixes: ['chooseModel', 'setPacing', 'openMetrics'],
  };
}

function limitEvidence(
  turns: readonly RequestRecord[],
  { limited, paced }: Pick<Trouble, 'limited' | 'paced'>,
): readonly Evidence[] {
  return [
    { name: 'limitedTurns', value: limited },
    { name: 'pacedTurns', value: paced },
    { name: 'recentTurns', value: turns.length },
  ];
}

function overload(turns: readonly RequestRecord[], overloaded: number): Cause | undefined {
  if (!isStorm(overloaded, turns)) return undefined;
  return {
    kind: 'overloaded',
    evidence: [
      { name: 'overloadedTurns', value: overloaded },
      { name: 'recentTurns', value: turns.length },
    ],
    fixes: ['chooseModel', 'probeEndpoint'],
  };
}

function openBreaker({ endpointId, health }: Facts): Cause | undefined {
  const open = health.breakers.filter(
    (breaker) => breaker.endpointId === endpointId && breaker.state !== 'closed',
  );
  if (open.length === 0) return undefined;
  return {
    kind: 'breaker_open',
    evidence: [{ name: 'openBreakers', value: open.length }],
    fixes: ['resetBreakers', 'probeEndpoint'],
  };
}

/** Where the list of models is open to all, only a question shows that the key is not taken. */
function refusedKey({ network }: Facts, turns: readonly RequestRecord[]): Cause | undefined {
  const isTold = network.http.outcome !== 'ok' || [401, 403].includes(network.http.value.status);
  const newest = turns.find(({ outcome }) => outcome !== 'stopped')?.error;
  if (isTold || newest?.kind !== 'authentication') return undefined;
  const evidence: Evidence[] = [{ name: 'status', value: newest.status ?? 401 }];
  return { kind: 'refused_key', evidence, fixes: ['setKey'] };
}

/** Turns wait longer for a place than for their answer, and it is no refusal that keeps the places few. */
function longQueue(
  { settings }: Facts,
  turns: readonly RequestRecord[],
  { limited, paced, overloaded }: Trouble,
): Cause | undefined {
  const queueMs = median(turns.map(({ timing }) => timing.queueMs));
  const workMs = median(turns.map(wireMs));
  if (
    queueMs === undefined ||
    workMs === undefined ||
    isStorm(limited + paced + overloaded, turns)
  ) {
    return undefined;
  }
  if (turns.length < MIN_TURNS || queueMs < LONG_QUEUE_MS || queueMs < workMs) return undefined;
  return {
    kind: 'pool_too_small',
    evidence: [
      { name: 'queueMs', value: queueMs },
      { name: 'concurrency', value: settings.concurrency },
    ],
    fixes: ['setConcurrency', 'openMetrics'],
  };
}

function slowModel({ metrics, network }: Facts): Cause | undefined {
  const { recentFirstTokenMs: firstTokenMs } = metrics;
  if (network.http.outcome !== 'ok' || firstTokenMs === undefined) return undefined;
  const { firstByteMs } = network.http.value;
  if (firstTokenMs < SLOW_FIRST_TOKEN_MS || firstTokenMs < firstByteMs * MODEL_FACTOR) {
    return undefined;
  }
  return {
    kind: 'slow_model',
    evidence: [
      { name: 'firstTokenMs', value: firstTokenMs },
      { name: 'firstByteMs', value: firstByteMs },
    ],
    fixes: ['chooseModel', 'openMetrics'],
  };
}

/** What a turn took beside all waiting: in the queue, between attempts, for limits and for recovery. */
function wireMs({ timing }: RequestRecord): number {
  const { totalMs, queueMs, backoffMs, pacingMs = 0, recoveryMs = 0 } = timing;
  return Math.max(0, totalMs - queueMs - backoffMs - pacingMs - recoveryMs);
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
