import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredTurn } from '../../../src/engine/ports';
import { HEARTBEAT_MS, SILENCE_MS } from '../../../src/store/liveTurns';
import { parseResult } from '../../../src/store/messages';
import { loadSqlite } from '../../../src/store/sqliteModule';
import { StoreService } from '../../../src/store/storeService';
import { FakeClock } from '../../helpers/fakeClock';
import { conversation, outcome, turn } from '../../helpers/storedTurns';

const sqlite = loadSqlite();
let folder: string;
let file: string;
let clock: FakeClock;
let services: StoreService[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pulse-live-'));
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
function openWindow(owner: string): StoreService {
  const options = { file, owner, busyTimeoutMs: 1_000, sqlite, clock };
  const service = new StoreService({ ...options, onRecovered: () => undefined });
  services.push(service);
  return service;
}

/** A window that has sent the question `t` and got a piece of the answer. */
function openStreamingWindow(owner: string): StoreService {
  const service = openWindow(owner);
  service.handle({ op: 'createConversation', conversation: conversation('c') });
  service.handle({ op: 'insertTurn', turn: { ...turn('t'), content: [] } });
  service.handle({ op: 'appendToTurn', id: 't', text: 'Once ', thinking: '' });
  return service;
}

function read(service: StoreService): StoredTurn | undefined {
  const value = service.handle({ op: 'getConversation', id: 'c' });
  return parseResult('getConversation', value)?.turns[0];
}

/** Changes the file behind the store's back. */
function edit(sql: string, ...values: (string | number)[]): void {
  const database = new sqlite.DatabaseSync(file);
  try {
    database.prepare(sql).run(...values);
  } finally {
    database.close();
  }
}

describe('a turn of another window', () => {
  it('is streaming while that window lives, however long nothing arrives', async () => {
    openStreamingWindow('a');
    const other = openWindow('b');
    for (let waited = 0; waited < 5 * SILENCE_MS; waited += HEARTBEAT_MS) {
      await clock.advance(HEARTBEAT_MS);
      expect(read(other)).toMatchObject({ state: 'streaming', text: 'Once ' });
    }
  });

  it('is interrupted, with its text, once that window is silent for too long', async () => {
    openStreamingWindow('a');
    // Its heart stops: the claim moves to an owner that no store here has.
    edit("UPDATE running_turns SET owner = 'dead', place = 'another machine'");
    services[0]?.dispose();
    const other = openWindow('b');
    await clock.advance(SILENCE_MS);
    expect(read(other)?.state).toBe('streaming');
    await clock.advance(1);
    expect(read(other)).toMatchObject({ state: 'interrupted', text: 'Once ' });
  });

  it('is interrupted at once when its process is gone', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    openStreamingWindow('a');
    edit("UPDATE running_turns SET owner = 'dead', pid = ?", pid);
    expect(read(openWindow('b'))?.state).toBe('interrupted');
  });

  it('is not judged by the process numbers of another machine', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    openStreamingWindow('a');
    edit("UPDATE running_turns SET owner = 'far', place = 'another machine', pid = ?", pid);
    expect(read(openWindow('b'))?.state).toBe('streaming');
  });

  it('is interrupted when its last sign of life lies in the future', () => {
    openStreamingWindow('a');
    const future = clock.wallNow() + SILENCE_MS + 1;
    edit("UPDATE running_turns SET owner = 'dead', touched_at = ?", future);
    expect(read(openWindow('b'))?.state).toBe('interrupted');
  });

  it('streams again when its window was only asleep', async () => {
    const sleeper = openStreamingWindow('a');
    const other = openWindow('b');
    edit('UPDATE running_turns SET touched_at = touched_at - ?', SILENCE_MS + 1);
    expect(read(other)?.state).toBe('interrupted');
    await clock.advance(HEARTBEAT_MS);
    expect(read(other)?.state).toBe('streaming');
    sleeper.handle({ op: 'appendToTurn', id: 't', text: 'upon', thinking: '' });
    sleeper.handle({ op: 'finishTurn', id: 't', outcome: { ...outcome(), content: [] } });
    expect(read(other)).toMatchObject({ state: 'done', text: 'Answer' });
  });
});

describe('a turn of this window', () => {
  it('is interrupted when the store is closed before it ended', () => {
    const first = openStreamingWindow('a');
    first.handle({ op: 'appendToTurn', id: 't', text: 'upon', thinking: 'Hm' });
    first.handle({ op: 'close' });
    expect(read(openWindow('b'))).toMatchObject({
      state: 'interrupted',
      text: 'Once upon',
      thinking: 'Hm',
    });
  });

  it('goes on when the thread was restarted under it', async () => {
    openStreamingWindow('a');
    const restarted = openWindow('a');
    expect(read(restarted)?.state).toBe('streaming');
    services[0]?.dispose();
    await clock.advance(2 * SILENCE_MS);
    expect(read(openWindow('b'))?.state).toBe('streaming');
  });

  it('is interrupted when it ended but its end could not be saved', () => {
    const service = openStreamingWindow('a');
    edit("CREATE TRIGGER fail BEFORE UPDATE OF text ON turns BEGIN SELECT raise(FAIL, 'no'); END");
    const finish = { op: 'finishTurn', id: 't', outcome: { ...outcome(), content: [] } } as const;
    expect(() => service.handle(finish)).toThrow();
    expect(read(service)).toMatchObject({ state: 'interrupted', text: 'Once ' });
  });

  it('keeps no timer once nothing runs', () => {
    const service = openStreamingWindow('a');
    expect(clock.pending).toBe(1);
    service.handle({ op: 'finishTurn', id: 't', outcome: { ...outcome(), content: [] } });
    expect(clock.pending).toBe(0);
  });

  it('keeps no timer for a turn that another window deleted', () => {
    const service = openStreamingWindow('a');
    const other = openWindow('b');
    other.handle({ op: 'deleteConversation', id: 'c' });
    other.handle({ op: 'purgeDeleted', id: 'c' });
    other.handle({ op: 'sweep' });
    expect(() =>
      service.handle({ op: 'appendToTurn', id: 't', text: 'upon', thinking: '' }),
    ).toThrow(expect.objectContaining({ kind: 'missing' }));
    expect(clock.pending).toBe(0);
  });

  it('loses a turn of a broken file without a sign of its owner', () => {
    const service = openStreamingWindow('a');
    edit('DELETE FROM running_turns');
    expect(read(service)?.state).toBe('interrupted');
  });
});
