import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredTurn } from '../../../src/engine/ports';
import { TurnSaver } from '../../../src/host/chat/turnSaver';
import type { SqliteConversationStore } from '../../../src/store/conversationStore';
import { loadSqlite } from '../../../src/store/sqliteModule';
import { FakeClock } from '../../helpers/fakeClock';
import { attachment, conversation, outcome, turn } from '../../helpers/storedTurns';
import { bundle, useStores } from '../../helpers/storeWorker';

const bench = useStores();
let folder: string;
let faultyWorker: URL;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pulse-durable-'));
  faultyWorker = pathToFileURL(await bundle('test/helpers/faultyStoreWorker.ts', folder));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const large = 'All work and no play. '.repeat(10_000);

async function turnsOf(store: SqliteConversationStore): Promise<StoredTurn[]> {
  return (await store.getConversation('c'))?.turns ?? [];
}

describe('a full disk', () => {
  it('is told, keeps what was there, and takes all again once there is room', async () => {
    const store = bench.open({ workerUrl: faultyWorker });
    await store.createConversation(conversation('c'));
    await store.insertTurn(turn('t'));
    await store.appendToTurn('t', { text: 'Once ', thinking: '' });
    await store.updateConversation('c', { title: 'disk full' });
    for (const call of [
      () => store.appendToTurn('t', { text: large, thinking: '' }),
      () => store.finishTurn('t', outcome({ text: large })),
      () => store.insertTurn(turn('u', { ordinal: 1, prompt: large })),
      () =>
        store.importConversation(conversation('i'), [turn('i1', { text: large, state: 'done' })]),
    ]) {
      await expect(call()).rejects.toMatchObject({
        name: 'StoreError',
        kind: 'disk',
        message: /Check that the disk has room/,
      });
    }
    expect(await turnsOf(store)).toMatchObject([{ id: 't', text: 'Once ' }]);
    expect(await store.listConversations({ limit: 5 })).toHaveLength(1);
    await store.updateConversation('c', { title: 'disk free' });
    await store.insertTurn(turn('u', { ordinal: 1, prompt: large }));
    await store.finishTurn('t', outcome({ text: large }));
    expect(await turnsOf(store)).toMatchObject([{ text: large }, { prompt: large }]);
    expect(await store.searchConversations('work play', { limit: 5 })).toHaveLength(1);
  });

  it('does not keep a reader, or a deletion that makes room, from working', async () => {
    const store = bench.open({ workerUrl: faultyWorker });
    await store.createConversation(conversation('c'));
    await store.insertTurn(turn('t', { prompt: large, state: 'done' }));
    await store.updateConversation('c', { title: 'disk full' });
    expect((await turnsOf(store))[0]?.prompt).toBe(large);
    await store.deleteEverything();
    expect(await store.listConversations({ limit: 5 })).toEqual([]);
    await store.createConversation(conversation('c'));
    await store.insertTurn(turn('t', { prompt: 'Small' }));
    expect(await turnsOf(store)).toMatchObject([{ prompt: 'Small' }]);
  });
});

describe('a store that another window holds for longer than one waits', () => {
  it('is told, and a reply that goes on meanwhile is there whole in the end', async () => {
    const store = bench.open({ busyTimeoutMs: 20 });
    await store.createConversation(conversation('c'));
    const clock = new FakeClock();
    const faults: unknown[] = [];
    let text = '';
    const whole = () => outcome({ state: 'streaming', text });
    const saver = new TurnSaver(
      't',
      whole,
      () => Promise.resolve(store),
      clock,
      (error) => faults.push(error),
    );
    const say = async (piece: string): Promise<void> => {
      text += piece;
      saver.append(piece, '');
      await clock.advance(1_000);
      // Behind the write that the clock has let go.
      await store.changeCount();
    };
    await saver.insert(turn('t'), (open) => open.createConversation(conversation('c')));
    await say('Once ');
    const other = new (loadSqlite().DatabaseSync)(bench.file);
    other.exec('BEGIN IMMEDIATE');
    await say('upon ');
    await say('a ');
    other.exec('ROLLBACK');
    other.close();
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) {
      expect(fault).toMatchObject({ kind: 'busy', message: /in use by another window/ });
    }
    await say('time ');
    expect((await turnsOf(store))[0]).toMatchObject({ state: 'streaming', text });
    await saver.finish(outcome({ text: `${text}there was` }));
    expect((await turnsOf(store))[0]).toMatchObject({
      state: 'done',
      text: 'Once upon a time there was',
    });
  });

  it('takes a question whose place it refused with the next write', async () => {
    const store = bench.open({ busyTimeoutMs: 20 });
    await store.createConversation(conversation('c'));
    const faults: unknown[] = [];
    const saver = new TurnSaver(
      't',
      () => outcome(),
      () => Promise.resolve(store),
      new FakeClock(),
      (error) => faults.push(error),
    );
    const other = new (loadSqlite().DatabaseSync)(bench.file);
    other.exec('BEGIN IMMEDIATE');
    await saver.insert(turn('t'), (open) => open.createConversation(conversation('c')));
    other.exec('ROLLBACK');
    other.close();
    expect(faults).toHaveLength(1);
    await saver.finish(outcome({ text: 'The answer' }));
    expect(await turnsOf(store)).toMatchObject([
      { prompt: 'Question t', text: 'The answer', state: 'done' },
    ]);
  });
});

describe('a message of 5 MB', () => {
  it('is kept, found, and erased whole', async () => {
    const store = bench.open();
    await store.createConversation(conversation('c'));
    const words = Array.from({ length: 700_000 }, (_, n) => `w${n % 5_000}`);
    const text = `${words.join(' ')} zanzibarmarmalade 数据库`;
    expect(text.length).toBeGreaterThan(3_900_000);
    const picture = attachment('p', {
      kind: 'image',
      content: [{ type: 'image', source: { type: 'base64', data: 'QUJD'.repeat(350_000) } }],
    });
    await store.insertTurn(turn('t', { prompt: text, attachments: [picture] }));
    await store.finishTurn(
      't',
      outcome({ text: `${text} end`, content: [{ type: 'text', text }] }),
    );
    const [read] = await turnsOf(store);
    expect(read?.prompt === text && read.text === `${text} end`).toBe(true);
    expect(read?.attachments).toEqual([picture]);
    for (const query of ['zanzibar', '数据库', 'w4999 zanzibarmarmalade end']) {
      expect(await store.searchConversations(query, { limit: 5 })).toMatchObject([{ turnId: 't' }]);
    }
    await store.deleteTurn('t');
    expect(await bench.holds('zanzibarmarmalade')).toBe(false);
  }, 60_000);
});

describe('a window that is killed while it writes', () => {
  it('has lost nothing that was acknowledged, and the file is sound', async () => {
    const script = await bundle('test/helpers/storeWriter.ts', bench.bundles);
    const child = spawn(process.execPath, [script, bench.file, bench.workerUrl.href, 'endless'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const acknowledged: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line);
      // In the middle of something: the next write is on its way already.
      if (acknowledged.length === 60) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    const store = bench.open();
    const turns = new Map((await turnsOf(store)).map((each) => [each.id, each]));
    const gone = new Set(acknowledged.filter((line) => line.endsWith(' deleted')));
    for (const line of acknowledged) {
      const [id = '', piece] = line.split(' ');
      if (gone.has(`${id} deleted`)) {
        expect(turns.has(id)).toBe(false);
      } else if (piece !== undefined && turns.has(id)) {
        expect(turns.get(id)?.text).toContain(`${piece} words`);
        expect(turns.get(id)?.state).toBe('interrupted');
      }
    }
    // One deletion may be done and not told yet.
    const kept = new Set(acknowledged.map((line) => line.split(' ')[0] ?? ''));
    expect(kept.size - gone.size - turns.size).toBeLessThanOrEqual(1);
    const database = new (loadSqlite().DatabaseSync)(bench.file);
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.close();
    await store.insertTurn(turn('after', { ordinal: 999 }));
  }, 60_000);
});
