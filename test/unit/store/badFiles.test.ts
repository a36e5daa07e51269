import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/base/clock';
import { moveAside } from '../../../src/store/asideFiles';
import { migrate } from '../../../src/store/migrations';
import { toStoreError } from '../../../src/store/sqliteError';
import { loadSqlite } from '../../../src/store/sqliteModule';
import type { SqliteConversationStore } from '../../../src/store/conversationStore';
import { StoreService } from '../../../src/store/storeService';
import { conversation, outcome, turn } from '../../helpers/storedTurns';
import { useStores } from '../../helpers/storeWorker';

const bench = useStores();
const sqlite = loadSqlite();
/** Lets the insides of the search index be written to. Node knows the option before its types do. */
const UNGUARDED = { readOnly: false, defensive: false };
/** SQLite's default, bytes. */
const PAGE = 4_096;
/** Windows does not let a file be moved that another window has open; there the store asks to close that window. */
const noMovingOpenFiles = process.platform === 'win32';

/** A closed file with one conversation `c` of 20 turns. */
async function writeHistory(): Promise<void> {
  const store = bench.open();
  await store.createConversation(conversation('c'));
  for (let ordinal = 0; ordinal < 20; ordinal++) {
    const text = `reply ${ordinal} `.repeat(200);
    await store.insertTurn(turn(`t${ordinal}`, { ordinal, state: 'done', text }));
  }
  await store.close();
}

function edit(work: (database: DatabaseSync) => void): void {
  const database = new sqlite.DatabaseSync(bench.file, UNGUARDED);
  try {
    work(database);
  } finally {
    database.close();
  }
}

/** Overwrites the pages that hold replies, as a failing disk does. What is read when the file is opened stays good. */
function damagePages(): void {
  const bytes = readFileSync(bench.file);
  for (let at = 0; at < bytes.length; at += PAGE) {
    const page = bytes.subarray(at, at + PAGE);
    if (page.includes('reply 1')) page.fill(0x5a);
  }
  writeFileSync(bench.file, bytes);
}

function asideFiles(): string[] {
  return readdirSync(bench.folder).filter((name) => name.includes('.corrupt-'));
}

describe('a damaged file', () => {
  it.each([
    ['is no database', () => writeFileSync(bench.file, 'not a database, '.repeat(1_000))],
    ['is cut off', () => truncateSync(bench.file, 20_000)],
    [
      'is another program’s database',
      () => {
        rmSync(bench.file);
        edit((database) => database.exec('CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)'));
      },
    ],
  ])('is moved aside whole, reported and replaced when it %s', async (_name, damage) => {
    await writeHistory();
    damage();
    const before = readFileSync(bench.file);
    const store = bench.open();
    const moved: string[] = [];
    store.onDidRecover(({ movedTo }) => moved.push(movedTo));
    await store.createConversation(conversation('new'));
    expect(moved).toHaveLength(1);
    expect(path.basename(moved[0] ?? '')).toMatch(/^history\.db\.corrupt-\d{4}-\d\d-\d\dT[\d-]+Z$/);
    expect(readFileSync(moved[0] ?? '').equals(before)).toBe(true);
    expect(await store.listConversations({ limit: 5 })).toMatchObject([{ id: 'new' }]);
  });

  it('takes its journal along, and never the place of an earlier one', () => {
    mkdirSync(bench.folder, { recursive: true });
    for (const round of ['1', '2']) {
      for (const suffix of ['', '-wal', '-shm']) writeFileSync(bench.file + suffix, suffix + round);
      const movedTo = moveAside(bench.file, 0);
      for (const suffix of ['', '-wal', '-shm']) {
        expect(readFileSync(movedTo + suffix, 'utf8')).toBe(suffix + round);
      }
    }
    expect(asideFiles()).toHaveLength(6);
  });

  it('that shows its damage only when read rejects that call and serves the next', async () => {
    await writeHistory();
    damagePages();
    const store = bench.open();
    const moved: string[] = [];
    store.onDidRecover(({ movedTo }) => moved.push(movedTo));
    const failing = store.getConversation('c');
    await expect(failing).rejects.toMatchObject({ name: 'StoreError', kind: 'corrupt' });
    expect(moved).toHaveLength(1);
    await expect(failing).rejects.toThrow(moved[0] ?? 'a path');
    expect(await store.getConversation('c')).toBeUndefined();
    await store.createConversation(conversation('c'));
    expect(asideFiles()).toContain(path.basename(moved[0] ?? ''));
  });

  it.skipIf(noMovingOpenFiles)('is replaced once, not once for each window', async () => {
    await writeHistory();
    writeFileSync(bench.file, 'not a database, '.repeat(1_000));
    const stores = [bench.open(), bench.open()];
    await Promise.all(
      stores.map((store, index) => store.createConversation(conversation(`w${index}`))),
    );
    expect(asideFiles()).toHaveLength(1);
    expect(await stores[0]?.listConversations({ limit: 5 })).toHaveLength(2);
  });

  it.skipIf(noMovingOpenFiles).each([
    ['while it is being opened', (file: string) => file],
    ['after it was opened and found damaged', (file: string) => `${file}.replacing`],
  ])('that another window replaces %s is not replaced again', async (_, moment) => {
    await writeHistory();
    writeFileSync(bench.file, 'not a database, '.repeat(1_000));
    const aside = `${bench.file}.by-the-other-window`;
    // Its damage was seen here, and then the other window moves it away and makes a new one.
    class Interleaved extends sqlite.DatabaseSync {
      constructor(file: string) {
        super(file);
        if (existsSync(aside) || file !== moment(bench.file)) return;
        renameSync(bench.file, aside);
        const other = new sqlite.DatabaseSync(bench.file);
        migrate(other);
        other.close();
      }
    }
    const moved: string[] = [];
    const service = new StoreService({
      file: bench.file,
      owner: 'a',
      busyTimeoutMs: 1_000,
      sqlite: { ...sqlite, DatabaseSync: Interleaved },
      clock: systemClock,
      onRecovered: (movedTo) => moved.push(movedTo),
    });
    service.handle({ op: 'createConversation', conversation: conversation('c') });
    service.dispose();
    expect(moved).toEqual([]);
    expect(asideFiles()).toEqual([]);
  });

  it.skipIf(noMovingOpenFiles)(
    'that another window replaced is not written to any more',
    async () => {
      await writeHistory();
      const store = bench.open();
      await store.updateConversation('c', { title: 'Before' });
      // What the other window does: away with the old, a new one in its place.
      for (const name of readdirSync(bench.folder)) rmSync(path.join(bench.folder, name));
      await bench.open().createConversation(conversation('d'));
      await store.createConversation(conversation('e'));
      expect(await bench.open().listConversations({ limit: 5 })).toHaveLength(2);
    },
  );
});

describe('a damaged search index', () => {
  /** `where`: rows of its own table; 10 is the one that tells where the others belong. */
  async function damageIndex(where: string): Promise<void> {
    await writeHistory();
    const store = bench.open();
    // Takes all of it into the index.
    await store.searchConversations('reply', { limit: 5 });
    await store.close();
    edit((database) =>
      database.exec(`UPDATE turn_words_data SET block = x'5a5a5a5a' WHERE ${where}`),
    );
  }

  const isInIndex = async (store: SqliteConversationStore): Promise<boolean> =>
    (await store.searchConversations('reply', { limit: 5 })).length === 1;

  it('is made anew, and nobody is told: no chat depends on it', async () => {
    await damageIndex('id > 10');
    const store = bench.open();
    const moved: string[] = [];
    store.onDidRecover(({ movedTo }) => moved.push(movedTo));
    expect(await isInIndex(store)).toBe(true);
    expect((await store.getConversation('c'))?.turns).toHaveLength(20);
    expect(moved).toEqual([]);
  });

  it.each(['id > 10', 'id = 10', 'id > 0'])(
    'keeps no reply from being saved (%s)',
    async (where) => {
      await damageIndex(where);
      const store = bench.open();
      await store.finishTurn('t3', outcome({ text: 'The end' }));
      await store.deleteTurn('t4');
      const turns = (await store.getConversation('c'))?.turns;
      expect(turns?.[3]?.text).toBe('The end');
      expect(turns).toHaveLength(19);
      expect(await isInIndex(store)).toBe(true);
      expect(asideFiles()).toEqual([]);
    },
  );
});

describe('a damaged row', () => {
  it.each(['not JSON', '{"usage":{}}', '[{"type":"text"}]', '"x"', ''])(
    'with %j in its JSON columns keeps its texts',
    async (json) => {
      const store = bench.open();
      await store.createConversation(conversation('c'));
      await store.insertTurn(turn('t'));
      await store.finishTurn('t', outcome({ content: [{ type: 'text', text: 'Answer' }] }));
      edit((database) =>
        database
          .prepare('UPDATE turns SET content = ?, stats = ?, error = ?')
          .run(json, json, json),
      );
      expect((await store.getConversation('c'))?.turns).toEqual([
        turn('t', { state: 'done', text: 'Answer' }),
      ]);
    },
  );
});

describe('a newer file', () => {
  it('is left alone', async () => {
    await writeHistory();
    edit((database) => database.exec('PRAGMA journal_mode = DELETE; PRAGMA user_version = 99'));
    const before = readFileSync(bench.file);
    const store = bench.open();
    await expect(store.listConversations({ limit: 5 })).rejects.toMatchObject({ kind: 'newer' });
    await expect(store.createConversation(conversation('d'))).rejects.toThrow(/newer version/);
    await expect(store.deleteEverything()).rejects.toMatchObject({ kind: 'newer' });
    await store.close();
    expect(readFileSync(bench.file).equals(before)).toBe(true);
    expect(readdirSync(bench.folder)).toEqual(['history.db']);
  });

  it('is noticed when another window upgraded it under an open store', async () => {
    await writeHistory();
    const store = bench.open();
    await store.updateConversation('c', { title: 'Before' });
    edit((database) => database.exec('PRAGMA user_version = 99'));
    await expect(store.updateConversation('c', { title: 'After' })).rejects.toMatchObject({
      kind: 'newer',
    });
    await expect(store.getConversation('c')).rejects.toMatchObject({ kind: 'newer' });
  });
});

describe('a disk that refuses', () => {
  it('is reported when the path can not be a file', async () => {
    mkdirSync(bench.file, { recursive: true });
    await expect(bench.open().listConversations({ limit: 5 })).rejects.toMatchObject({
      name: 'StoreError',
      kind: 'disk',
    });
  });

  it('is reported when the folder can not be made, and tried again', async () => {
    writeFileSync(bench.folder, 'a file where the folder should be');
    const store = bench.open();
    await expect(store.listConversations({ limit: 5 })).rejects.toMatchObject({ kind: 'disk' });
    rmSync(bench.folder);
    expect(await store.listConversations({ limit: 5 })).toEqual([]);
  });

  it('is told apart from other errors of SQLite', async () => {
    await writeHistory();
    const errorOf = (options: { readOnly?: boolean }, ...statements: string[]): unknown => {
      const database = new sqlite.DatabaseSync(bench.file, options);
      try {
        for (const statement of statements) database.exec(statement);
        return undefined;
      } catch (error) {
        return toStoreError(error, bench.file);
      } finally {
        database.close();
      }
    };
    const grow = 'CREATE TABLE big AS SELECT zeroblob(1000000) AS a';
    expect(errorOf({}, 'PRAGMA max_page_count = 10', grow)).toMatchObject({ kind: 'disk' });
    expect(errorOf({ readOnly: true }, grow)).toMatchObject({ kind: 'disk' });
    expect(errorOf({}, 'INSERT INTO conversations (id) VALUES (NULL)')).toMatchObject({
      kind: 'invalid',
    });
    expect(errorOf({}, 'SELECT nonsense')).toMatchObject({ kind: 'worker' });
  });
});
