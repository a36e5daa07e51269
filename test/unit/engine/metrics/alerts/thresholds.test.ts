import { beforeEach, describe, expect, it, test } from 'vitest';
import {
  ALERT_METRICS,
  clearOf,
  DEFAULT_RULES,
  isGauge,
} from '../../../../../src/engine/metrics/alerts/alertRules';
import type { AlertMetric, AlertRule } from '../../../../../src/engine/metrics/alerts/alertRules';
import { Readings } from '../../../../../src/engine/metrics/alerts/readings';
import { thresholdConditions } from '../../../../../src/engine/metrics/alerts/thresholds';
import { AlertSource } from '../../../../helpers/alertSource';
import { FakeClock } from '../../../../helpers/fakeClock';

let clock: FakeClock;
let source: AlertSource;

beforeEach(() => {
  clock = new FakeClock();
  source = new AlertSource(clock);
});

function rule(changes: Partial<AlertRule>): AlertRule {
  return {
    id: 'mine',
    metric: 'firstTokenP50',
    window: 'fiveMinutes',
    side: 'above',
    limit: 1_000,
    ...changes,
  };
}

function look(changes: Partial<AlertRule>) {
  return thresholdConditions(rule(changes), new Readings(source));
}

function state(changes: Partial<AlertRule>): string | undefined {
  return look(changes)[0]?.state.kind;
}

function value(metric: AlertMetric): number | undefined {
  return new Readings(source).of(metric, 'fiveMinutes').value;
}

describe('readings', () => {
  it('are those of the figures', () => {
    source.answer(1_000, 3);
    source.fail();
    source.gauge = {
      queued: 7,
      headroom: 0.4,
      openBreakers: [{ endpointId: 'a', family: 'b' }],
      loopDelayMs: 12,
      rssMB: 300,
    };
    expect(value('firstTokenP50')).toBeCloseTo(1_000, -1);
    expect(value('totalP95')).toBeCloseTo(2_000, -2);
    expect(value('tokensPerSecond')).toBeCloseTo(50, 0);
    expect(value('costUSD')).toBeCloseTo(0.004);
    const exact = ['errorShare', 'availability', 'requests', 'failures', 'retries'] as const;
    expect(exact.map(value)).toEqual([0.25, 0.75, 4, 1, 0]);
    const gauges = ['queued', 'headroom', 'breakerOpen', 'loopDelayMs', 'rssMB'] as const;
    expect(gauges.map(value)).toEqual([7, 0.4, 1, 12, 300]);
    expect(ALERT_METRICS.filter((metric) => isGauge(metric))).toEqual(gauges);
  });

  it('add each window up once, and the day only where there is something to compare with it', () => {
    const read = () => {
      const readings = new Readings(source);
      for (const metric of ALERT_METRICS) readings.of(metric, 'fiveMinutes');
      return source.reads.splice(0);
    };
    expect(read()).toEqual(['fiveMinutes']);
    source.answer();
    expect(read()).toEqual(['fiveMinutes', 'day']);
  });
});

describe('a threshold', () => {
  it('is crossed past its limit, and clear only well inside of it', () => {
    const p95 = (firstTokenMs: number) => {
      source = new AlertSource(clock);
      source.answer(firstTokenMs, 5);
      return state({});
    };
    expect([1_020, 980, 920, 880].map(p95)).toEqual(['crossed', 'between', 'between', 'clear']);
  });

  it('needs enough turns, of which those that say nothing about it do not count', () => {
    source.answer(2_000, 4);
    source.fail(3);
    expect(state({})).toBe('between');
    expect(state({ minRequests: 4 })).toBe('crossed');
    source.answer(2_000);
    expect(state({})).toBe('crossed');
  });

  it('needs as many failures as it says', () => {
    source.answer(400, 3);
    source.fail(2);
    const share = { metric: 'errorShare', limit: 0.25, minFailures: 3 } as const;
    expect(state(share)).toBe('between');
    source.fail();
    expect(state(share)).toBe('crossed');
  });

  it('is clear where nothing is left to tell it from', () => {
    expect(state({})).toBe('clear');
    expect(state({ metric: 'errorShare', limit: 0.1 })).toBe('clear');
  });

  it('may be from below', () => {
    source.answer(400, 95);
    source.fail(5);
    const availability = { metric: 'availability', side: 'below' } as const;
    expect(state({ ...availability, limit: 0.96 })).toBe('crossed');
    expect(state({ ...availability, limit: 0.948 })).toBe('between');
    expect(state({ ...availability, limit: 0.94 })).toBe('clear');
  });

  it('may be of one model', () => {
    source.answer(400, 10, 'model-a');
    source.answer(2_000, 10, 'model-b');
    expect(state({ model: 'model-a' })).toBe('clear');
    expect(state({ model: 'model-b' })).toBe('crossed');
    expect(state({ model: 'model-c' })).toBe('clear');
  });

  it('of a gauge needs no turns', () => {
    source.gauge = { ...source.gauge, headroom: 0.05 };
    expect(state({ metric: 'headroom', side: 'below', limit: 0.1 })).toBe('crossed');
    expect(state({ metric: 'rssMB', limit: 100 })).toBe('clear');
  });
});

describe('a model far above its own usual', () => {
  const ratio = DEFAULT_RULES.find(({ metric }) => metric === 'firstTokenRatio') ?? rule({});

  test('is told by model, with both figures', async () => {
    source.answer(900, 30, 'model-a');
    source.answer(900, 30, 'model-b');
    await clock.advance(400_000);
    source.answer(3_600, 5, 'model-a');
    source.answer(900, 5, 'model-b');
    const [slow, usual] = thresholdConditions(ratio, new Readings(source));
    expect(slow).toMatchObject({ key: 'firstTokenRatio:model-a', state: { kind: 'crossed' } });
    expect(slow?.state).toMatchObject({ detail: { model: 'model-a' } });
    const detail = slow?.state.kind === 'crossed' ? slow.state.detail : undefined;
    const { medianMs = 0, usualMs = 0 } = (detail?.kind === 'threshold' && detail.ratioOf) || {};
    expect(medianMs).toBeCloseTo(3_600, -2);
    expect(usualMs).toBeCloseTo(900, -1);
    expect(usual?.state.kind).toBe('clear');
  });

  test('says nothing while its usual is not known, or while it is quick all the same', async () => {
    source.answer(100, 15);
    await clock.advance(400_000);
    source.answer(3_600, 4);
    expect(thresholdConditions(ratio, new Readings(source))[0]?.state.kind).toBe('unknown');
    source = new AlertSource(clock);
    source.answer(100, 30);
    await clock.advance(400_000);
    source.answer(1_500, 5);
    expect(thresholdConditions(ratio, new Readings(source))[0]?.state.kind).toBe('between');
  });
});

describe('where a rule is cleared by default', () => {
  it.each([
    ['firstTokenP95', 'above', 2_000, 1_800],
    ['breakerOpen', 'above', 0, 0],
    ['tokensPerSecond', 'below', 20, 22],
    ['availability', 'below', 0.99, 0.991],
    ['headroom', 'below', 0.1, 0.11],
  ] as const)('%s %s %d: %d', (metric, side, limit, clear) => {
    expect(clearOf(rule({ metric, side, limit }))).toBeCloseTo(clear, 6);
  });
});
