import { renameSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { MetricsCalls } from '../../../src/store/metricsCalls';
import { carryOut, sqlite, useMetricWindows } from '../../helpers/metricWindows';
import {
  batch,
  KEEP,
  bareRequest,
  metricEvent,
  systemSample,
  wholeRequest,
} from '../../helpers/storedMetrics';

const bench = useMetricWindows();
const ALL = { from: 0, to: Infinity };
const HOUR = 3_600_000;
const NOTHING = batch();
/** Windows does not let a file be moved that another window has open. */
const noMovingOpenFiles = process.platform === 'win32';
const uidsOf = (items: readonly { readonly uid: string }[]): string[] =>
  items.map(({ uid }) => uid);

/** A whole hour. */
let now: number;
beforeEach(() => {
  now = bench.clock.wallNow();
});

describe('windows that measure', () => {
  it('tell each other all of it, each thing once', async () => {
    const [one, other] = [bench.openWindow('a'), bench.openWindow('b')];
    const given = batch({
      requests: [wholeRequest('whole', now), bareRequest('bare', now + 1)],
      samples: [
        systemSample(now),
        systemSample(now + 1, { headroom: 0.5, storeMs: 3.5, networkMs: 20.25 }),
      ],
      events: [
        metricEvent('thumb', now, { kind: 'down', model: 'claude-test' }),
        metricEvent('mark', now, { kind: 'mark', label: 'Neuer Schlüssel' }),
      ],
    });
    expect(await one.exchangeMetrics(given, KEEP)).toEqual(NOTHING);
    expect(await other.exchangeMetrics(NOTHING, KEEP)).toStrictEqual(given);
    expect(await other.exchangeMetrics(NOTHING, KEEP)).toEqual(NOTHING);
    const answer = batch({ requests: [bareRequest('later', now + 2)] });
    expect(await other.exchangeMetrics(answer, KEEP)).toEqual(NOTHING);
    expect(await one.exchangeMetrics(NOTHING, KEEP)).toStrictEqual(answer);
    expect(await one.exchangeMetrics(NOTHING, KEEP)).toEqual(NOTHING);
  });

  it('are told at first what the last day brought, their own of before a reload included', async () => {
    const before = bench.openWindow('before');
    const requests = [-25 * HOUR, -23 * HOUR, -1].map((ms, n) => bareRequest(`r${n}`, now + ms));
    await before.exchangeMetrics(batch({ requests }), KEEP);
    const after = bench.openWindow('after');
    const mine = batch({ requests: [bareRequest('mine', now)] });
    const told = await after.exchangeMetrics(mine, KEEP);
    expect(uidsOf(told.requests)).toEqual(['r1', 'r2']);
  });

  it('are told the newest 20,000 of a day that had more', async () => {
    await bench.openWindow('before').exchangeMetrics(NOTHING, KEEP);
    const database = new sqlite.DatabaseSync(bench.file);
    database.exec(`
      WITH RECURSIVE counted (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n < 20500)
      INSERT INTO metric_events (uid, owner, at, kind, label)
        SELECT 'e' || n, 1, ${now} - n, 'up', '' FROM counted`);
    database.close();
    const { events } = await bench.openWindow('after').exchangeMetrics(NOTHING, KEEP);
    expect(events).toHaveLength(20_000);
    expect([events[0]?.uid, events.at(-1)?.uid]).toEqual(['e19999', 'e0']);
  });

  it('may give a thing again: it is written once', async () => {
    const [one, other] = [bench.openWindow('a'), bench.openWindow('b')];
    const given = batch({
      requests: [bareRequest('r', now)],
      samples: [systemSample(now)],
      events: [metricEvent('e', now)],
    });
    await one.exchangeMetrics(given, KEEP);
    await one.exchangeMetrics(given, KEEP);
    expect(await other.exchangeMetrics(NOTHING, KEEP)).toEqual(given);
    await other.exchangeMetrics({ ...given, samples: [] }, KEEP);
    const read = await one.readMetrics(ALL, 10);
    expect(read.requests.at).toHaveLength(1);
    expect(read).toMatchObject({ samples: given.samples, events: given.events });
  });

  it('hear of a thumb that took the place of another, and not of one that was taken back', async () => {
    const [one, other] = [bench.openWindow('a'), bench.openWindow('b')];
    const thumb = metricEvent('turn', now);
    await one.exchangeMetrics(batch({ events: [thumb] }), KEEP);
    expect((await other.exchangeMetrics(NOTHING, KEEP)).events).toEqual([thumb]);
    const down = metricEvent('turn', now + 1, { kind: 'down' });
    await one.exchangeMetrics(batch({ events: [down] }), KEEP);
    expect((await other.exchangeMetrics(NOTHING, KEEP)).events).toEqual([down]);
    await other.removeMetricEvent('turn');
    expect((await one.readMetrics(ALL, 1)).events).toEqual([]);
    expect((await one.exchangeMetrics(NOTHING, KEEP)).events).toEqual([]);
  });

  it('miss nothing when an answer was lost and the thread with it', async () => {
    let service = bench.openService('a');
    let isLost = false;
    const one = new MetricsCalls(async (call) => {
      const result = await carryOut(service, call);
      if (!isLost) return result;
      service.dispose();
      service = bench.openService('a');
      throw new Error('lost');
    });
    const other = bench.openWindow('b');
    await one.exchangeMetrics(NOTHING, KEEP);
    await other.exchangeMetrics(batch({ requests: [bareRequest('r', now)] }), KEEP);
    const mine = batch({ requests: [bareRequest('mine', now)] });
    isLost = true;
    await expect(one.exchangeMetrics(mine, KEEP)).rejects.toThrow('lost');
    isLost = false;
    const [first, second] = await Promise.all([
      one.exchangeMetrics(mine, KEEP),
      one.exchangeMetrics(NOTHING, KEEP),
    ]);
    expect(uidsOf(first.requests)).toEqual(['r']);
    expect(second).toEqual(NOTHING);
    expect(uidsOf((await other.exchangeMetrics(NOTHING, KEEP)).requests)).toEqual(['mine']);
  });

  it('hear of what is new after all was cleared', async () => {
    const [one, other] = [bench.openWindow('a'), bench.openWindow('b')];
    const requests = ['r0', 'r1', 'r2'].map((uid) => bareRequest(uid, now));
    await one.exchangeMetrics(batch({ requests }), KEEP);
    await other.exchangeMetrics(NOTHING, KEEP);
    await other.clearMetrics();
    await one.exchangeMetrics(batch({ requests: [bareRequest('new', now)] }), KEEP);
    expect(uidsOf((await other.exchangeMetrics(NOTHING, KEEP)).requests)).toEqual(['new']);
  });

  it.skipIf(noMovingOpenFiles)('go on in a file that took the place of theirs', async () => {
    const [one, other] = [bench.openWindow('a'), bench.openWindow('b')];
    const requests = ['r0', 'r1', 'r2'].map((uid) => bareRequest(uid, now));
    await one.exchangeMetrics(batch({ requests }), KEEP);
    await other.exchangeMetrics(NOTHING, KEEP);
    for (const suffix of ['', '-wal', '-shm'])
      renameSync(bench.file + suffix, `${bench.file}.aside${suffix}`);
    await one.exchangeMetrics(batch({ requests: [bareRequest('new', now)] }), KEEP);
    expect(uidsOf((await other.exchangeMetrics(NOTHING, KEEP)).requests)).toEqual(['new']);
    expect((await other.spending(ALL)).requests).toBe(1);
  });

  it('are refused numbers that are none', async () => {
    const window = bench.openWindow('a');
    for (const costUSD of [Number.NaN, Infinity]) {
      const requests = [bareRequest('r', now, { costUSD })];
      await expect(window.exchangeMetrics(batch({ requests }), KEEP)).rejects.toMatchObject({
        kind: 'invalid',
      });
    }
  });

  it('do not pass for changes of conversations', async () => {
    const service = bench.openService('a');
    const count = service.handle({ op: 'changeCount' });
    const window = bench.openWindow('b');
    await window.exchangeMetrics(batch({ requests: [bareRequest('r', now)] }), KEEP);
    await window.clearMetrics();
    expect(service.handle({ op: 'changeCount' })).toBe(count);
  });
});
