import { beforeEach, describe, expect, it } from 'vitest';
import { sqlite, useMetricWindows } from '../../helpers/metricWindows';
import { batch, KEEP, bareRequest, metricEvent, systemSample } from '../../helpers/storedMetrics';

const bench = useMetricWindows();
const ALL = { from: 0, to: Infinity };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOTHING = batch();
const uidsOf = (items: readonly { readonly uid: string }[]): string[] =>
  items.map(({ uid }) => uid);

/** A whole hour. */
let now: number;
beforeEach(() => {
  now = bench.clock.wallNow();
});

describe('what has grown old', () => {
  const usage = { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 };
  const timed = (uid: string, at: number, ms: number, more = {}) =>
    bareRequest(uid, at, {
      timing: { ...bareRequest(uid, at).timing, firstTokenMs: ms, totalMs: 10 * ms },
      usage,
      costUSD: 0.5,
      ...more,
    });

  /** As from a window that is gone: in the order in which it happened. */
  async function measureThen(...requests: ReturnType<typeof bareRequest>[]): Promise<void> {
    await bench.openWindow('gone').exchangeMetrics(batch({ requests }), KEEP);
  }

  it('is added up by the hour, endpoint, model and action, once', async () => {
    const hundred = Array.from({ length: 100 }, (_, n) =>
      timed(`r${n}`, now + n, ((n * 37) % 100) + 1),
    );
    await measureThen(
      ...hundred,
      timed('failed', now + 1, 7, { outcome: 'failed', costUSD: undefined, model: 'other' }),
      bareRequest('stopped', now + 1, { outcome: 'stopped', model: 'other' }),
      bareRequest('inline', now + HOUR - 1, { action: 'inline', endpointId: 'e' }),
      bareRequest('young', now + HOUR),
    );
    await bench.clock.advance(30 * DAY + HOUR);
    const window = bench.openWindow('a');
    await window.exchangeMetrics(NOTHING, KEEP);
    const read = await window.readMetrics(ALL, 1_000);
    expect([...read.requests.at]).toEqual([now + HOUR]);
    const other = { at: now, endpointId: 'api.example.com', action: 'chat' };
    const none = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
    const hours = [
      {
        ...other,
        model: 'claude-test',
        ok: 100,
        failed: 0,
        stopped: 0,
        usage: {
          inputTokens: 100,
          outputTokens: 200,
          cacheReadTokens: 300,
          cacheWriteTokens: 400,
        },
        costUSD: 50,
        unpriced: 0,
        firstTokenP50: 50,
        firstTokenP95: 95,
        firstTokenP99: 99,
        totalP50: 500,
        totalP95: 950,
      },
      {
        ...other,
        model: 'other',
        ok: 0,
        failed: 1,
        stopped: 1,
        usage,
        costUSD: 0,
        unpriced: 1,
        firstTokenP50: 7,
        firstTokenP95: 7,
        firstTokenP99: 7,
        totalP50: undefined,
        totalP95: undefined,
      },
      {
        at: now,
        endpointId: 'e',
        model: 'claude-test',
        action: 'inline',
        ok: 1,
        failed: 0,
        stopped: 0,
        usage: none,
        costUSD: 0,
        unpriced: 0,
        firstTokenP50: undefined,
        firstTokenP95: undefined,
        firstTokenP99: undefined,
        totalP50: 1_000,
        totalP95: 1_000,
      },
    ];
    const byName = (list: readonly { endpointId: string; model: string }[]): unknown[] =>
      list.toSorted((a, b) =>
        `${a.endpointId} ${a.model}`.localeCompare(`${b.endpointId} ${b.model}`),
      );
    expect(byName(read.hours)).toEqual(byName(hours));
    // What comes again of that hour is too old to be kept, and counted already.
    await bench.clock.advance(11 * MINUTE);
    await window.exchangeMetrics(batch({ requests: hundred }), KEEP);
    expect((await window.readMetrics(ALL, 1_000)).hours).toEqual(read.hours);
    expect(await window.spending(ALL)).toEqual({ costUSD: 50, unpriced: 1, requests: 104 });
  });

  it('tells how long answers take without those that were kept', async () => {
    await measureThen(
      bareRequest('asked', now),
      bareRequest('kept', now, {
        servedFrom: 'disk',
        timing: { ...bareRequest('kept', now).timing, totalMs: 1 },
      }),
    );
    await bench.clock.advance(31 * DAY);
    const window = bench.openWindow('a');
    await window.exchangeMetrics(NOTHING, KEEP);
    const { hours } = await window.readMetrics(ALL, 1);
    expect(hours).toMatchObject([{ ok: 2, totalP50: 1_000, totalP95: 1_000 }]);
  });

  it('stays while its hour is partly younger', async () => {
    await measureThen(bareRequest('r', now + 1));
    await bench.clock.advance(30 * DAY + HOUR - 1);
    const window = bench.openWindow('a');
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(bench.rows('metric_requests')).toHaveLength(1);
    await bench.clock.advance(1);
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(bench.rows('metric_requests'), 'looked at not long ago').toHaveLength(1);
    await bench.clock.advance(10 * MINUTE);
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(bench.rows('metric_requests')).toHaveLength(0);
    expect(bench.rows('metric_hours')).toHaveLength(1);
  });

  it('is put away in steps', async () => {
    const hours = 250;
    await measureThen(
      ...Array.from({ length: hours }, (_, n) => bareRequest(`r${n}`, now + n * HOUR)),
    );
    await bench.clock.advance(50 * DAY);
    const window = bench.openWindow('a');
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(bench.rows('metric_hours')).toHaveLength(200);
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(bench.rows('metric_hours')).toHaveLength(hours);
    expect((await window.spending(ALL)).requests).toBe(hours);
  });

  it('is deleted where it is a sample or a thumb, and later where it is a mark or an hour', async () => {
    const given = batch({
      requests: [bareRequest('r', now)],
      samples: [systemSample(now)],
      events: [metricEvent('up', now), metricEvent('mark', now, { kind: 'mark', label: 'm' })],
    });
    await bench.openWindow('gone').exchangeMetrics(given, KEEP);
    await bench.clock.advance(30 * DAY + HOUR);
    const window = bench.openWindow('a');
    await window.exchangeMetrics(NOTHING, KEEP);
    const left = await window.readMetrics(ALL, 10);
    expect(left).toMatchObject({ samples: [], events: [{ uid: 'mark' }], hours: [{ at: now }] });
    await bench.clock.advance(335 * DAY);
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(await window.readMetrics(ALL, 10)).toMatchObject({ events: [], hours: [] });
  });

  it('waits where another window is writing, and what was measured is told all the same', async () => {
    await measureThen(bareRequest('old', now), bareRequest('young', now + 39 * DAY));
    await bench.clock.advance(40 * DAY);
    const other = new sqlite.DatabaseSync(bench.file);
    let isArmed = false;
    class Interleaved extends sqlite.DatabaseSync {
      override exec(sql: string): void {
        super.exec(sql);
        // The window has written its own.
        if (isArmed && sql === 'COMMIT') other.exec('BEGIN IMMEDIATE');
      }
    }
    const window = bench.openWindow('a', { ...sqlite, DatabaseSync: Interleaved });
    await window.spending(ALL);
    isArmed = true;
    expect(uidsOf((await window.exchangeMetrics(NOTHING, KEEP)).requests)).toEqual(['young']);
    isArmed = false;
    other.exec('ROLLBACK');
    other.close();
    expect(bench.rows('metric_hours')).toEqual([]);
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(bench.rows('metric_hours')).toHaveLength(1);
  });

  it('is all of it where nothing is to be kept: others are read, and nothing is written', async () => {
    const off = { requestDays: 0, hourDays: 0 };
    const [one, other] = [bench.openWindow('a'), bench.openWindow('b')];
    const given = batch({
      requests: [bareRequest('r', now)],
      samples: [systemSample(now)],
      events: [metricEvent('up', now), metricEvent('mark', now, { kind: 'mark' })],
    });
    await one.exchangeMetrics(given, KEEP);
    const mine = batch({
      requests: [bareRequest('mine', now)],
      samples: [systemSample(now + 1)],
      events: [metricEvent('mine', now), metricEvent('my mark', now, { kind: 'mark' })],
    });
    expect(await other.exchangeMetrics(mine, off)).toEqual(given);
    for (const table of ['requests', 'samples', 'events', 'hours']) {
      expect(bench.rows(`metric_${table}`), table).toEqual([]);
    }
    expect(await one.exchangeMetrics(NOTHING, KEEP)).toEqual(NOTHING);
  });

  it('keeps hours and marks where only requests are not to be kept', async () => {
    await measureThen(bareRequest('r', now));
    await bench.clock.advance(31 * DAY);
    const window = bench.openWindow('a');
    await window.exchangeMetrics(NOTHING, KEEP);
    const given = batch({
      requests: [bareRequest('mine', now)],
      events: [metricEvent('mark', bench.clock.wallNow(), { kind: 'mark' })],
    });
    await bench.clock.advance(10 * MINUTE);
    await window.exchangeMetrics(given, { requestDays: 0, hourDays: 365 });
    expect(await window.readMetrics(ALL, 9)).toMatchObject({
      events: [{ uid: 'mark' }],
      hours: [{ at: now, ok: 1 }],
    });
    expect(bench.rows('metric_requests')).toEqual([]);
  });
});

describe('spending', () => {
  it('counts requests, and hours that begin in the range', async () => {
    const priced = (uid: string, at: number) => bareRequest(uid, at, { costUSD: 0.25 });
    const requests = [
      priced('early', now + 1),
      priced('next hour', now + HOUR),
      priced('young', now + 2 * HOUR),
      bareRequest('unknown price', now + 2 * HOUR, {
        usage: { inputTokens: 1, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
      }),
      bareRequest('nothing used', now + 2 * HOUR),
    ];
    await bench.openWindow('gone').exchangeMetrics(batch({ requests }), KEEP);
    await bench.clock.advance(30 * DAY + 2 * HOUR);
    const window = bench.openWindow('a');
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(bench.rows('metric_requests')).toHaveLength(3);
    const spent = (from: number, to: number) => window.spending({ from, to });
    expect(await spent(0, Infinity)).toEqual({ costUSD: 0.75, unpriced: 1, requests: 5 });
    expect(await spent(now, now + 1)).toEqual({ costUSD: 0.25, unpriced: 0, requests: 1 });
    expect(await spent(now + 1, now + HOUR + 1)).toMatchObject({ requests: 1 });
    expect(await spent(now + 2 * HOUR + 1, Infinity)).toEqual({
      costUSD: 0,
      unpriced: 0,
      requests: 0,
    });
  });
});
