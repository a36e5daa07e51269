import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SqliteConversationStore } from '../../../src/store/conversationStore';
import { loadSqlite } from '../../../src/store/sqliteModule';
import { conversation, outcome, turn } from '../../helpers/storedTurns';
import { useStores } from '../../helpers/storeWorker';

const bench = useStores();
const SECRET = 'zanzibar-marmalade';
const long = `${SECRET} `.repeat(2_000);

/** The conversations `c` (with the secret everywhere) and `kept`. */
async function fill(store: SqliteConversationStore): Promise<void> {
  await store.createConversation(conversation('kept'));
  await store.createConversation(conversation('c', { title: SECRET, workspace: SECRET }));
  await store.insertTurn(turn('short', { prompt: SECRET }));
  await store.insertTurn(turn('long', { prompt: long, ordinal: 1 }));
  await store.appendToTurn('long', { text: long, thinking: SECRET });
  const content = [{ type: 'text', text: long }];
  await store.finishTurn('long', outcome({ text: long, thinking: SECRET, content }));
  await store.appendToTurn('short', { text: SECRET, thinking: long });
}

describe('deleting', () => {
  it('a conversation leaves none of its text in the file or its journal', async () => {
    const store = bench.open();
    await fill(store);
    expect(await bench.bytes()).toContain(SECRET);
    await store.deleteConversation('c');
    expect(await bench.bytes()).not.toContain(SECRET);
    expect(await store.listConversations({ limit: 5 })).toMatchObject([{ id: 'kept' }]);
  });

  it('a turn leaves none of its text', async () => {
    const store = bench.open();
    await store.createConversation(conversation('c'));
    await store.insertTurn(turn('t', { prompt: long }));
    await store.appendToTurn('t', { text: long, thinking: SECRET });
    await store.deleteTurn('t');
    expect(await bench.bytes()).not.toContain(SECRET);
  });

  it('everything leaves no text, no room taken, and no damaged files moved aside', async () => {
    const store = bench.open();
    await fill(store);
    writeFileSync(`${bench.file}.corrupt-2026-01-01T00-00-00-000Z`, SECRET);
    const before = statSync(bench.file).size;
    await store.deleteEverything();
    expect(await bench.bytes()).not.toContain(SECRET);
    expect(await store.listConversations({ limit: 5 })).toEqual([]);
    expect(readdirSync(bench.folder).filter((name) => name.includes('corrupt'))).toEqual([]);
    expect(statSync(bench.file).size).toBeLessThan(Math.max(before, 100_000));
    await store.createConversation(conversation('c'));
  });

  it('waits for a reader of another window with the journal, and empties it later', async () => {
    const store = bench.open();
    await fill(store);
    const reader = new (loadSqlite().DatabaseSync)(bench.file);
    reader.exec('BEGIN; SELECT * FROM conversations');
    await store.deleteConversation('c');
    expect(await bench.bytes()).toContain(SECRET);
    reader.exec('COMMIT');
    reader.close();
    await store.renameConversation('kept', 'Any next call');
    expect(await bench.bytes()).not.toContain(SECRET);
  });

  it('everything says so when a reader keeps the text in the journal', async () => {
    const store = bench.open({ busyTimeoutMs: 50 });
    await fill(store);
    const reader = new (loadSqlite().DatabaseSync)(bench.file);
    reader.exec('BEGIN; SELECT * FROM conversations');
    await expect(store.deleteEverything()).rejects.toMatchObject({ kind: 'busy' });
    reader.close();
    await store.deleteEverything();
    expect(await bench.bytes()).not.toContain(SECRET);
  });

  it('gives the file to its owner only', async () => {
    const store = bench.open();
    await fill(store);
    // Windows has no such rights: there the folder protects it.
    if (process.platform === 'win32') return;
    for (const name of ['', '-wal', '-shm']) {
      expect(statSync(bench.file + name).mode & 0o077).toBe(0);
    }
  });
});
