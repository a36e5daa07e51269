// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { datasetOf } from '../../../../src/webview/dashboard/data/dataset';
import { figuresOf } from '../../../../src/webview/dashboard/data/figures';
import {
  formatLong,
  formatNumber,
  formatShare,
  formatUSD,
} from '../../../../src/webview/dashboard/texts/format';
import { pointChange, relativeChange, tilesOf } from '../../../../src/webview/dashboard/tileTexts';
import { HOUR_MS, NOON, readWith } from '../../../helpers/dashboardReads';
import type { SpanParts } from '../../../helpers/dashboardReads';

const START = NOON - HOUR_MS;

function figures(parts: SpanParts) {
  const dataset = datasetOf(readWith(parts));
  const rows = Uint32Array.from(dataset.requests.at, (_, row) => row);
  const filter = { model: undefined, endpoint: undefined };
  return figuresOf(dataset, rows, filter, dataset.stretch);
}

describe('a difference to the period before', () => {
  it('has a sign and says whether it is better', () => {
    expect(relativeChange(112, 100, 'less')).toEqual({ text: '+12 %, worse', tone: 'worse' });
    expect(relativeChange(50, 100, 'less')).toEqual({ text: '−50 %, better', tone: 'better' });
    expect(relativeChange(50, 100, 'more')?.tone).toBe('worse');
    expect(relativeChange(112, 100, 'neither')).toEqual({ text: '+12 %', tone: 'neutral' });
    expect(pointChange(0.02, 0.05, 'less')?.text).toBe('−3 points, better');
  });

  it('says where there is none', () => {
    expect(relativeChange(100, 100, 'less')?.text).toBe('unchanged');
    expect(relativeChange(5, 0, 'less')?.text).toBe('none before');
    expect(relativeChange(undefined, 5, 'less')).toBeUndefined();
    expect(pointChange(0.5, undefined, 'more')).toBeUndefined();
  });
});

describe('the tiles', () => {
  const failed = { outcome: 'failed', errorKind: 'overloaded', firstTokenMs: Number.NaN };

  it('say what they show', () => {
    const rows = [{ at: START }, { at: START + 60_000, ...failed }, { at: START + 120_000 }];
    const tiles = tilesOf(figures({ rows }), undefined, 0.99);
    const values = Object.fromEntries(tiles.map(({ name, value }) => [name, value]));
    expect(values).toMatchObject({
      requests: '3',
      firstToken: '500 ms',
      rate: '50',
      errors: '33 %',
      mttr: '1 min',
      satisfaction: 'none',
      accepted: '0',
    });
    const notes = Object.fromEntries(tiles.map(({ name, note }) => [name, note]));
    expect(notes).toMatchObject({
      errors: '1 of 3',
      availability: 'objective 99 % missed, error budget used up',
      mtbf: '1 incident',
      satisfaction: 'no answer rated',
    });
    expect(tiles.every(({ change }) => change === undefined)).toBe(true);
  });

  it('compare with the period before', () => {
    const five = (firstTokenMs: number) =>
      figures({ rows: [0, 1, 2, 3, 4].map((ms) => ({ at: START + ms, firstTokenMs })) });
    const [now, before] = [five(400), five(500)];
    const changes = tilesOf(now, before, 0.99).map(({ name, change }) => [name, change?.text]);
    expect(Object.fromEntries(changes)).toMatchObject({
      firstToken: '−20 %, better',
      requests: 'unchanged',
    });
  });

  it('say so where there is too little to compare with, instead of any figure', () => {
    const [now, before] = [1, 2].map((ms) => figures({ rows: [{ at: START + ms }] }));
    if (!now) throw new Error('no figures');
    const changes = tilesOf(now, before, 0.99).flatMap(({ change }) => change?.text ?? []);
    expect(changes).toEqual(['too little before to compare']);
  });
});

describe('figures', () => {
  it('are written short, and never as nothing or all where they are not', () => {
    expect([0, 0.0001, 0.004, 0.25, 0.9876, 0.99987, 1].map(formatShare)).toEqual([
      '0 %',
      '< 0.1 %',
      '0.4 %',
      '25 %',
      '98.8 %',
      '99.98 %',
      '100 %',
    ]);
    expect([0, 0.00001, 0.0123, 0.25, 12.3, 1_234.5].map(formatUSD)).toEqual([
      '$0',
      '< $0.0001',
      '$0.0123',
      '$0.25',
      '$12.30',
      '$1,235',
    ]);
    expect([0, 0.254, 3, 15.44, 12_345].map(formatNumber)).toEqual([
      '0',
      '0.25',
      '3',
      '15.4',
      '12,345',
    ]);
    expect([38_000, 300_000, 12_600_000, 1_036_800_000].map(formatLong)).toEqual([
      '38 s',
      '5 min',
      '3.5 h',
      '12 d',
    ]);
  });
});
