import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketsOf } from '../../../../../src/webview/dashboard/data/buckets';
import { datasetOf } from '../../../../../src/webview/dashboard/data/dataset';
import type { Dataset } from '../../../../../src/webview/dashboard/data/dataset';
import {
  bucketOf,
  bucketStretch,
  gridBefore,
  gridOf,
} from '../../../../../src/webview/dashboard/data/grid';
import type { Grid } from '../../../../../src/webview/dashboard/data/grid';
import { heatOf } from '../../../../../src/webview/dashboard/data/heat';
import { percentileOf, Sorter } from '../../../../../src/webview/dashboard/data/percentile';
import { sampleBucketsOf } from '../../../../../src/webview/dashboard/data/sampleBuckets';
import { rowsOf } from '../../../../../src/webview/dashboard/data/selection';
import type { Filter } from '../../../../../src/webview/dashboard/data/selection';
import { HOUR_MS, NOON, readWith } from '../../../../helpers/dashboardReads';

const ALL: Filter = { model: undefined, endpoint: undefined };
const START = NOON - HOUR_MS;
/** Four buckets of a quarter of an hour each. */
const GRID: Grid = {
  start: START,
  sizeMs: HOUR_MS / 4,
  count: 4,
  stretch: { from: START, to: NOON },
};

const buckets = (dataset: Dataset, filter = ALL, grid = GRID) =>
  bucketsOf(dataset, rowsOf(dataset, filter), filter, grid);

describe('percentiles', () => {
  it('are the exact ones by nearest rank, of any numbers', () => {
    const sorter = new Sorter(300);
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, min: 0, max: 1e6 }), { minLength: 1, maxLength: 300 }),
        fc.constantFrom(0.5, 0.95, 0.99),
        (numbers, share) => {
          for (const number of numbers) sorter.add(number);
          const sorted = numbers.toSorted((a, b) => a - b);
          // So many are at most as large as the percentile.
          const exact = sorted.find(
            (candidate) =>
              sorted.filter((number) => number <= candidate).length >= share * sorted.length,
          );
          expect(percentileOf(sorter.take(), share)).toBe(exact);
        },
      ),
      { seed: 5 },
    );
  });

  it('are none of nothing, and what is not measured is nothing', () => {
    const sorter = new Sorter(2);
    sorter.add(Number.NaN);
    expect(percentileOf(sorter.take(), 0.5)).toBeUndefined();
  });
});

describe('a grid', () => {
  it('has buckets that a clock has, and not too many', () => {
    const sizes = [HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS, 30 * 24 * HOUR_MS].map(
      (length) => gridOf({ from: NOON - length, to: NOON }, 0).sizeMs,
    );
    expect(sizes).toEqual([30_000, 600_000, 2 * 1_800_000, 6 * HOUR_MS]);
    const years = gridOf({ from: NOON - 5 * 365 * 24 * HOUR_MS, to: NOON }, 0);
    expect(years.count).toBeLessThan(172);
  });

  it('begins with the reader’s day, and holds all of the stretch', () => {
    const offset = 5.5 * HOUR_MS;
    const grid = gridOf({ from: NOON - 150 * 24 * HOUR_MS - 1, to: NOON }, offset);
    expect(grid.sizeMs).toBe(24 * HOUR_MS);
    expect((grid.start + offset) % (24 * HOUR_MS)).toBe(0);
    expect(grid.start).toBeLessThanOrEqual(NOON - 150 * 24 * HOUR_MS - 1);
    expect(grid.start + grid.count * grid.sizeMs).toBeGreaterThanOrEqual(NOON);
  });

  it('gives the earlier period the same buckets', () => {
    expect(gridBefore(GRID)).toEqual({
      ...GRID,
      start: START - HOUR_MS,
      stretch: { from: START - HOUR_MS, to: START },
    });
    expect([START, START + 900_000, NOON - 1, NOON].map((at) => bucketOf(GRID, at))).toEqual([
      0, 1, 3, 3,
    ]);
  });

  it('counts only the part of a bucket that is in the stretch', () => {
    const grid = { ...GRID, stretch: { from: START + 60_000, to: NOON } };
    expect(bucketStretch(grid, 0)).toEqual({ from: START + 60_000, to: START + 900_000 });
  });
});

describe('requests by bucket', () => {
  const dataset = datasetOf(
    readWith({
      rows: [
        { at: START - 1 },
        { at: START, firstTokenMs: 300, totalMs: 1_300, outputTokens: 40 },
        { at: START + 1, firstTokenMs: 100, totalMs: 1_100, outputTokens: 20, model: 'opus' },
        { at: START + 2, firstTokenMs: 200, costUSD: Number.NaN },
        {
          at: START + 900_000,
          outcome: 'failed',
          errorKind: 'network',
          firstTokenMs: Number.NaN,
          costUSD: 0,
        },
        {
          at: NOON - 1,
          outcome: 'failed',
          errorKind: 'overloaded',
          firstTokenMs: Number.NaN,
          costUSD: 0.25,
        },
        { at: NOON - 1, outcome: 'failed', errorKind: 'overloaded', firstTokenMs: 900, costUSD: 0 },
      ],
    }),
  );

  it('are counted where they ended', () => {
    const { requests, failed, perMinute, errors } = buckets(dataset);
    expect(requests).toEqual([3, 1, 0, 2]);
    expect(failed).toEqual([0, 1, 0, 2]);
    expect(perMinute).toEqual([0.2, 1 / 15, 0, 2 / 15]);
    expect([...errors]).toEqual([
      ['overloaded', [0, 0, 0, 2]],
      ['network', [0, 1, 0, 0]],
    ]);
  });

  it('have percentiles, and gaps where there was none', () => {
    const { firstTokenP50, firstTokenP95, firstTokenP99, rate } = buckets(dataset);
    expect(firstTokenP50).toEqual([200, null, null, 900]);
    expect(firstTokenP95).toEqual([300, null, null, 900]);
    expect(firstTokenP99).toEqual([300, null, null, 900]);
    // Of answers only: 50 tokens in 1.3 s, 40 and 20 in 1 s.
    expect(rate[0]).toBeCloseTo(50 / 1.3, 3);
    expect(rate.slice(1)).toEqual([null, null, null]);
  });

  it('cost what is known', () => {
    const { costUSD } = buckets(dataset);
    expect(costUSD.map((cost) => Number(cost.toFixed(4)))).toEqual([0.02, 0, 0, 0.25]);
  });

  it('are only those of the model and endpoint that were chosen', () => {
    expect(buckets(dataset, { ...ALL, model: 'opus' }).requests).toEqual([1, 0, 0, 0]);
    const other = { model: undefined, endpoint: 'unknown' };
    expect(bucketsOf(dataset, rowsOf(dataset, other), other, GRID).requests).toEqual([0, 0, 0, 0]);
  });
});

describe('hours whose requests are gone', () => {
  it('count like requests; their percentiles stand in, weighted by answers', () => {
    const dataset = datasetOf(
      readWith({
        rows: [{ at: NOON - 1, firstTokenMs: 700 }],
        hours: [
          { at: START, ok: 1, failed: 1, costUSD: 0.5, firstTokenP50: 100 },
          { at: START, ok: 3, stopped: 2, firstTokenP50: 300, model: 'opus' },
          { at: NOON - 900_000, ok: 9, firstTokenP50: 5_000 },
        ],
      }),
    );
    const { requests, failed, costUSD, firstTokenP50 } = buckets(dataset);
    expect(requests).toEqual([7, 0, 0, 10]);
    expect(failed).toEqual([1, 0, 0, 0]);
    expect(costUSD[0]).toBe(0.5);
    expect(firstTokenP50).toEqual([250, null, null, 700]);
    expect(buckets(dataset, { ...ALL, model: 'opus' }).firstTokenP50[0]).toBe(300);
  });
});

describe('hours of which a part is looked at', () => {
  it('are not told in less than an hour each', () => {
    const stretch = { from: START, to: START + HOUR_MS };
    expect(gridOf(stretch, 0).sizeMs).toBeLessThan(HOUR_MS);
    expect(gridOf(stretch, 0, HOUR_MS).sizeMs).toBe(HOUR_MS);
  });

  it('come as often a minute as they did in all of their hour', () => {
    const dataset = datasetOf(readWith({ hours: [{ at: START, ok: 60 }] }));
    const half = { from: START, to: START + HOUR_MS / 2 };
    expect(buckets(dataset, ALL, gridOf(half, 0, HOUR_MS)).perMinute).toEqual([1]);
  });
});

describe('samples by bucket', () => {
  it('give the worst of each, and the mean of CPU and network', () => {
    const dataset = datasetOf(
      readWith({
        samples: [
          { at: START, cpuShare: 0.25, running: 1, headroom: 0.5, networkMs: 20 },
          { at: START + 1, cpuShare: 0.75, running: 4, headroom: 0.25 },
          { at: START + 2, cpuShare: 0.5, running: 2 },
          { at: NOON - 1, cpuShare: 1 },
        ],
      }),
    );
    const { cpuShare, running, headroom, networkMs, storeMs } = sampleBucketsOf(dataset, GRID);
    expect(cpuShare).toEqual([0.5, null, null, 1]);
    expect(running).toEqual([4, null, null, null]);
    expect(headroom).toEqual([0.25, null, null, null]);
    expect(networkMs).toEqual([20, null, null, null]);
    expect(storeMs).toEqual([null, null, null, null]);
  });
});

describe('the map of latencies', () => {
  it('counts each first token in its bucket and band', () => {
    const rows = [120, 130, 1_000, Number.NaN, 9_999].map((firstTokenMs, index) => ({
      at: START + index,
      firstTokenMs,
    }));
    const dataset = datasetOf(readWith({ rows }));
    const { edges, counts, highest } = heatOf(dataset, rowsOf(dataset, ALL), GRID);
    const bands = edges.length - 1;
    expect(edges[0]).toBe(100);
    expect(edges[8]).toBe(1_000);
    expect(bands).toBe(16);
    expect(highest).toBe(2);
    expect([counts[0], counts[8], counts[15]]).toEqual([2, 1, 1]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(counts).toHaveLength(4 * bands);
  });

  it('is empty where there was none', () => {
    const dataset = datasetOf(readWith({ rows: [{ at: START, firstTokenMs: Number.NaN }] }));
    expect(heatOf(dataset, rowsOf(dataset, ALL), GRID).edges).toEqual([]);
  });
});
