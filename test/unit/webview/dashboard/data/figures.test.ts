import { describe, expect, it } from 'vitest';
import { datasetOf } from '../../../../../src/webview/dashboard/data/dataset';
import { figuresOf } from '../../../../../src/webview/dashboard/data/figures';
import type { Figures } from '../../../../../src/webview/dashboard/data/figures';
import { rowsOf } from '../../../../../src/webview/dashboard/data/selection';
import type { Filter } from '../../../../../src/webview/dashboard/data/selection';
import { HOUR_MS, NOON, readWith } from '../../../../helpers/dashboardReads';
import type { SpanParts } from '../../../../helpers/dashboardReads';

const ALL: Filter = { model: undefined, endpoint: undefined };
const START = NOON - HOUR_MS;

function figures(parts: SpanParts, filter = ALL): Figures {
  const dataset = datasetOf(readWith(parts));
  return figuresOf(dataset, rowsOf(dataset, filter), filter, dataset.stretch);
}

const failed = { outcome: 'failed', firstTokenMs: Number.NaN, costUSD: 0, outputTokens: 0 };

describe('figures of a stretch', () => {
  it('take no kept answer for one of the service', () => {
    const found = figures({
      rows: [
        { at: START },
        { at: START + 1_000, ...failed, errorKind: 'overloaded' },
        { at: START + 2_000, servedFrom: 'memory' },
        { at: START + 5_000 },
      ],
    });
    expect(found).toMatchObject({ ok: 3, incidents: 1, mttrMs: 4_000 });
    expect(found.availability).toBeCloseTo(2 / 3, 10);
  });

  it('count, and tell shares without what was stopped', () => {
    const found = figures({
      rows: [
        { at: START },
        { at: START + 1 },
        { at: START + 2, outcome: 'stopped' },
        { at: START + 3, ...failed, errorKind: 'invalid_request' },
      ],
    });
    expect(found).toMatchObject({ requests: 4, ok: 2, failed: 1 });
    expect(found.errorShare).toBeCloseTo(1 / 3, 10);
    // The request was at fault, not the service.
    expect(found).toMatchObject({ availability: 1, budgetLeft: 1, incidents: 0 });
  });

  it('tell what is left of the error budget', () => {
    const rows = Array.from({ length: 400 }, (_, index) => ({ at: START + index }));
    rows.push({ at: START + 400, ...failed, errorKind: 'overloaded' } as (typeof rows)[number]);
    const { availability, budgetLeft } = figures({ rows });
    expect(availability).toBeCloseTo(400 / 401, 10);
    // 1 % may fail, 1 of 401 did.
    expect(budgetLeft).toBeCloseTo(1 - 1 / 4.01, 6);
  });

  it('tell how far apart incidents are, and how long they last', () => {
    const at = (minutes: number): number => START + minutes * 60_000;
    const down = { ...failed, errorKind: 'network' };
    const found = figures({
      rows: [
        { at: at(0) },
        { at: at(10), ...down },
        { at: at(12), ...down },
        { at: at(14) },
        { at: at(40), ...down },
        { at: at(41), ...failed, errorKind: 'invalid_request' },
        { at: at(42) },
      ],
    });
    expect(found.incidents).toBe(2);
    expect(found.mttrMs).toBe(3 * 60_000);
    expect(found.mtbfMs).toBe(27 * 60_000);
  });

  it('count an incident that goes on so far', () => {
    const rows = [{ at: START }, { at: NOON - 60_000, ...failed, errorKind: 'overloaded' }];
    expect(figures({ rows })).toMatchObject({ incidents: 1, mttrMs: 60_000 });
  });

  it('have the exact percentiles, and the rate of answers', () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({
      at: START + index,
      firstTokenMs: 100 - index,
      totalMs: 1_100 - index,
      outputTokens: 30,
    }));
    expect(figures({ rows })).toMatchObject({ firstTokenP50: 50, firstTokenP95: 95, rate: 30 });
  });

  it('leave kept and shared answers out of the rate: nothing was streamed', () => {
    const { rate } = figures({
      rows: [
        { at: START, firstTokenMs: 500, totalMs: 1_500, outputTokens: 100 },
        { at: START + 1, servedFrom: 'cache', firstTokenMs: 0, totalMs: 200, outputTokens: 9_000 },
        { at: START + 2, servedFrom: 'shared', firstTokenMs: 0, totalMs: 200, outputTokens: 9_000 },
      ],
    });
    expect(rate).toBe(100);
  });

  it('count the time between failures from the first turn that tells of the service', () => {
    const at = (minutes: number): number => START + minutes * 60_000;
    const { mtbfMs } = figures({
      rows: [
        { at: at(0), outcome: 'stopped' },
        { at: at(10), ...failed, errorKind: 'no_key' },
        { at: at(20) },
        { at: at(30), ...failed, errorKind: 'network' },
        { at: at(40) },
      ],
    });
    expect(mtbfMs).toBe(30 * 60_000);
  });

  it('set against accepted answers only the cost of what they are known of', () => {
    const parts: SpanParts = {
      hours: [{ at: START, ok: 9, costUSD: 50 }],
      rows: [{ at: START + 1, costUSD: 2 }],
      events: [{ at: START + 2, kind: 'accepted', model: 'sonnet', label: '' }],
    };
    expect(figures(parts).costPerAccepted).toBe(2);
    // Whose accepted answer it was is not known.
    expect(figures(parts, { model: undefined, endpoint: 'api' }).costPerAccepted).toBeUndefined();
  });

  it('count no thumbs of before what was left out', () => {
    const dataset = datasetOf(
      readWith({
        isCut: true,
        rows: [{ at: START + 10 }],
        events: [
          { at: START, kind: 'accepted', model: 'sonnet', label: '' },
          { at: START + 20, kind: 'accepted', model: 'sonnet', label: '' },
        ],
      }),
    );
    expect(figuresOf(dataset, rowsOf(dataset, ALL), ALL, dataset.stretch).accepted).toBe(1);
  });

  it('add up costs and tell what has no price', () => {
    const rows = [
      { at: START, costUSD: 0.25 },
      { at: START + 1, costUSD: 0.5, inputTokens: 100, cacheReadTokens: 800, cacheWriteTokens: 0 },
      { at: START + 2, costUSD: Number.NaN, inputTokens: 0, cacheWriteTokens: 100 },
    ];
    const found = figures({ rows });
    expect(found).toMatchObject({ costUSD: 0.75, unpriced: 1 });
    expect(found.cacheShare).toBeCloseTo(800 / 1_100, 10);
  });

  it('know what people did, by model', () => {
    const event = { at: START + 5, label: '' };
    const parts: SpanParts = {
      rows: [{ at: START, costUSD: 0.5 }],
      events: [
        { ...event, kind: 'up', model: 'sonnet' },
        { ...event, kind: 'up', model: 'opus' },
        { ...event, kind: 'down', model: 'sonnet' },
        { ...event, kind: 'accepted', model: 'sonnet' },
        { ...event, kind: 'accepted', model: 'opus' },
        { ...event, kind: 'mark', label: 'x' },
        { ...event, kind: 'up', at: NOON },
      ],
    };
    const all = figures(parts);
    expect(all).toMatchObject({ up: 2, down: 1, accepted: 2, costPerAccepted: 0.25 });
    expect(all.satisfaction).toBeCloseTo(2 / 3, 10);
    expect(figures(parts, { ...ALL, model: 'sonnet' })).toMatchObject({ up: 1, satisfaction: 0.5 });
  });

  it('include hours whose requests are gone, as far as they are known', () => {
    const found = figures({
      rows: [{ at: NOON - 1, costUSD: 0.5 }],
      hours: [{ at: START, ok: 8, failed: 1, stopped: 1, costUSD: 1, cacheReadTokens: 100 }],
    });
    expect(found).toMatchObject({ requests: 11, costUSD: 1.5, errorShare: 0.1, availability: 1 });
    expect(found.cacheShare).toBe(0.5);
  });

  it('are none where nothing was measured', () => {
    const found = figures({});
    expect(found).toMatchObject({ requests: 0, costUSD: 0, accepted: 0 });
    for (const name of [
      'firstTokenP50',
      'rate',
      'errorShare',
      'availability',
      'budgetLeft',
    ] as const)
      expect(found[name]).toBeUndefined();
    expect(found.satisfaction).toBeUndefined();
    expect(found.costPerAccepted).toBeUndefined();
  });
});
