import { describe, expect, it } from 'vitest';
import { datasetOf } from '../../../../../src/webview/dashboard/data/dataset';
import { phasesAt } from '../../../../../src/webview/dashboard/data/phases';
import { requestIdsOf, requestRows } from '../../../../../src/webview/dashboard/data/requestRows';
import type { Order, RowFilter } from '../../../../../src/webview/dashboard/data/requestRows';
import { nameOf, rowNamed } from '../../../../../src/webview/dashboard/data/rowName';
import { shownRows } from '../../../../../src/webview/dashboard/requests/shownRows';
import { NOON, readWith, requestsOf } from '../../../../helpers/dashboardReads';

const dataset = datasetOf(
  readWith({
    rows: [
      { at: NOON - 40, model: 'sonnet', firstTokenMs: 300, requestId: 'req_ABC' },
      { at: NOON - 30, model: 'opus', firstTokenMs: Number.NaN, outcome: 'failed' },
      { at: NOON - 20, model: 'haiku', firstTokenMs: 100, errorKind: 'overloaded' },
      { at: NOON - 10, model: 'sonnet', firstTokenMs: 300, outcome: 'stopped' },
    ],
  }),
);
const ids = requestIdsOf(dataset);
const rows = (filter: Partial<RowFilter> = {}, order: Partial<Order> = {}): number[] => [
  ...requestRows(
    dataset,
    ids,
    Uint32Array.of(0, 1, 2, 3),
    { text: '', outcome: undefined, ...filter },
    { column: 'at', isRising: false, ...order },
  ),
];

describe('the list of requests', () => {
  it('has the newest first, or last', () => {
    expect(rows()).toEqual([3, 2, 1, 0]);
    expect(rows({}, { isRising: true })).toEqual([0, 1, 2, 3]);
  });

  it('is put in order by any column; what is not known comes last, equal ones with the newest first', () => {
    expect(rows({}, { column: 'firstTokenMs' })).toEqual([3, 0, 2, 1]);
    expect(rows({}, { column: 'firstTokenMs', isRising: true })).toEqual([2, 3, 0, 1]);
    expect(rows({}, { column: 'model', isRising: true })).toEqual([2, 1, 3, 0]);
    expect(rows({}, { column: 'errorKind' })).toEqual([2, 3, 1, 0]);
  });

  it('is filtered by model, error and request id in any case, and by outcome', () => {
    expect(rows({ text: ' SONN ' })).toEqual([3, 0]);
    expect(rows({ text: 'overl' })).toEqual([2]);
    expect(rows({ text: 'abc' })).toEqual([0]);
    expect(rows({ text: 'nothing of it' })).toEqual([]);
    expect(rows({ outcome: 'failed' })).toEqual([1]);
    expect(rows({ text: 'sonnet', outcome: 'stopped' })).toEqual([3]);
  });
});

describe('rows in sight', () => {
  const at = (count: number, top: number) =>
    shownRows(count, { top, height: 100, rowHeight: 10 }, 2);

  it('are those that are seen, and some before and after', () => {
    expect(at(100_000, 0)).toEqual({ first: 0, end: 12 });
    expect(at(100_000, 500)).toEqual({ first: 48, end: 62 });
    expect(at(100_000, 999_900)).toEqual({ first: 99_988, end: 100_000 });
  });

  it('are all where there are few, and the last ones where there were more', () => {
    expect(at(5, 0)).toEqual({ first: 0, end: 5 });
    expect(at(20, 5_000)).toEqual({ first: 8, end: 20 });
    expect(at(0, 0)).toEqual({ first: 0, end: 0 });
  });
});

describe('where the time of a request went', () => {
  const phases = (row: Parameters<typeof requestsOf>[0][number]) =>
    phasesAt(requestsOf([row]), 0).map(({ name, startMs, durationMs }) => [
      name,
      startMs,
      durationMs,
    ]);

  it('is told phase by phase, without those that took none', () => {
    expect(
      phases({
        queueMs: 100,
        backoffMs: 50,
        connectMs: 30,
        firstByteMs: 400,
        firstTokenMs: 500,
        totalMs: 2_000,
      }),
    ).toEqual([
      ['queue', 0, 100],
      ['backoff', 100, 50],
      ['connect', 150, 30],
      ['firstByte', 180, 220],
      ['firstToken', 400, 100],
      ['streaming', 500, 1_500],
    ]);
  });

  it('never goes beyond the end, whatever was measured', () => {
    const nothing = Number.NaN;
    expect(
      phases({
        recoveryMs: 900,
        pacingMs: 300,
        connectMs: nothing,
        firstByteMs: nothing,
        firstTokenMs: nothing,
        totalMs: 1_000,
      }),
    ).toEqual([
      ['pacing', 0, 300],
      ['recovery', 300, 700],
    ]);
    expect(phases({ totalMs: 0 })).toEqual([]);
  });

  it('waited for the first byte to the end, where none came', () => {
    const none = { firstByteMs: Number.NaN, firstTokenMs: Number.NaN };
    expect(phases({ ...none, connectMs: 100, totalMs: 1_000 })).toEqual([
      ['connect', 0, 100],
      ['firstByte', 100, 900],
    ]);
  });
});

describe('a request’s name', () => {
  it('finds it in another reading, among equal moments and ids, too', () => {
    const of = [{ at: 5 }, { at: 7, requestId: 'a' }, { at: 7 }, { at: 7 }, { at: 9 }];
    const then = datasetOf(readWith({ rows: of }));
    const now = datasetOf(readWith({ rows: of.slice(1) }));
    const [idsThen, idsNow] = [requestIdsOf(then), requestIdsOf(now)];
    const found = of.map((_, row) => rowNamed(nameOf(row, then, idsThen), now, idsNow));
    expect(found).toEqual([undefined, 0, 1, 2, 3]);
  });
});
