import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AnswerLimits, AnswerRecord } from '../../../src/engine/ports';
import { AnswerTable } from '../../../src/store/answerTable';
import { Connection } from '../../../src/store/connection';
import { migrate, MIGRATIONS } from '../../../src/store/migrations';
import { loadSqlite } from '../../../src/store/sqliteModule';
import { FakeClock } from '../../helpers/fakeClock';
import { conversation, turn } from '../../helpers/storedTurns';
import { useStores } from '../../helpers/storeWorker';

const bench = useStores();
const SECRET = 'zanzibar-marmalade';
const limits: AnswerLimits = { notBefore: 0, maxEntries: 100, maxBytes: 1_000_000 };

const record = (key: string, more: Partial<AnswerRecord> = {}): AnswerRecord => ({
  key,
  value: `{"text":"${key}"}`,
  at: 1_000,
  conversationId: undefined,
  ...more,
});

describe('kept answers on disk', () => {
  it('are shared by two windows, and the later one replaces the earlier', async () => {
    const [one, two] = [bench.open(), bench.open()];
    // Reading an answer waits for no slow start of a thread.
    await two.clearAnswers();
    await one.putAnswer(record('k'), limits);
    expect(await two.getAnswer('k', 0)).toEqual({
      value: '{"text":"k"}',
      conversationId: undefined,
    });
    await two.putAnswer(record('k', { value: '"new"', conversationId: 'c' }), limits);
    expect(await one.getAnswer('k', 0)).toEqual({ value: '"new"', conversationId: 'c' });
    expect(await one.getAnswer('other', 0)).toBeUndefined();
  });

  it('are not given when they are too old', async () => {
    const store = bench.open();
    await store.putAnswer(record('k', { at: 1_000 }), limits);
    expect(await store.getAnswer('k', 1_000)).toBeDefined();
    expect(await store.getAnswer('k', 1_000.5)).toBeUndefined();
  });

  it('go with "delete everything" and with "clear", and leave no text behind', async () => {
    const store = bench.open();
    const value = `${SECRET} `.repeat(2_000);
    await store.putAnswer(record('k', { value }), limits);
    expect(await bench.holds(SECRET)).toBe(true);
    await store.deleteEverything();
    expect(await bench.holds(SECRET)).toBe(false);
    expect(await store.getAnswer('k', 0)).toBeUndefined();
    await store.putAnswer(record('k', { value }), limits);
    await store.clearAnswers();
    expect(await bench.holds(SECRET)).toBe(false);
    expect(await store.getAnswer('k', 0)).toBeUndefined();
  });

  it('go with the conversation that they belong to, or with one of its turns', async () => {
    const store = bench.open();
    for (const id of ['c', 'd']) await store.createConversation(conversation(id));
    await store.insertTurn(turn('t', { conversationId: 'd' }));
    await store.putAnswer(record('of c', { value: SECRET, conversationId: 'c' }), limits);
    await store.putAnswer(record('of d', { conversationId: 'd' }), limits);
    await store.putAnswer(record('of none'), limits);
    await store.deleteConversation('c');
    expect(await bench.holds(SECRET)).toBe(false);
    expect(await store.getAnswer('of d', 0)).toBeDefined();
    await store.deleteTurn('t');
    expect(await store.getAnswer('of d', 0)).toBeUndefined();
    expect(await store.getAnswer('of none', 0)).toBeDefined();
  });
});

it('kept answers have their place in a history of the first format, which keeps its chats', async () => {
  mkdirSync(bench.folder, { recursive: true });
  const old = new (loadSqlite().DatabaseSync)(bench.file);
  migrate(old, MIGRATIONS.slice(0, 1));
  old.exec("INSERT INTO conversations VALUES (1, 'c', 'Old chat', NULL, 1, 1)");
  old.close();
  const store = bench.open();
  await store.putAnswer(record('k'), limits);
  expect(await store.getAnswer('k', 0)).toBeDefined();
  expect(await store.listConversations({ limit: 5 })).toMatchObject([{ title: 'Old chat' }]);
});

describe('AnswerTable', () => {
  function open(): { table: AnswerTable; connection: Connection; clock: FakeClock } {
    const clock = new FakeClock();
    const options = { sqlite: loadSqlite(), file: bench.file, busyTimeoutMs: 0 };
    const connection = new Connection(options);
    return { table: new AnswerTable(connection, clock), connection, clock };
  }

  it('drops what is too old, then what was used least recently, down to the number allowed', async () => {
    const { table, connection, clock } = open();
    for (const key of ['a', 'b', 'c']) {
      table.put(record(key), limits);
      await clock.advance(60_000);
    }
    table.get('a', 0);
    await clock.advance(60_000);
    table.put(record('d'), { ...limits, maxEntries: 3 });
    expect(keys(table, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd']);
    table.put(record('e', { at: 2_000 }), { ...limits, notBefore: 1_500 });
    expect(keys(table, ['a', 'c', 'd', 'e'])).toEqual(['e']);
    connection.close();
  });

  it('keeps to the bytes allowed, and passes over what is larger by itself', () => {
    const { table, connection } = open();
    const large = { ...limits, maxBytes: 1_000 };
    for (const key of ['a', 'b', 'c']) {
      table.put(record(key, { value: 'é'.repeat(200) }), large);
    }
    expect(keys(table, ['a', 'b', 'c'])).toEqual(['b', 'c']);
    table.put(record('c', { value: 'x'.repeat(1_001) }), large);
    expect(keys(table, ['a', 'b', 'c'])).toEqual(['b']);
    connection.close();
  });

  it('gives an answer while another window is writing', async () => {
    const { table, connection, clock } = open();
    table.put(record('k'), limits);
    await clock.advance(120_000);
    const other = new (loadSqlite().DatabaseSync)(bench.file);
    other.exec('BEGIN IMMEDIATE');
    expect(table.get('k', 0)).toBeDefined();
    other.exec('ROLLBACK');
    other.close();
    connection.close();
  });
});

function keys(table: AnswerTable, known: readonly string[]): string[] {
  return known.filter((key) => table.get(key, 0) !== undefined);
}
