import { describe, expect, it } from 'vitest';
import type {
  HourlyFigures,
  MeasuredRequest,
  SystemSample,
} from '../../../../../src/engine/metrics/metricsHistory';
import { traffic } from '../../../../../src/engine/metrics/traffic/traffic';
import type { TrafficFigure } from '../../../../../src/engine/metrics/traffic/trafficChanges';
import { failedRequest, measuredRequest } from '../../../../helpers/measuredRequest';
import { requestColumns } from '../../../../helpers/requestColumns';
import { seededRandom } from '../../../../helpers/seededRandom';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const AT = Date.UTC(2026, 0, 10, 12);
const RANGE = { from: AT, to: AT + HOUR };
const BEFORE = { from: AT - HOUR, to: AT };

interface Rest {
  readonly samples?: readonly SystemSample[];
  readonly hours?: readonly HourlyFigures[];
  readonly objective?: number;
  readonly now?: number;
}

function found(requests: readonly MeasuredRequest[], rest: Rest = {}) {
  const { samples = [], hours = [], objective = 0.99, now = RANGE.to } = rest;
  const read = { requests: requestColumns(requests), samples, hours, isCut: false };
  return traffic(read, { range: RANGE, before: BEFORE, now, objective, aside: 'demo' });
}

function timed(firstTokenMs: number, totalMs = firstTokenMs + 1_000): MeasuredRequest['timing'] {
  return { ...measuredRequest().timing, firstTokenMs, totalMs };
}

/** Answered requests, evenly over an hour, whose times vary by half around `firstTokenMs`. */
function answered(count: number, from: number, firstTokenMs = 800, model = 'model-a') {
  const random = seededRandom(count + from);
  return Array.from({ length: count }, (_, index) =>
    measuredRequest({
      at: from + (index / count) * HOUR,
      model,
      timing: timed(firstTokenMs * (0.5 + random())),
    }),
  );
}

function sample(at: number, over: Partial<SystemSample>): SystemSample {
  return {
    at,
    cpuShare: 0,
    rssMB: 0,
    heapMB: 0,
    loopDelayMs: 0,
    running: 0,
    queued: 0,
    concurrency: 10,
    headroom: undefined,
    storeMs: undefined,
    networkMs: undefined,
    ...over,
  };
}

describe('the latency of ordinary traffic', () => {
  it('is told by model, the most used first, with exact percentiles', () => {
    const { byModel, latency } = found([
      ...[1_000, 3_000].map((ms) =>
        measuredRequest({ at: AT, model: 'model-b', timing: timed(ms) }),
      ),
      ...[100, 200, 300].map((ms) => measuredRequest({ at: AT, timing: timed(ms) })),
    ]);
    expect([...byModel.keys()]).toEqual(['model-a', 'model-b']);
    expect(byModel.get('model-a')).toMatchObject({ count: 3, p50: { ms: 200 }, p99: { ms: 300 } });
    expect(latency).toMatchObject({ count: 5, p50: { ms: 300 }, p95: { ms: 3_000 } });
  });

  it('is held against the target from as many requests on as each percentile needs', () => {
    const verdicts = (count: number, ms: number) => {
      const requests = Array.from({ length: count }, () =>
        measuredRequest({ at: AT, timing: timed(ms) }),
      );
      const { p50, p95, p99 } = found(requests).latency;
      return [p50, p95, p99].map(({ verdict }) => verdict).join(' ');
    };
    expect(verdicts(7, 500)).toBe('unsure unsure unsure');
    expect(verdicts(8, 500)).toBe('met unsure unsure');
    expect(verdicts(20, 500)).toBe('met met unsure');
    expect(verdicts(100, 1_999)).toBe('met met met');
    expect(verdicts(100, 2_000)).toBe('missed missed missed');
  });

  it('leaves out what is not in the range, and kept answers', () => {
    const { now, latency } = found([
      measuredRequest({ at: AT - 1 }),
      measuredRequest({ at: AT }),
      measuredRequest({ at: AT + 5, servedFrom: 'disk' }),
      measuredRequest({ at: RANGE.to }),
    ]);
    expect([now.requests, latency.count]).toEqual([1, 1]);
  });

  it('says nothing of nothing', () => {
    const { latency, now, tokensPerSecond, changes } = found([]);
    expect(latency.p95).toEqual({ ms: undefined, verdict: 'unsure' });
    expect([now.requests, tokensPerSecond, changes]).toEqual([0, undefined, []]);
  });
});

describe('the throughput of ordinary traffic', () => {
  it('names the busiest minute, the tokens and the median speed of answers', () => {
    const { now, tokensPerSecond } = found([
      measuredRequest({ at: AT + 1 }),
      ...[0, 1, 2].map((ms) => measuredRequest({ at: AT + 5 * MINUTE + ms })),
      failedRequest('overloaded', { at: AT + 5 * MINUTE + 3 }),
    ]);
    expect(now.busiest).toEqual({ requests: 4, at: AT + 5 * MINUTE });
    expect([now.inputTokens, now.outputTokens]).toEqual([4 * 15, 4 * 50]);
    expect(tokensPerSecond).toBe(50);
  });

  it('begins with the first request that is there', () => {
    const { now } = found([measuredRequest({ at: AT + 10 * MINUTE })], {
      now: AT + 30 * MINUTE,
    });
    expect(now.range).toEqual({ from: AT + 10 * MINUTE, to: AT + 30 * MINUTE });
  });
});

describe('the availability of ordinary traffic', () => {
  const many = (ok: number, failures: number) => [
    ...answered(ok, AT),
    ...Array.from({ length: failures }, () => failedRequest('overloaded', { at: AT + 1 })),
  ];

  it('is met or missed only where the interval leaves no doubt', () => {
    const verdict = (ok: number, failures: number) =>
      found(many(ok, failures)).availability.verdict;
    expect(verdict(1_000, 0)).toBe('met');
    expect(verdict(40, 0)).toBe('unsure');
    expect(verdict(990, 10)).toBe('unsure');
    expect(verdict(900, 100)).toBe('missed');
  });

  it('does not count failures that are not the service’s, nor stopped turns', () => {
    const { availability, now } = found([
      measuredRequest({ at: AT }),
      failedRequest('authentication', { at: AT + 1 }),
      failedRequest('overloaded', { at: AT + 2 }),
      measuredRequest({ at: AT + 3, outcome: 'stopped' }),
    ]);
    expect(availability.asked).toEqual({ hits: 1, count: 2 });
    expect(availability.share).toBe(0.5);
    expect(now.requests).toBe(4);
  });

  it('tells incidents with the time between and to recovery', () => {
    const { now } = found([
      measuredRequest({ at: AT }),
      failedRequest('overloaded', { at: AT + 10 * MINUTE }),
      failedRequest('overloaded', { at: AT + 11 * MINUTE }),
      measuredRequest({ at: AT + 20 * MINUTE }),
    ]);
    expect(now.reliability).toEqual({
      incidents: 1,
      mtbfMs: 50 * MINUTE,
      mttrMs: 10 * MINUTE,
    });
  });
});

describe('the load of ordinary traffic', () => {
  /** Pairs that run beside each other, and requests that run alone. */
  function pairsAndLone(underLoadMs: number): MeasuredRequest[] {
    return Array.from({ length: 20 }, (_, index) => {
      const at = AT + index * 2 * MINUTE + 30_000;
      const inPair = measuredRequest({ at, timing: timed(underLoadMs, 10_000) });
      return [
        inPair,
        { ...inPair, at: at + 1 },
        measuredRequest({ at: at + MINUTE, timing: timed(1_000, 10_000) }),
      ];
    }).flat();
  }

  it('counts how many were under way at once', () => {
    const at = (end: number, totalMs: number) =>
      measuredRequest({ at: AT + end, timing: timed(100, totalMs) });
    const { now } = found([at(1_000, 1_000), at(1_500, 1_000), at(1_600, 1_000), at(2_500, 900)]);
    expect(now.load.most).toBe(3);
    expect(now.load.highFrom).toBe(2);
  });

  it('holds the first token under load against that of lone requests', () => {
    const slower = found(pairsAndLone(2_100));
    // The first of a pair begins alone.
    expect(slower.now.load.alone).toHaveLength(40);
    expect(slower.now.load.high).toHaveLength(20);
    expect(slower.load).toEqual({ aloneP95: 2_100, highP95: 2_100, verdict: 'met' });
  });

  it('is unsure with few requests at once', () => {
    expect(found(answered(100, AT)).load).toMatchObject({ highP95: undefined, verdict: 'unsure' });
  });

  it('is missed where the first token takes more than twice as long', () => {
    const lone = Array.from({ length: 20 }, (_, index) =>
      measuredRequest({ at: AT + index * MINUTE, timing: timed(500, 1_000) }),
    );
    const beside = lone.map(({ at }) =>
      measuredRequest({ at: at + 500, timing: timed(1_200, 1_400) }),
    );
    expect(found([...lone, ...beside]).load).toEqual({
      aloneP95: 500,
      highP95: 1_200,
      verdict: 'missed',
    });
  });

  it('takes the most of the samples in the range', () => {
    const samples = [
      sample(AT - 1, { running: 9, queued: 9 }),
      sample(AT + 1, { running: 2, queued: 0, concurrency: 8 }),
      sample(AT + 2, { running: 4, queued: 3 }),
    ];
    expect(found([], { samples }).now.sampled).toEqual({
      samples: 2,
      running: 4,
      queued: 3,
      waiting: 1,
      concurrency: { low: 8, high: 10 },
    });
  });
});

describe('traffic against the period before', () => {
  const judgement = (figure: TrafficFigure, requests: readonly MeasuredRequest[]) =>
    found(requests).changes.find((change) => change.figure === figure)?.judgement;

  it('tells better and worse from noise', () => {
    const was = answered(200, BEFORE.from, 800);
    expect(judgement('firstTokenP50', [...was, ...answered(200, AT, 400)])).toBe('better');
    expect(judgement('firstTokenP95', [...was, ...answered(200, AT, 1_600)])).toBe('worse');
    expect(judgement('firstTokenP50', [...was, ...answered(200, AT, 800)])).toBe('noise');
    expect(judgement('firstTokenP99', [...was, ...answered(100, AT, 1_600)])).toBe('unsure');
  });

  it('compares the answered share and the time between failures', () => {
    const failures = (count: number, from: number) =>
      Array.from({ length: count }, (_, index) =>
        failedRequest('overloaded', { at: from + (index + 0.5) * (HOUR / count) }),
      );
    const all = [
      ...answered(200, BEFORE.from),
      ...failures(1, BEFORE.from),
      ...answered(200, AT),
      ...failures(30, AT),
    ];
    expect(judgement('answeredShare', all)).toBe('worse');
    expect(judgement('mtbf', all)).toBe('worse');
  });

  it('compares no model that only one of both used', () => {
    const { changes } = found([
      ...answered(20, BEFORE.from, 800, 'model-b'),
      ...answered(20, AT, 800, 'model-a'),
    ]);
    expect(changes.filter(({ topic }) => topic === 'latency')).toEqual([]);
  });
});

describe('what counts as traffic', () => {
  const demo = measuredRequest({ at: AT + 1, endpointId: 'demo' });

  it('is not what went to the endpoint that is set aside', () => {
    const { aside, now } = found([demo, measuredRequest({ at: AT })]);
    expect([aside, now.requests]).toEqual(['left out', 1]);
  });

  it('is that where there is nothing else', () => {
    const { aside, now } = found([demo]);
    expect([aside, now.requests]).toEqual(['alone', 1]);
  });

  it('names the requests of which only hourly counts are left', () => {
    const hour: HourlyFigures = {
      at: AT,
      endpointId: 'api.example',
      model: 'model-a',
      action: 'chat',
      ok: 5,
      failed: 2,
      stopped: 1,
      usage: measuredRequest().usage,
      costUSD: 0,
      unpriced: 0,
      firstTokenP50: undefined,
      firstTokenP95: undefined,
      firstTokenP99: undefined,
      totalP50: undefined,
      totalP95: undefined,
    };
    const hours = [hour, { ...hour, at: AT - HOUR }, { ...hour, endpointId: 'demo' }];
    expect(found([], { hours }).now.onlyByHour).toBe(8);
  });
});
