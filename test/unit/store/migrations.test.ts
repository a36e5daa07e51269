import { mkdirSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatOf, migrate, MIGRATIONS } from '../../../src/store/migrations';
import { loadSqlite } from '../../../src/store/sqliteModule';
import { conversation, turn } from '../../helpers/storedTurns';
import { useStores } from '../../helpers/storeWorker';

const bench = useStores();
const first = 'CREATE TABLE notes (text TEXT NOT NULL) STRICT;';
const second = `ALTER TABLE notes ADD COLUMN stars INTEGER NOT NULL DEFAULT 0;
  UPDATE notes SET stars = 3;`;

describe('migrate', () => {
  let database: DatabaseSync;
  beforeEach(() => {
    database = new (loadSqlite().DatabaseSync)(':memory:');
  });
  afterEach(() => database.close());

  const notes = (): unknown[] => database.prepare('SELECT * FROM notes').all();

  it('makes a new file of the newest format', () => {
    migrate(database, [first, second]);
    expect(formatOf(database)).toBe(2);
    expect(notes()).toEqual([]);
  });

  it('brings an older file up and keeps its rows', () => {
    migrate(database, [first]);
    database.exec("INSERT INTO notes VALUES ('a')");
    migrate(database, [first, second]);
    expect(notes()).toMatchObject([{ text: 'a', stars: 3 }]);
    migrate(database, [first, second]);
    expect(notes()).toMatchObject([{ text: 'a', stars: 3 }]);
  });

  it('changes nothing when a step fails', () => {
    migrate(database, [first]);
    database.exec("INSERT INTO notes VALUES ('a')");
    expect(() => migrate(database, [first, second, 'UPDATE nowhere SET x = 1;'])).toThrow(
      /nowhere/,
    );
    expect(formatOf(database)).toBe(1);
    expect(notes()).toEqual([{ text: 'a' }]);
  });

  it('refuses a newer file and leaves it alone', () => {
    migrate(database, [first, second]);
    expect(() => migrate(database, [first])).toThrow(expect.objectContaining({ kind: 'newer' }));
    expect(formatOf(database)).toBe(2);
  });
});

describe.each([1, 2, 3])('a history of format %i', (format) => {
  const STATS = {
    usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 0 },
    timing: {
      queueMs: 0,
      backoffMs: 0,
      connectMs: undefined,
      firstByteMs: 5,
      firstTokenMs: 6,
      totalMs: 7,
    },
    costUSD: 0.5,
    requestId: undefined,
    attempts: 1,
  };

  /** As that version wrote it: two chats, one of three turns, the last of which was under way. */
  function writeOld(): void {
    mkdirSync(bench.folder, { recursive: true });
    const old = new (loadSqlite().DatabaseSync)(bench.file);
    migrate(old, MIGRATIONS.slice(0, format));
    old.exec(`INSERT INTO conversations (key, id, title, workspace, created_at, updated_at)
      VALUES (1, 'c', 'Old chat', 'w', 1, 9), (2, 'd', 'Other', NULL, 2, 3)`);
    const insert = old.prepare(
      `INSERT INTO turns (key, id, conversation, ordinal, created_at, state, model, endpoint_id,
         stop_reason, stats, error, prompt, text, thinking, content)
       VALUES (?, ?, 1, ?, 4, ?, 'm', 'e', ?, ?, NULL, ?, ?, ?, ?)`,
    );
    const content = JSON.stringify([{ type: 'text', text: 'Knots' }]);
    insert.run(
      5,
      'a',
      0,
      'done',
      'end_turn',
      JSON.stringify(STATS),
      'What?',
      'Knots',
      'Hm',
      content,
    );
    insert.run(6, 'b', 1, 'failed', null, null, 'And then?', '', '', '[]');
    insert.run(9, 'x', 4, 'streaming', null, null, 'More', '', '', '[]');
    old.exec(
      `INSERT INTO turn_parts (turn, text, thinking) VALUES (9, 'Half a ', ''), (9, 'bowline', '')`,
    );
    if (format > 1) {
      old.exec(`INSERT INTO answers VALUES ('k', '"kept"', 6, 'c', 1, 1)`);
    }
    old.close();
  }

  it('keeps all that is in it', async () => {
    writeOld();
    const store = bench.open();
    const about = { workspace: 'w', createdAt: 1, updatedAt: 9, title: 'Old chat' };
    const of = { createdAt: 4, model: 'm', endpointId: 'e' };
    expect(await store.getConversation('c')).toEqual({
      conversation: conversation('c', about),
      turns: [
        turn('a', {
          ...of,
          prompt: 'What?',
          state: 'done',
          text: 'Knots',
          thinking: 'Hm',
          content: [{ type: 'text', text: 'Knots' }],
          stopReason: 'end_turn',
          stats: STATS,
        }),
        turn('b', { ...of, ordinal: 1, parentId: 'a', prompt: 'And then?', state: 'failed' }),
        turn('x', {
          ...of,
          ordinal: 4,
          parentId: 'b',
          prompt: 'More',
          state: 'interrupted',
          text: 'Half a bowline',
        }),
      ],
    });
    expect(await store.listConversations({ limit: 5 })).toHaveLength(2);
    if (format > 1) expect(await store.getAnswer('k', 0)).toMatchObject({ value: '"kept"' });
  });

  it('is found by the search, and can be gone on with', async () => {
    writeOld();
    const store = bench.open();
    expect(await store.searchConversations('knots', { limit: 5 })).toMatchObject([
      { conversation: { id: 'c' }, turnId: 'a' },
    ]);
    expect(await store.searchConversations('bowline', { limit: 5 })).toMatchObject([
      { turnId: 'x' },
    ]);
    await store.insertTurn(turn('y', { ordinal: 5, parentId: 'x' }));
    await store.updateConversation('c', { pinned: true });
    await store.deleteTurn('b');
    expect((await store.getConversation('c'))?.turns.map(({ id }) => id)).toEqual(['a']);
    expect(await store.searchConversations('bowline', { limit: 5 })).toEqual([]);
  });
});
