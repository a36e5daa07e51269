import { describe, expect, it } from 'vitest';
import {
  datasetOf,
  firstFrom,
  stretchBefore,
  wordAt,
} from '../../../../../src/webview/dashboard/data/dataset';
import { requestIdsOf } from '../../../../../src/webview/dashboard/data/requestRows';
import { HOUR_MS, NOON, readWith } from '../../../../helpers/dashboardReads';

describe('what was read', () => {
  it('is one with the period before, its words brought together', () => {
    const dataset = datasetOf(
      readWith(
        {
          rows: [
            { at: NOON - 20, model: 'opus', requestId: 'req_3' },
            { at: NOON - 10, model: 'sonnet', errorKind: 'network' },
          ],
          samples: [{ at: NOON - 5, running: 2 }],
          hours: [{ at: NOON - HOUR_MS, ok: 3, model: 'haiku' }],
          events: [{ at: NOON - 1, kind: 'up', label: '' }],
        },
        {
          rows: [{ at: NOON - HOUR_MS - 10, model: 'sonnet', requestId: 'req_1', costUSD: 0.5 }],
          samples: [{ at: NOON - HOUR_MS - 5, running: 1 }],
          hours: [{ at: NOON - 2 * HOUR_MS, ok: 7, model: 'opus' }],
          events: [{ at: NOON - HOUR_MS - 1, kind: 'down', label: '' }],
        },
      ),
    );
    const { requests, samples, hours, events } = dataset;
    expect([...requests.at]).toEqual([NOON - HOUR_MS - 10, NOON - 20, NOON - 10]);
    expect([0, 1, 2].map((row) => wordAt(requests.model, row))).toEqual([
      'sonnet',
      'opus',
      'sonnet',
    ]);
    expect([0, 1, 2].map((row) => wordAt(requests.errorKind, row))).toEqual(['', '', 'network']);
    expect(requestIdsOf(dataset)).toEqual(['req_1', 'req_3', '']);
    expect(requests.costUSD[0]).toBe(0.5);
    expect([...samples.running]).toEqual([1, 2]);
    expect([...hours.ok]).toEqual([7, 3]);
    expect(wordAt(hours.model, 1)).toBe('haiku');
    expect(events.map(({ kind }) => kind)).toEqual(['down', 'up']);
    expect(dataset.wholeFrom).toBe(NOON - 2 * HOUR_MS);
  });

  it('is whole from its oldest request on, where there were too many', () => {
    const rows = [{ at: NOON - 1_000 }];
    expect(datasetOf(readWith({ rows, isCut: true })).wholeFrom).toBe(NOON - 1_000);
    expect(datasetOf(readWith({ rows })).wholeFrom).toBe(NOON - HOUR_MS);
    const earlier = [{ at: NOON - HOUR_MS - 7 }];
    expect(datasetOf(readWith({ rows }, { rows: earlier, isCut: true })).wholeFrom).toBe(
      NOON - HOUR_MS - 7,
    );
  });

  it('begins with the first figure where everything was asked for, and is an hour at least', () => {
    const all = { from: 0, to: NOON };
    const old = datasetOf(readWith({ rows: [{ at: NOON - 5 * HOUR_MS }] }, undefined, all));
    expect(old.stretch).toEqual({ from: NOON - 5 * HOUR_MS, to: NOON });
    const none = datasetOf(readWith({}, undefined, all));
    expect(none.stretch).toEqual({ from: NOON - HOUR_MS, to: NOON });
    expect(requestIdsOf(none)).toEqual([]);
  });
});

describe('a stretch of time', () => {
  it('has one of its length before it', () => {
    expect(stretchBefore({ from: 100, to: 130 })).toEqual({ from: 70, to: 100 });
  });

  it('begins with the first row that is not before it', () => {
    const times = Float64Array.of(10, 20, 20, 30);
    expect([5, 10, 15, 20, 21, 30, 31].map((moment) => firstFrom(times, moment))).toEqual([
      0, 0, 1, 1, 3, 3, 4,
    ]);
  });
});
