import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { migrate, MIGRATIONS } from '../../../src/store/migrations';
import { loadSqlite } from '../../../src/store/sqliteModule';
import {
  batch,
  KEEP,
  bareRequest,
  metricEvent,
  systemSample,
  wholeRequest,
} from '../../helpers/storedMetrics';
import { conversation } from '../../helpers/storedTurns';
import { useStores } from '../../helpers/storeWorker';

const bench = useStores();
const NOTHING = batch();
const ALL = { from: 0, to: Infinity };
const SECRET = 'zanzibar-marmalade';

describe('metrics on disk', () => {
  it('pass between two windows and their threads', async () => {
    const [{ metrics: one }, { metrics: other }] = [bench.open(), bench.open()];
    const now = Date.now();
    const given = batch({
      requests: [wholeRequest('whole', now - 2), bareRequest('bare', now - 1)],
      samples: [systemSample(now, { networkMs: 20 })],
      events: [metricEvent('mark', now, { kind: 'mark', label: 'From here on' })],
    });
    expect(await one.exchangeMetrics(given, KEEP)).toEqual(NOTHING);
    expect(await other.exchangeMetrics(NOTHING, KEEP)).toStrictEqual(given);
    const read = await other.readMetrics(ALL, 1);
    expect(read).toMatchObject({ isCut: true, samples: given.samples, events: given.events });
    expect(read.requests.at).toEqual(new Float64Array([now - 1]));
    expect(read.requests.totalMs).toEqual(new Float32Array([1_000]));
    expect(read.requests.action).toEqual({ names: ['chat'], values: new Uint16Array([0]) });
    expect(await other.spending(ALL)).toEqual({ costUSD: 0.25, unpriced: 0, requests: 2 });
    await other.removeMetricEvent('mark');
    expect((await one.readMetrics(ALL, 1)).events).toEqual([]);
  });

  it('stay when all chats are deleted, and leave no trace when they are cleared', async () => {
    const store = bench.open();
    await store.createConversation(conversation('c'));
    const events = [metricEvent('e', Date.now(), { kind: 'mark', label: SECRET })];
    await store.metrics.exchangeMetrics(batch({ events }), KEEP);
    await store.deleteEverything();
    expect((await store.metrics.readMetrics(ALL, 1)).events).toEqual(events);
    expect(await bench.holds(SECRET)).toBe(true);
    await store.metrics.clearMetrics();
    expect((await store.metrics.readMetrics(ALL, 1)).events).toEqual([]);
    expect(await bench.holds(SECRET)).toBe(false);
  });

  it('end with the store', async () => {
    const store = bench.open();
    await store.close();
    const { metrics } = store;
    await expect(metrics.exchangeMetrics(NOTHING, KEEP)).rejects.toMatchObject({ kind: 'closed' });
    await expect(metrics.spending(ALL)).rejects.toMatchObject({ kind: 'closed' });
  });

  it('have their place in a history of the format before, which keeps its chats', async () => {
    mkdirSync(bench.folder, { recursive: true });
    const old = new (loadSqlite().DatabaseSync)(bench.file);
    migrate(old, MIGRATIONS.slice(0, 4));
    old.exec(`INSERT INTO conversations (id, title, created_at, updated_at)
      VALUES ('c', 'Old chat', 1, 1)`);
    old.close();
    const store = bench.open();
    const requests = [bareRequest('r', Date.now())];
    await store.metrics.exchangeMetrics(batch({ requests }), KEEP);
    expect((await store.metrics.spending(ALL)).requests).toBe(1);
    expect(await store.listConversations({ limit: 5 })).toMatchObject([{ title: 'Old chat' }]);
    expect(await store.changeCount()).toBe(1);
  });
});
