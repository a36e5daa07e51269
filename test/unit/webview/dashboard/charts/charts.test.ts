// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { drawnSeries, lonePoints } from '../../../../../src/webview/dashboard/charts/plotData';
import { requestSpecs } from '../../../../../src/webview/dashboard/charts/requestSpecs';
import { bridged } from '../../../../../src/webview/dashboard/charts/spec';
import { opaque } from '../../../../../src/webview/dashboard/charts/theme';
import { datasetOf } from '../../../../../src/webview/dashboard/data/dataset';
import { shownOf } from '../../../../../src/webview/dashboard/useFigures';
import { HOUR_MS, NOON, readWith } from '../../../../helpers/dashboardReads';
import type { SpanParts } from '../../../../helpers/dashboardReads';

const ALL = { model: undefined, endpoint: undefined };
const START = NOON - HOUR_MS;

function shown(parts: SpanParts, before?: SpanParts) {
  const dataset = datasetOf(readWith(parts, before));
  const rows = Uint32Array.from(dataset.requests.at, (_, row) => row);
  return shownOf(dataset, rows, ALL, dataset.stretch, before !== undefined);
}

describe('a line', () => {
  it('goes on over short gaps, and is interrupted by long ones', () => {
    expect(bridged([null, 1, null, 2, null, null, 3, null], 1)).toEqual([
      null,
      1,
      undefined,
      2,
      null,
      null,
      3,
      null,
    ]);
  });

  it('has dots where it would not be seen', () => {
    expect(lonePoints([1, null, 2, undefined, 3, null, null, 4])).toEqual([0, 7]);
    expect(lonePoints([null, 5, null])).toEqual([1]);
    expect(lonePoints([])).toEqual([]);
  });
});

describe('stacked bars', () => {
  const failed = { outcome: 'failed', firstTokenMs: Number.NaN };
  const { specs } = shown({
    rows: [
      { at: START, ...failed, errorKind: 'network' },
      { at: START + 1, ...failed, errorKind: 'overloaded' },
      { at: START + 2, ...failed, errorKind: 'overloaded' },
    ],
  });
  const errors = specs.find(({ id }) => id === 'errors');

  it('stand on each other, those behind higher', () => {
    expect(errors?.series.map(({ label }) => label)).toEqual(['No network', 'Overloaded']);
    if (!errors) throw new Error('expected a chart of errors');
    const drawn = drawnSeries(errors, new Set());
    expect(drawn.map(({ series, values }) => [series.label, values[0], values[1]])).toEqual([
      ['Overloaded', 3, null],
      ['No network', 1, null],
    ]);
  });

  it('come down where one is switched off', () => {
    if (!errors) throw new Error('expected a chart of errors');
    const drawn = drawnSeries(errors, new Set(['No network']));
    expect(drawn.map(({ values }) => values[0])).toEqual([2]);
  });
});

describe('the charts', () => {
  it('are there with a summary each', () => {
    const { specs, heat } = shown({
      rows: [
        { at: START, firstTokenMs: 200 },
        { at: NOON - 1, firstTokenMs: 1_600 },
      ],
      samples: [{ at: NOON - 1, running: 2, headroom: 0.5 }],
    });
    expect(specs.map(({ id }) => id)).toEqual([
      'latency',
      'errors',
      'throughput',
      'cost',
      'headroom',
      'concurrency',
      'machine',
      'delays',
    ]);
    expect(specs[0]?.summary).toContain('P50 from 200 ms to 1.6 s, last 1.6 s');
    expect(specs[4]?.summary).toContain('from 50 % to 50 %');
    expect(specs[6]?.summary).toBe('Nothing was measured in this time.');
    expect(heat.summary).toContain('up to 1 in one cell');
  });

  it('have dashed lines of the period before, where all of it is known', () => {
    const rows = [{ at: NOON - 1 }];
    const earlier = [{ at: START - 1 }];
    const dashed = (parts: ReturnType<typeof shown>): number =>
      parts.specs.flatMap(({ series }) => series.filter(({ isBefore }) => isBefore)).length;
    expect(dashed(shown({ rows }))).toBe(0);
    expect(dashed(shown({ rows }, { rows: earlier }))).toBe(6);
    expect(dashed(shown({ rows }, { rows: earlier, isCut: true }))).toBe(0);
  });

  it('put errors of many kinds together', () => {
    const errors = new Map(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((kind) => [kind, [1]]));
    const line = [null];
    const [, spec] = requestSpecs(
      {
        requests: [8],
        failed: [8],
        errors,
        firstTokenP50: line,
        firstTokenP95: line,
        firstTokenP99: line,
        rate: line,
        perMinute: [8],
        costUSD: [0],
      },
      undefined,
      (kind) => kind.toUpperCase(),
    );
    expect(spec?.series.map(({ label }) => label)).toEqual(['A', 'B', 'C', 'D', 'E', 'other']);
    expect(spec?.series.at(-1)?.values).toEqual([3]);
  });

  it('show marks of their time only, in order', () => {
    const mark = { kind: 'mark', label: 'x' } as const;
    const { marks } = shown({
      rows: [{ at: START }],
      events: [
        { ...mark, at: NOON - 1, label: 'second' },
        { ...mark, at: START, label: 'first' },
        { ...mark, at: START - 1 },
      ],
    });
    expect(marks.map(({ label }) => label)).toEqual(['first', 'second']);
  });
});

describe('a colour', () => {
  it('is drawn without what shines through', () => {
    expect(opaque('#d186167e')).toBe('#d18616');
    expect(opaque('rgba(209, 134, 22, 0.49)')).toBe('rgb(209, 134, 22)');
    expect(opaque('#3794ff')).toBe('#3794ff');
  });
});
