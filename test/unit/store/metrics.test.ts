import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MetricsHistory } from '../../../src/engine/metrics/metricsHistory';
import type { CallOf, StoreOp, StoreResult } from '../../../src/store/messages';
import { parseCall, parseResult } from '../../../src/store/messages';
import { MetricsCalls } from '../../../src/store/metricsCalls';
import { loadSqlite } from '../../../src/store/sqliteModule';
import { StoreService } from '../../../src/store/storeService';
import { FakeClock } from '../../helpers/fakeClock';
import {
  batch,
  KEEP,
  measuredRequest,
  metricEvent,
  systemSample,
  wholeRequest,
} from '../../helpers/storedMetrics';

const sqlite = loadSqlite();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ALL = { from: 0, to: Infinity };
const NOTHING = batch();
const noMovingOpenFiles = process.platform === 'win32';

let folder: string;
let file: string;
let clock: FakeClock;
let services: StoreService[];
/** A whole hour. */
let now: number;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pulse-metrics-'));
  file = path.join(folder, 'history.db');
  clock = new FakeClock();
  now = clock.wallNow();
  services = [];
});

afterEach(() => {
  for (const service of services) service.dispose();
  rmSync(folder, { recursive: true, force: true });
  expect(clock.pending).toBe(0);
});

/** The metrics of a window, without the thread between. */
function openWindow(owner: string, module = sqlite): MetricsHistory {
  const service = openService(owner, module);
  return new MetricsCalls((call) => carryOut(service, call));
}

/** The message there and back. */
async function carryOut<Op extends StoreOp>(
  service: StoreService,
  call: CallOf<Op>,
): Promise<StoreResult<Op>> {
  const op: Op = call.op;
  return parseResult(op, service.handle(parseCall(structuredClone(call))));
}

function openService(owner: string, module = sqlite): StoreService {
  const onRecovered = (): void => undefined;
  const service = new StoreService({
    file,
    owner,
    busyTimeoutMs: 50,
    sqlite: module,
    clock,
    onRecovered,
  });
  services.push(service);
  return service;
}

function rows(table: string): Record<string, unknown>[] {
  const database = new sqlite.DatabaseSync(file);
  try {
    return database.prepare(`SELECT * FROM ${table}`).all();
  } finally {
    database.close();
  }
}

const uidsOf = (items: readonly { readonly uid: string }[]): string[] =>
  items.map(({ uid }) => uid);

describe('windows that measure', () => {
  it('tell each other all of it, each thing once', async () => {
    const [one, other] = [openWindow('a'), openWindow('b')];
    const given = batch({
      requests: [wholeRequest('whole', now), measuredRequest('bare', now + 1)],
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
    const answer = batch({ requests: [measuredRequest('later', now + 2)] });
    expect(await other.exchangeMetrics(answer, KEEP)).toEqual(NOTHING);
    expect(await one.exchangeMetrics(NOTHING, KEEP)).toStrictEqual(answer);
    expect(await one.exchangeMetrics(NOTHING, KEEP)).toEqual(NOTHING);
  });

  it('are told at first what the last day brought, their own of before a reload included', async () => {
    const before = openWindow('before');
    const requests = [-25 * HOUR, -23 * HOUR, -1].map((ms, n) =>
      measuredRequest(`r${n}`, now + ms),
    );
    await before.exchangeMetrics(batch({ requests }), KEEP);
    const after = openWindow('after');
    const mine = batch({ requests: [measuredRequest('mine', now)] });
    const told = await after.exchangeMetrics(mine, KEEP);
    expect(uidsOf(told.requests)).toEqual(['r1', 'r2']);
  });

  it('are told the newest 20,000 of a day that had more', async () => {
    await openWindow('before').exchangeMetrics(
      batch({ requests: [measuredRequest('r', now)] }),
      KEEP,
    );
    const database = new sqlite.DatabaseSync(file);
    const columns = Object.keys(rows('metric_requests')[0] ?? {});
    const copied = columns.map((name) => {
      if (name === 'key') return 'NULL';
      if (name === 'uid') return "'r' || n";
      return name === 'at' ? 'at - n' : name;
    });
    database.exec(`
      WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 20500)
      INSERT INTO metric_requests SELECT ${copied.join(', ')} FROM metric_requests, counted`);
    database.close();
    const { requests } = await openWindow('after').exchangeMetrics(NOTHING, KEEP);
    expect(requests).toHaveLength(20_000);
    expect([requests[0]?.at, requests.at(-1)?.at]).toEqual([now - 19_999, now]);
  });

  it('may give a thing again: it is written once', async () => {
    const [one, other] = [openWindow('a'), openWindow('b')];
    const given = batch({
      requests: [measuredRequest('r', now)],
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
    const [one, other] = [openWindow('a'), openWindow('b')];
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
    let service = openService('a');
    let isLost = false;
    const one = new MetricsCalls(async (call) => {
      const result = await carryOut(service, call);
      if (!isLost) return result;
      service.dispose();
      service = openService('a');
      throw new Error('lost');
    });
    const other = openWindow('b');
    await one.exchangeMetrics(NOTHING, KEEP);
    await other.exchangeMetrics(batch({ requests: [measuredRequest('r', now)] }), KEEP);
    const mine = batch({ requests: [measuredRequest('mine', now)] });
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
    const [one, other] = [openWindow('a'), openWindow('b')];
    const requests = ['r0', 'r1', 'r2'].map((uid) => measuredRequest(uid, now));
    await one.exchangeMetrics(batch({ requests }), KEEP);
    await other.exchangeMetrics(NOTHING, KEEP);
    await other.clearMetrics();
    await one.exchangeMetrics(batch({ requests: [measuredRequest('new', now)] }), KEEP);
    expect(uidsOf((await other.exchangeMetrics(NOTHING, KEEP)).requests)).toEqual(['new']);
  });

  it.skipIf(noMovingOpenFiles)('go on in a file that took the place of theirs', async () => {
    const [one, other] = [openWindow('a'), openWindow('b')];
    const requests = ['r0', 'r1', 'r2'].map((uid) => measuredRequest(uid, now));
    await one.exchangeMetrics(batch({ requests }), KEEP);
    await other.exchangeMetrics(NOTHING, KEEP);
    for (const suffix of ['', '-wal', '-shm']) renameSync(file + suffix, `${file}.aside${suffix}`);
    await one.exchangeMetrics(batch({ requests: [measuredRequest('new', now)] }), KEEP);
    expect(uidsOf((await other.exchangeMetrics(NOTHING, KEEP)).requests)).toEqual(['new']);
    expect((await other.spending(ALL)).requests).toBe(1);
  });

  it('are refused numbers that are none', async () => {
    const window = openWindow('a');
    for (const costUSD of [Number.NaN, Infinity]) {
      const requests = [measuredRequest('r', now, { costUSD })];
      await expect(window.exchangeMetrics(batch({ requests }), KEEP)).rejects.toMatchObject({
        kind: 'invalid',
      });
    }
  });

  it('do not pass for changes of conversations', async () => {
    const service = openService('a');
    const count = service.handle({ op: 'changeCount' });
    const window = openWindow('b');
    await window.exchangeMetrics(batch({ requests: [measuredRequest('r', now)] }), KEEP);
    await window.clearMetrics();
    expect(service.handle({ op: 'changeCount' })).toBe(count);
  });
});

describe('what is read', () => {
  it('is the newest of the range, by column and oldest first', async () => {
    const window = openWindow('a');
    const requests = [
      measuredRequest('r1', now + 1, { model: 'm1', costUSD: 0.5 }),
      wholeRequest('r3', now + 3),
      measuredRequest('r2', now + 2, { model: 'm2', attempts: 70_000 }),
      measuredRequest('r9', now + 9),
    ];
    await window.exchangeMetrics(batch({ requests }), KEEP);
    const range = { from: now + 1, to: now + 9 };
    const { requests: read, isCut } = await window.readMetrics(range, 2);
    expect(isCut).toBe(true);
    expect([...read.at]).toEqual([now + 2, now + 3]);
    const word = ({ names, values }: typeof read.model): (string | undefined)[] =>
      [...values].map((value) => names[value]);
    expect(word(read.model)).toEqual(['m2', 'claude-test']);
    expect(word(read.endpoint)).toEqual(['api.example.com', 'api.example.com']);
    expect(word(read.action)).toEqual(['chat', 'inline']);
    expect(word(read.outcome)).toEqual(['ok', 'failed']);
    expect(word(read.errorKind)).toEqual([undefined, 'overloaded']);
    expect(word(read.servedFrom)).toEqual([undefined, 'shared']);
    expect([...read.servedFrom.values]).toEqual([65_535, 0]);
    expect(read.requestId).toEqual(['', 'req_1']);
    expect([...read.status]).toEqual([0, 529]);
    expect([...read.attempts]).toEqual([65_535, 3]);
    expect([...read.continuations]).toEqual([0, 2]);
    const none = Number.NaN;
    expect({
      queueMs: [...read.queueMs],
      pacingMs: [...read.pacingMs],
      backoffMs: [...read.backoffMs],
      recoveryMs: [...read.recoveryMs],
      connectMs: [...read.connectMs],
      firstByteMs: [...read.firstByteMs],
      firstTokenMs: [...read.firstTokenMs],
      totalMs: [...read.totalMs],
      inputTokens: [...read.inputTokens],
      outputTokens: [...read.outputTokens],
      cacheReadTokens: [...read.cacheReadTokens],
      cacheWriteTokens: [...read.cacheWriteTokens],
      costUSD: [...read.costUSD],
    }).toEqual({
      queueMs: [0, 1.5],
      pacingMs: [none, 2.5],
      backoffMs: [0, 3.5],
      recoveryMs: [none, 4.5],
      connectMs: [none, 0],
      firstByteMs: [none, 5.5],
      firstTokenMs: [none, 6.5],
      totalMs: [1_000, 7.5],
      inputTokens: [0, 11],
      outputTokens: [0, 12],
      cacheReadTokens: [0, 13],
      cacheWriteTokens: [0, 14],
      costUSD: [none, 0.25],
    });
    const whole = await window.readMetrics(range, 3);
    expect(whole.isCut).toBe(false);
    expect([...whole.requests.at]).toEqual([now + 1, now + 2, now + 3]);
  });

  it('is empty where there is nothing', async () => {
    const { requests, ...rest } = await openWindow('a').readMetrics(ALL, 10);
    expect(requests.at).toHaveLength(0);
    expect(requests.model.names).toEqual([]);
    expect(rest).toEqual({ isCut: false, samples: [], events: [], hours: [] });
  });

  it('has the samples and events of the range', async () => {
    const window = openWindow('a');
    const at = [1, 2, 3].map((ms) => now + ms);
    const samples = at.map((each) => systemSample(each));
    const events = at.map((each) => metricEvent(`e${each}`, each));
    await window.exchangeMetrics(batch({ samples, events }), KEEP);
    const read = await window.readMetrics({ from: now + 2, to: now + 3 }, 0);
    expect(read).toMatchObject({ samples: [samples[1]], events: [events[1]] });
  });

  it('puts samples together where there are more than can be shown', async () => {
    const window = openWindow('a');
    const samples = Array.from({ length: 10_000 }, (_, n) =>
      systemSample(now + n, {
        cpuShare: n % 2,
        rssMB: n,
        headroom: n % 2 === 0 ? undefined : 0.5,
      }),
    );
    await window.exchangeMetrics(batch({ samples }), KEEP);
    const read = (await window.readMetrics(ALL, 0)).samples;
    expect(read).toHaveLength(5_000);
    expect(read[0]).toEqual(systemSample(now + 1, { cpuShare: 0.5, rssMB: 1, headroom: 0.5 }));
    expect(read.at(-1)).toMatchObject({ at: now + 9_999, cpuShare: 0.5, rssMB: 9_999 });
  });
});

describe('what has grown old', () => {
  const usage = { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 };
  const timed = (uid: string, at: number, ms: number, more = {}) =>
    measuredRequest(uid, at, {
      timing: { ...measuredRequest(uid, at).timing, firstTokenMs: ms, totalMs: 10 * ms },
      usage,
      costUSD: 0.5,
      ...more,
    });

  /** As from a window that is gone: in the order in which it happened. */
  async function measureThen(...requests: ReturnType<typeof measuredRequest>[]): Promise<void> {
    await openWindow('gone').exchangeMetrics(batch({ requests }), KEEP);
  }

  it('is added up by the hour, endpoint, model and action, once', async () => {
    const hundred = Array.from({ length: 100 }, (_, n) =>
      timed(`r${n}`, now + n, ((n * 37) % 100) + 1),
    );
    await measureThen(
      ...hundred,
      timed('failed', now + 1, 7, { outcome: 'failed', costUSD: undefined, model: 'other' }),
      measuredRequest('stopped', now + 1, { outcome: 'stopped', model: 'other' }),
      measuredRequest('inline', now + HOUR - 1, { action: 'inline', endpointId: 'e' }),
      measuredRequest('young', now + HOUR),
    );
    await clock.advance(30 * DAY + HOUR);
    const window = openWindow('a');
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
    await clock.advance(11 * MINUTE);
    await window.exchangeMetrics(batch({ requests: hundred }), KEEP);
    expect((await window.readMetrics(ALL, 1_000)).hours).toEqual(read.hours);
    expect(await window.spending(ALL)).toEqual({ costUSD: 50, unpriced: 1, requests: 104 });
  });

  it('stays while its hour is partly younger', async () => {
    await measureThen(measuredRequest('r', now + 1));
    await clock.advance(30 * DAY + HOUR - 1);
    const window = openWindow('a');
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(rows('metric_requests')).toHaveLength(1);
    await clock.advance(1);
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(rows('metric_requests'), 'looked at not long ago').toHaveLength(1);
    await clock.advance(10 * MINUTE);
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(rows('metric_requests')).toHaveLength(0);
    expect(rows('metric_hours')).toHaveLength(1);
  });

  it('is put away in steps', async () => {
    const hours = 250;
    await measureThen(
      ...Array.from({ length: hours }, (_, n) => measuredRequest(`r${n}`, now + n * HOUR)),
    );
    await clock.advance(50 * DAY);
    const window = openWindow('a');
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(rows('metric_hours')).toHaveLength(200);
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(rows('metric_hours')).toHaveLength(hours);
    expect((await window.spending(ALL)).requests).toBe(hours);
  });

  it('is deleted where it is a sample or a thumb, and later where it is a mark or an hour', async () => {
    const given = batch({
      requests: [measuredRequest('r', now)],
      samples: [systemSample(now)],
      events: [metricEvent('up', now), metricEvent('mark', now, { kind: 'mark', label: 'm' })],
    });
    await openWindow('gone').exchangeMetrics(given, KEEP);
    await clock.advance(30 * DAY + HOUR);
    const window = openWindow('a');
    await window.exchangeMetrics(NOTHING, KEEP);
    const left = await window.readMetrics(ALL, 10);
    expect(left).toMatchObject({ samples: [], events: [{ uid: 'mark' }], hours: [{ at: now }] });
    await clock.advance(335 * DAY);
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(await window.readMetrics(ALL, 10)).toMatchObject({ events: [], hours: [] });
  });

  it('waits where another window is writing, and what was measured is told all the same', async () => {
    await measureThen(measuredRequest('old', now), measuredRequest('young', now + 39 * DAY));
    await clock.advance(40 * DAY);
    const other = new sqlite.DatabaseSync(file);
    let isArmed = false;
    class Interleaved extends sqlite.DatabaseSync {
      override exec(sql: string): void {
        super.exec(sql);
        // The window has written its own.
        if (isArmed && sql === 'COMMIT') other.exec('BEGIN IMMEDIATE');
      }
    }
    const window = openWindow('a', { ...sqlite, DatabaseSync: Interleaved });
    await window.spending(ALL);
    isArmed = true;
    expect(uidsOf((await window.exchangeMetrics(NOTHING, KEEP)).requests)).toEqual(['young']);
    isArmed = false;
    other.exec('ROLLBACK');
    other.close();
    expect(rows('metric_hours')).toEqual([]);
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(rows('metric_hours')).toHaveLength(1);
  });

  it('is all of it where nothing is to be kept: others are read, and nothing is written', async () => {
    const off = { requestDays: 0, hourDays: 0 };
    const [one, other] = [openWindow('a'), openWindow('b')];
    const given = batch({
      requests: [measuredRequest('r', now)],
      samples: [systemSample(now)],
      events: [metricEvent('up', now), metricEvent('mark', now, { kind: 'mark' })],
    });
    await one.exchangeMetrics(given, KEEP);
    const mine = batch({
      requests: [measuredRequest('mine', now)],
      samples: [systemSample(now + 1)],
      events: [metricEvent('mine', now), metricEvent('my mark', now, { kind: 'mark' })],
    });
    expect(await other.exchangeMetrics(mine, off)).toEqual(given);
    for (const table of ['requests', 'samples', 'events', 'hours']) {
      expect(rows(`metric_${table}`), table).toEqual([]);
    }
    expect(await one.exchangeMetrics(NOTHING, KEEP)).toEqual(NOTHING);
  });

  it('keeps hours and marks where only requests are not to be kept', async () => {
    await measureThen(measuredRequest('r', now));
    await clock.advance(31 * DAY);
    const window = openWindow('a');
    await window.exchangeMetrics(NOTHING, KEEP);
    const given = batch({
      requests: [measuredRequest('mine', now)],
      events: [metricEvent('mark', clock.wallNow(), { kind: 'mark' })],
    });
    await clock.advance(10 * MINUTE);
    await window.exchangeMetrics(given, { requestDays: 0, hourDays: 365 });
    expect(await window.readMetrics(ALL, 9)).toMatchObject({
      events: [{ uid: 'mark' }],
      hours: [{ at: now, ok: 1 }],
    });
    expect(rows('metric_requests')).toEqual([]);
  });
});

describe('spending', () => {
  it('counts requests, and hours that begin in the range', async () => {
    const priced = (uid: string, at: number) => measuredRequest(uid, at, { costUSD: 0.25 });
    const requests = [
      priced('early', now + 1),
      priced('next hour', now + HOUR),
      priced('young', now + 2 * HOUR),
      measuredRequest('unknown price', now + 2 * HOUR, {
        usage: { inputTokens: 1, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
      }),
      measuredRequest('nothing used', now + 2 * HOUR),
    ];
    await openWindow('gone').exchangeMetrics(batch({ requests }), KEEP);
    await clock.advance(30 * DAY + 2 * HOUR);
    const window = openWindow('a');
    await window.exchangeMetrics(NOTHING, KEEP);
    expect(rows('metric_requests')).toHaveLength(3);
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
