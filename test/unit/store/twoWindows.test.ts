import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadSqlite } from '../../../src/store/sqliteModule';
import { conversation, turn } from '../../helpers/storedTurns';
import { bundle, useStores } from '../../helpers/storeWorker';

const bench = useStores();
const run = promisify(execFile);
const TURNS = 20;

/** Saves turns from a process of its own, which prints nothing: Node 22 would warn of its SQLite. */
async function runWindow(name: string): Promise<void> {
  const script = await bundle('test/helpers/storeWriter.ts', bench.bundles);
  const args = [script, bench.file, bench.workerUrl.href, name, String(TURNS)];
  const { stdout, stderr } = await run(process.execPath, args);
  expect(stdout + stderr).toBe('');
}

describe('windows that share a file', () => {
  it('make it together', async () => {
    const stores = Array.from({ length: 4 }, () => bench.open());
    await Promise.all(
      stores.map((store, index) => store.createConversation(conversation(`w${index}`))),
    );
    expect(await stores[0]?.listConversations({ limit: 9 })).toHaveLength(4);
  });

  it('wait for the one that is making it', async () => {
    await mkdir(bench.folder, { recursive: true });
    const other = new (loadSqlite().DatabaseSync)(bench.file);
    // As every window's: the store may be reading the file at the moment of the commit.
    other.exec('PRAGMA busy_timeout = 4000');
    other.exec('BEGIN IMMEDIATE');
    const store = bench.open();
    const creating = store.createConversation(conversation('c'));
    // Time enough to fail, were it not to wait.
    await Promise.race([creating, delay(100)]);
    other.exec('COMMIT');
    other.close();
    await creating;
    expect(await store.listConversations({ limit: 5 })).toHaveLength(1);
  });

  it('lose and double nothing when they write at once', async () => {
    const own = bench.open();
    await own.createConversation(conversation('c'));
    const others = Promise.all([runWindow('a'), runWindow('b')]);
    for (let ordinal = 0; ordinal < TURNS; ordinal++) {
      await own.insertTurn(turn(`own${ordinal}`, { ordinal, state: 'done', text: 'Once upon' }));
    }
    await others;
    const turns = (await own.getConversation('c'))?.turns ?? [];
    expect(turns).toHaveLength(3 * TURNS);
    expect(new Set(turns.map(({ ordinal }) => ordinal)).size).toBe(3 * TURNS);
    expect(new Set(turns.map(({ text }) => text))).toEqual(new Set(['Once upon']));
    for (const name of ['own', 'a', 'b']) {
      const order = turns.map(({ id }) => id).filter((id) => id.startsWith(name));
      expect(order).toEqual(Array.from({ length: TURNS }, (_, index) => `${name}${index}`));
    }
  });

  it('see what a killed window had written, and that it is gone', async () => {
    await expect(runWindow('killed')).rejects.toThrow(/Command failed/);
    const turns = (await bench.open().getConversation('c'))?.turns ?? [];
    expect(turns).toHaveLength(TURNS);
    expect(turns.map(({ text }) => text)).toEqual(Array(TURNS).fill('Once upon'));
    expect(turns.map(({ state }) => state).slice(0, 2)).toEqual(['done', 'interrupted']);
  });

  it('see that the other one changed something, and what', async () => {
    const [one, other] = [bench.open(), bench.open()];
    await one.createConversation(conversation('c'));
    let seen = await other.changeCount();
    const sees = async (): Promise<boolean> => {
      const before = seen;
      seen = await other.changeCount();
      return seen > before;
    };
    expect(await sees()).toBe(false);
    await one.insertTurn(turn('t'));
    expect(await sees()).toBe(true);
    await one.appendToTurn('t', { text: 'Once', thinking: '' });
    expect(await sees()).toBe(true);
    expect((await other.getConversation('c'))?.turns).toMatchObject([
      { state: 'streaming', text: 'Once' },
    ]);
    await one.updateConversation('c', { title: 'Named' });
    expect(await sees()).toBe(true);
    await one.deleteConversation('c');
    expect(await sees()).toBe(true);
    expect(await other.listConversations({ limit: 5 })).toEqual([]);
    expect(await sees()).toBe(false);
    expect(await one.changeCount()).toBe(seen);
  });

  it('search while the other writes: what is not in the index yet is not found', async () => {
    const store = bench.open({ busyTimeoutMs: 50 });
    await store.createConversation(conversation('c', { title: 'Pomegranates' }));
    await store.insertTurn(turn('t', { prompt: 'quince' }));
    const other = new (loadSqlite().DatabaseSync)(bench.file);
    other.exec('INSERT OR IGNORE INTO unindexed_turns (turn) SELECT key FROM turns');
    other.exec('BEGIN IMMEDIATE');
    const found = await store.searchConversations('pomegranates', { limit: 5 });
    expect(found.map((hit) => hit.conversation.id)).toEqual(['c']);
    other.exec('ROLLBACK');
    other.close();
  });

  it('wait for each other’s locks, up to a limit', async () => {
    const store = bench.open({ busyTimeoutMs: 50 });
    await store.createConversation(conversation('c'));
    const other = new (loadSqlite().DatabaseSync)(bench.file);
    other.exec('BEGIN IMMEDIATE');
    await expect(store.insertTurn(turn('t'))).rejects.toMatchObject({
      name: 'StoreError',
      kind: 'busy',
    });
    // Reading needs no lock, nor does searching what is in the index.
    expect((await store.getConversation('c'))?.turns).toEqual([]);
    const waiting = bench.open().insertTurn(turn('t'));
    other.exec('COMMIT');
    other.close();
    await waiting;
    expect((await store.getConversation('c'))?.turns).toHaveLength(1);
  });
});
