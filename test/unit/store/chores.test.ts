import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNDO_MS } from '../../../src/store/deletions';
import type { StoreCall, StoreOp, StoreResult } from '../../../src/store/messages';
import { parseCall, parseResult } from '../../../src/store/messages';
import { loadSqlite } from '../../../src/store/sqliteModule';
import { StoreService } from '../../../src/store/storeService';
import { FakeClock } from '../../helpers/fakeClock';
import { seededRandom } from '../../helpers/seededRandom';
import { conversation, turn } from '../../helpers/storedTurns';

const sqlite = loadSqlite();
let folder: string;
let file: string;
let clock: FakeClock;
let services: StoreService[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pulse-chores-'));
  file = path.join(folder, 'history.db');
  clock = new FakeClock();
  services = [];
});

afterEach(() => {
  for (const service of services) service.dispose();
  rmSync(folder, { recursive: true, force: true });
  expect(clock.pending).toBe(0);
});

/** A window's store, without the thread around it. */
class Window {
  readonly service: StoreService;

  constructor(owner: string, module: typeof sqlite = sqlite) {
    this.service = new StoreService({
      file,
      owner,
      busyTimeoutMs: 50,
      sqlite: module,
      clock,
      onRecovered: () => undefined,
    });
    services.push(this.service);
  }

  call<Op extends StoreOp>(call: Extract<StoreCall, { op: Op }>): StoreResult<Op> {
    const op: Op = call.op;
    return parseResult(op, this.service.handle(parseCall(call)));
  }

  add(id: string, turns = 1): void {
    this.call({ op: 'createConversation', conversation: conversation(id) });
    for (let ordinal = 0; ordinal < turns; ordinal++) {
      const given = { conversationId: id, ordinal, state: 'done', text: `reply of ${id}` } as const;
      this.call({ op: 'insertTurn', turn: { ...turn(`${id}${ordinal}`, given), content: [] } });
    }
  }

  find(query: string): string[] {
    const hits = this.call({ op: 'searchConversations', query, limit: 9 });
    return hits.map((hit) => hit.conversation.id);
  }
}

function count(table: string): number {
  const database = new sqlite.DatabaseSync(file);
  try {
    return Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
  } finally {
    database.close();
  }
}

describe('what was deleted over a minute ago', () => {
  it('is gone for good by itself', async () => {
    const window = new Window('a');
    window.add('c', 3);
    window.call({ op: 'deleteConversation', id: 'c' });
    await clock.advance(UNDO_MS - 1);
    expect(count('turns')).toBe(3);
    await clock.advance(200);
    expect([count('turns'), count('conversations'), count('unindexed_turns')]).toEqual([0, 0, 0]);
    expect(window.call({ op: 'restoreConversation', id: 'c' })).toBe(false);
  });

  it('is kept while it was taken back in time', async () => {
    const window = new Window('a');
    window.add('c');
    window.call({ op: 'deleteConversation', id: 'c' });
    await clock.advance(UNDO_MS - 1);
    expect(window.call({ op: 'restoreConversation', id: 'c' })).toBe(true);
    await clock.advance(2 * UNDO_MS);
    expect(count('turns')).toBe(1);
  });

  it('goes when the file is next opened, if its window died', async () => {
    const dead = new Window('a');
    dead.add('c');
    dead.call({ op: 'deleteConversation', id: 'c' });
    dead.service.dispose();
    await clock.advance(2 * UNDO_MS);
    expect(count('turns')).toBe(1);
    new Window('b').call({ op: 'changeCount' });
    await clock.advance(200);
    expect(count('turns')).toBe(0);
  });

  it('goes when another window that is open looks at the list', async () => {
    const [dead, other] = [new Window('a'), new Window('b')];
    other.call({ op: 'changeCount' });
    dead.add('c');
    dead.call({ op: 'deleteConversation', id: 'c' });
    dead.service.dispose();
    other.call({ op: 'listConversations', limit: 5 });
    await clock.advance(UNDO_MS + 200);
    expect(count('turns')).toBe(0);
  });

  it('goes at once where the clock was set back since', async () => {
    const window = new Window('a');
    window.add('c');
    window.call({ op: 'deleteConversation', id: 'c' });
    clock.jumpWall(-10 * UNDO_MS);
    window.call({ op: 'listConversations', limit: 5 });
    await clock.advance(200);
    expect(count('turns')).toBe(0);
  });

  it('goes later where another window holds the file just then', async () => {
    const window = new Window('a');
    window.add('c');
    window.call({ op: 'deleteConversation', id: 'c' });
    const other = new sqlite.DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE');
    await clock.advance(UNDO_MS + 1_000);
    other.exec('ROLLBACK');
    other.close();
    expect(count('turns')).toBe(1);
    await clock.advance(10_000);
    expect(count('turns')).toBe(0);
  });
});

describe('a purge', () => {
  it('goes on where it was when its window died in the middle', async () => {
    const window = new Window('a');
    window.add('c', 30);
    expect(window.find('reply')).toEqual(['c']);
    window.call({ op: 'deleteConversation', id: 'c' });
    window.call({ op: 'purgeDeleted', id: 'c' });
    window.service.dispose();
    expect(count('turns')).toBe(30);
    const next = new Window('b');
    expect(next.call({ op: 'listConversations', limit: 5 })).toEqual([]);
    expect(next.find('reply')).toEqual([]);
    await clock.advance(200);
    expect(count('turns')).toBe(0);
  });
});

describe('what is erased', () => {
  /** Words that a person wrote are in the index as they are, and in no other row. */
  const word = (n: number): string => `zz${n.toString(36).padStart(3, 'q')}xx`;

  it.each([1, 2, 3, 4])('leaves no word behind, whatever was done before (%i)', async (seed) => {
    const random = seededRandom(seed);
    const pick = (below: number): number => Math.floor(random() * below);
    const window = new Window('a');
    window.call({ op: 'createConversation', conversation: conversation('c') });
    const words = new Map<string, number>();
    for (let step = 0; step < 150; step++) {
      const ids = [...words.keys()];
      const id = ids[pick(ids.length)];
      const action = pick(6);
      if (id === undefined || action < 3) {
        const given = { ordinal: step, state: 'done', text: word(step) } as const;
        window.call({ op: 'insertTurn', turn: { ...turn(`t${step}`, given), content: [] } });
        words.set(`t${step}`, step);
      } else if (action === 3) {
        window.call({ op: 'deleteTurn', id });
        words.delete(id);
      } else if (action === 4) {
        window.call({ op: 'sweep' });
      } else {
        window.find(word(words.get(id) ?? 0));
      }
      if (pick(10) === 0) await clock.advance(50);
    }
    await clock.advance(1_000);
    window.service.dispose();
    const bytes = readFileSync(file, 'latin1');
    const left = Array.from({ length: 150 }, (_, n) => n).filter((n) => bytes.includes(word(n)));
    expect(left).toEqual([...words.values()].toSorted((a, b) => a - b));
  });
});

describe('the search index', () => {
  it('takes in by itself what was imported', async () => {
    const window = new Window('a');
    const turns = Array.from({ length: 120 }, (_, ordinal) =>
      turn(`t${ordinal}`, { ordinal, state: 'done', text: 'imported' }),
    );
    window.call({ op: 'importConversation', conversation: conversation('c'), turns });
    expect(count('unindexed_turns')).toBe(120);
    await clock.advance(1_000);
    expect(count('unindexed_turns')).toBe(0);
    expect(window.find('imported')).toEqual(['c']);
  });

  it('leaves alone what another window is working on, and takes in what a dead one left', async () => {
    const [one, other] = [new Window('a'), new Window('b')];
    one.call({ op: 'createConversation', conversation: conversation('c') });
    one.call({ op: 'insertTurn', turn: { ...turn('t', { prompt: 'a question' }), content: [] } });
    expect(other.find('question')).toEqual([]);
    expect(count('unindexed_turns')).toBe(1);
    one.call({ op: 'appendToTurn', id: 't', text: 'half an answer', thinking: '' });
    one.service.dispose();
    const database = new sqlite.DatabaseSync(file);
    database.exec("UPDATE running_turns SET owner = 'dead', pid = 0, touched_at = 0");
    database.close();
    expect(other.find('half question')).toEqual(['c']);
    expect(count('unindexed_turns')).toBe(0);
  });

  it('is done without where SQLite has none, and made by the next that can', async () => {
    const plain = new Window('a', withoutFts5());
    plain.add('c', 2);
    plain.add('d');
    expect(plain.find('reply of c')).toEqual(['c']);
    expect(plain.find('repl')).toHaveLength(2);
    plain.call({ op: 'deleteTurn', id: 'c1' });
    plain.call({ op: 'sweep' });
    const able = new Window('b');
    expect(able.find('reply of c')).toEqual(['c']);
    expect(count('unindexed_turns')).toBe(0);
    // What the other one changes is not in its index: it is made anew.
    plain.call({ op: 'deleteTurn', id: 'c0' });
    plain.call({ op: 'sweep' });
    able.service.dispose();
    const next = new Window('c');
    expect(next.find('reply')).toEqual(['d']);
    next.call({ op: 'deleteEverything' });
    expect(next.find('reply')).toEqual([]);
  });
});

/** SQLite as some runtimes have it. */
function withoutFts5(): typeof sqlite {
  class Plain extends sqlite.DatabaseSync {
    override prepare(sql: string) {
      if (sql.includes('turn_words') && !sql.includes('sqlite_schema')) {
        throw new Error('no such module: fts5');
      }
      return super.prepare(sql.replace("name = 'fts5'", "name = 'none such'"));
    }
  }
  return { ...sqlite, DatabaseSync: Plain };
}
