import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ConversationSummary } from '../../../src/engine/ports';
import type { SqliteConversationStore } from '../../../src/store/conversationStore';
import { loadSqlite } from '../../../src/store/sqliteModule';
import { attachment, conversation, outcome, turn } from '../../helpers/storedTurns';
import { useStores } from '../../helpers/storeWorker';

const bench = useStores();
/** One word, as it stands in the search index, too. */
const SECRET = 'zanzibarmarmalade';
const long = `${SECRET} `.repeat(2_000);
const compaction = {
  throughTurnId: 'long',
  summary: SECRET,
  tokensBefore: 2,
  tokensAfter: 1,
  at: 1,
};

/** The conversations `c` (with the secret everywhere) and `kept`. */
async function fill(
  store: SqliteConversationStore,
  about: Partial<ConversationSummary> = { title: SECRET, workspace: SECRET },
): Promise<void> {
  await store.createConversation(conversation('kept'));
  await store.createConversation(conversation('c', about));
  await store.insertTurn(turn('short', { prompt: SECRET, asked: SECRET }));
  const given = attachment(SECRET, { content: [{ type: 'text', text: long }] });
  await store.insertTurn(
    turn('long', { prompt: long, ordinal: 1, parentId: 'short', attachments: [given] }),
  );
  await store.appendToTurn('long', { text: long, thinking: SECRET });
  const content = [{ type: 'text', text: long }];
  await store.finishTurn('long', outcome({ text: long, thinking: SECRET, content }));
  await store.setFeedback('long', { rating: 'down', reason: SECRET });
  await store.updateConversation('c', { compaction, head: 'long' });
  await store.appendToTurn('short', { text: SECRET, thinking: long });
}

const ids = async (store: SqliteConversationStore): Promise<string[]> =>
  (await store.listConversations({ limit: 9 })).map(({ id }) => id);

describe('a deleted conversation', () => {
  it('is gone for every reader, in this window and others, and comes back whole', async () => {
    const store = bench.open();
    await fill(store);
    const before = await store.getConversation('c');
    await store.deleteConversation('c');
    const other = bench.open();
    for (const window of [store, other]) {
      expect(await ids(window)).toEqual(['kept']);
      expect(await window.getConversation('c')).toBeUndefined();
      expect(await window.searchConversations(SECRET, { limit: 5 })).toEqual([]);
      await expect(window.updateConversation('c', { pinned: true })).rejects.toMatchObject({
        kind: 'missing',
      });
      await expect(window.insertTurn(turn('new', { ordinal: 2 }))).rejects.toMatchObject({
        kind: 'missing',
      });
    }
    expect(await other.restoreConversation('c')).toBe(true);
    expect(await store.getConversation('c')).toEqual(before);
    expect(await store.searchConversations(SECRET, { limit: 5 })).toHaveLength(1);
  });

  it('takes what still arrives of an answer, so that it comes back with it', async () => {
    const store = bench.open();
    await fill(store);
    await store.deleteConversation('c');
    await store.appendToTurn('short', { text: ' and more', thinking: '' });
    await store.finishTurn('short', outcome({ text: 'The end' }));
    expect(await store.restoreConversation('c')).toBe(true);
    expect((await store.getConversation('c'))?.turns[0]).toMatchObject({ text: 'The end' });
  });

  it('comes back when something is asked in it, in a window that still shows it', async () => {
    const store = bench.open();
    await fill(store);
    await store.deleteConversation('c');
    const other = bench.open();
    await other.createConversation(conversation('c', { title: 'Another title' }));
    await other.insertTurn(turn('new', { ordinal: 2 }));
    const read = await store.getConversation('c');
    expect(read?.conversation.title).toBe(SECRET);
    expect(read?.turns.map(({ id }) => id)).toEqual(['short', 'long', 'new']);
  });

  it('can not come back once it is purged, and leaves none of its text in file, index or journal', async () => {
    const store = bench.open();
    await fill(store);
    expect(await bench.holds(SECRET)).toBe(true);
    await store.deleteConversation('c');
    await store.purgeDeleted('c');
    expect(await bench.holds(SECRET)).toBe(false);
    expect(await store.restoreConversation('c')).toBe(false);
    expect(await ids(store)).toEqual(['kept']);
    expect(await store.searchConversations('question', { limit: 5 })).toEqual([]);
  });

  it('makes its id and those of its turns free', async () => {
    const store = bench.open();
    await fill(store);
    await store.deleteConversation('c');
    await store.purgeDeleted('c');
    await store.createConversation(conversation('c', { title: 'New' }));
    await store.insertTurn(turn('short', { prompt: 'Another question' }));
    expect((await store.getConversation('c'))?.turns).toMatchObject([
      { id: 'short', prompt: 'Another question', ordinal: 0 },
    ]);
  });

  it('is purged alone or with all others, and what is not deleted never is', async () => {
    const store = bench.open();
    for (const id of ['a', 'b', 'c']) await store.createConversation(conversation(id));
    await store.deleteConversation('a');
    await store.deleteConversation('b');
    await store.purgeDeleted('a');
    await store.purgeDeleted('c');
    expect(await store.restoreConversation('a')).toBe(false);
    expect(await store.restoreConversation('b')).toBe(true);
    await store.deleteConversation('b');
    await store.purgeDeleted();
    expect(await store.restoreConversation('b')).toBe(false);
    expect(await ids(store)).toEqual(['c']);
  });

  it('is gone for good when its window is closed: nobody can take it back there', async () => {
    const store = bench.open();
    await fill(store);
    await store.deleteConversation('c');
    await store.close();
    expect(await bench.holds(SECRET)).toBe(false);
    expect(await bench.open().restoreConversation('c')).toBe(false);
  });
});

describe('a deleted turn', () => {
  it('takes along all that follows it on its branches, and nothing else', async () => {
    const store = bench.open();
    await store.createConversation(conversation('c', { head: 'after' }));
    // root - first - after
    //      - again
    const tree = [
      turn('root'),
      turn('first', { ordinal: 1, parentId: 'root' }),
      turn('again', { ordinal: 2, parentId: 'root' }),
      turn('after', { ordinal: 3, parentId: 'first' }),
    ];
    for (const each of tree) await store.insertTurn(each);
    await store.deleteTurn('first');
    const read = await store.getConversation('c');
    expect(read?.turns.map(({ id }) => id)).toEqual(['root', 'again']);
    expect(read?.conversation.head).toBeUndefined();
    await store.deleteTurn('first');
    await store.deleteTurn('root');
    expect((await store.getConversation('c'))?.turns).toEqual([]);
  });

  it('leaves none of its text, nor a summary of it', async () => {
    const store = bench.open();
    await fill(store, { title: 'Harmless' });
    expect(await bench.holds(SECRET)).toBe(true);
    await store.deleteTurn('short');
    expect(await bench.holds(SECRET)).toBe(false);
    expect(await store.getConversation('c')).toMatchObject({
      conversation: { title: 'Harmless', head: undefined, compaction: undefined },
      turns: [],
    });
  });

  it('leaves a summary and a head alone that are of other turns', async () => {
    const store = bench.open();
    const of = { ...compaction, throughTurnId: 'a' };
    await store.createConversation(conversation('c', { compaction: of, head: 'a' }));
    await store.insertTurn(turn('a'));
    await store.insertTurn(turn('b', { ordinal: 1, parentId: 'a' }));
    await store.deleteTurn('b');
    expect((await store.getConversation('c'))?.conversation).toMatchObject({
      head: 'a',
      compaction: of,
    });
  });

  it('can not be written to any more', async () => {
    const store = bench.open();
    await fill(store);
    await store.deleteTurn('short');
    for (const call of [
      store.appendToTurn('short', { text: 'x', thinking: '' }),
      store.finishTurn('long', outcome()),
      store.setFeedback('long', undefined),
    ]) {
      await expect(call).rejects.toMatchObject({ kind: 'missing' });
    }
  });
});

describe('deleting everything', () => {
  it('leaves no text, no room taken, and no damaged files moved aside', async () => {
    const store = bench.open();
    await fill(store);
    await store.deleteConversation('c');
    writeFileSync(`${bench.file}.corrupt-2026-01-01T00-00-00-000Z`, SECRET);
    const before = statSync(bench.file).size;
    await store.deleteEverything();
    expect(await bench.holds(SECRET)).toBe(false);
    expect(await ids(store)).toEqual([]);
    expect(await store.restoreConversation('c')).toBe(false);
    expect(readdirSync(bench.folder).filter((name) => name.includes('corrupt'))).toEqual([]);
    expect(statSync(bench.file).size).toBeLessThan(Math.max(before, 120_000));
    await fill(store);
    expect(await store.searchConversations(SECRET, { limit: 5 })).toHaveLength(1);
  });

  it('says so when a reader keeps the text in the journal', async () => {
    const store = bench.open({ busyTimeoutMs: 50 });
    await fill(store);
    const reader = new (loadSqlite().DatabaseSync)(bench.file);
    reader.exec('BEGIN; SELECT * FROM conversations');
    await expect(store.deleteEverything()).rejects.toMatchObject({ kind: 'busy' });
    reader.close();
    await store.deleteEverything();
    expect(await bench.holds(SECRET)).toBe(false);
  });
});

it('a deletion waits for a reader of another window with the journal, and empties it later', async () => {
  const store = bench.open();
  await fill(store);
  const reader = new (loadSqlite().DatabaseSync)(bench.file);
  reader.exec('BEGIN; SELECT * FROM conversations');
  await store.deleteConversation('c');
  await store.purgeDeleted();
  expect(await bench.holds(SECRET)).toBe(true);
  reader.exec('COMMIT');
  reader.close();
  await store.updateConversation('kept', { title: 'Any next call' });
  expect(await bench.holds(SECRET)).toBe(false);
});

it('the file is its owner’s only', async () => {
  const store = bench.open();
  await fill(store);
  // Windows has no such rights: there the folder protects it.
  if (process.platform === 'win32') return;
  for (const name of ['', '-wal', '-shm']) {
    expect(statSync(bench.file + name).mode & 0o077).toBe(0);
  }
});
