import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatOf, migrate } from '../../../src/store/migrations';
import { loadSqlite } from '../../../src/store/sqliteModule';

const first = 'CREATE TABLE notes (text TEXT NOT NULL) STRICT;';
const second = `ALTER TABLE notes ADD COLUMN stars INTEGER NOT NULL DEFAULT 0;
  UPDATE notes SET stars = 3;`;

let database: DatabaseSync;
beforeEach(() => {
  database = new (loadSqlite().DatabaseSync)(':memory:');
});
afterEach(() => database.close());

const notes = (): unknown[] => database.prepare('SELECT * FROM notes').all();

describe('migrate', () => {
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
