import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SqliteConversationStore } from '../../../src/store/conversationStore';
import { FakeClock } from '../../helpers/fakeClock';
import { conversation, turn } from '../../helpers/storedTurns';
import { bundle, useStores } from '../../helpers/storeWorker';

const bench = useStores();
const LONGER_THAN_ANY_LIMIT = 120_000;
/** What VS Code gives an extension to shut down. */
const SHUTDOWN_MS = 5_000;

let folder: string;
let faultyWorker: URL;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pulse-faulty-'));
  faultyWorker = pathToFileURL(await bundle('test/helpers/faultyStoreWorker.ts', folder));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A store with the conversation `c`, on a thread that breaks at the word given as a title. */
async function openFaulty(clock = new FakeClock()): Promise<SqliteConversationStore> {
  const store = bench.open({ workerUrl: faultyWorker, clock });
  await store.createConversation(conversation('c'));
  return store;
}

const kindOf = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'resolved',
    (error: unknown) => (error instanceof Error && 'kind' in error ? error.kind : error),
  );

describe('a thread that dies', () => {
  it('fails the call that was on its way, and later calls get a new thread', async () => {
    const store = await openFaulty();
    expect(await kindOf(store.updateConversation('c', { title: 'die' }))).toBe('worker');
    expect(await store.listConversations({ limit: 5 })).toHaveLength(1);
    expect(await kindOf(store.updateConversation('c', { title: 'die' }))).toBe('worker');
    expect(await store.listConversations({ limit: 5 })).toHaveLength(1);
  });

  it('does not take along the calls that waited behind', async () => {
    const store = await openFaulty();
    const dying = kindOf(store.updateConversation('c', { title: 'die' }));
    const insert = store.insertTurn(turn('t'));
    const read = store.getConversation('c');
    expect(await dying).toBe('worker');
    await insert;
    expect((await read)?.turns).toHaveLength(1);
  });

  it('twice in a row fails every call at once', async () => {
    const store = await openFaulty();
    const dying = [
      store.updateConversation('c', { title: 'die' }),
      store.updateConversation('c', { title: 'die' }),
    ];
    const waiting = store.getConversation('c');
    expect(await Promise.all([...dying, waiting].map(kindOf))).toEqual([
      'worker',
      'worker',
      'worker',
    ]);
    expect(await kindOf(store.getConversation('c'))).toBe('worker');
    await store.close();
  });

  it('at its start fails every call, with the reason', async () => {
    const store = bench.open({ workerUrl: pathToFileURL(path.join(folder, 'not-there.mjs')) });
    await expect(store.listConversations({ limit: 5 })).rejects.toThrow(/not-there/);
    await expect(store.listConversations({ limit: 5 })).rejects.toMatchObject({ kind: 'worker' });
    await store.close();
  });

  it('keeps the turns that it was streaming', async () => {
    const store = await openFaulty();
    await store.insertTurn(turn('t'));
    await kindOf(store.updateConversation('c', { title: 'die' }));
    expect((await store.getConversation('c'))?.turns).toMatchObject([{ state: 'waiting' }]);
  });
});

describe('a thread that talks nonsense', () => {
  it('is replaced', async () => {
    const store = await openFaulty();
    expect(await kindOf(store.updateConversation('c', { title: 'nonsense' }))).toBe('worker');
    expect(await store.listConversations({ limit: 5 })).toHaveLength(1);
  });
});

describe('a thread that does not answer', () => {
  it('fails the call after its limit, and those that waited as not carried out', async () => {
    const clock = new FakeClock();
    const store = await openFaulty(clock);
    const hanging = store.updateConversation('c', { title: 'hang' });
    const waiting = store.updateConversation('c', { title: 'Behind' });
    const checks = Promise.all([
      expect(hanging).rejects.toMatchObject({ kind: 'busy', message: /may still be made/ }),
      expect(waiting).rejects.toMatchObject({ kind: 'busy', message: /Nothing was changed/ }),
    ]);
    await clock.advance(LONGER_THAN_ANY_LIMIT);
    await checks;
    const closing = kindOf(store.close());
    await clock.advance(LONGER_THAN_ANY_LIMIT);
    expect(await closing).toBe('busy');
    expect(clock.pending).toBe(0);
  });

  it('is not replaced when the store is closed: what still waits rejects', async () => {
    const clock = new FakeClock();
    const store = await openFaulty(clock);
    const calls = [
      kindOf(store.updateConversation('c', { title: 'hang' })),
      kindOf(store.updateConversation('c', { title: 'Behind' })),
      kindOf(store.close()),
    ];
    await clock.advance(SHUTDOWN_MS);
    expect(await Promise.all(calls)).toEqual(['closed', 'closed', 'busy']);
    expect(clock.pending).toBe(0);
    expect(await bench.open().listConversations({ limit: 5 })).toMatchObject([{ title: 'Chat c' }]);
  });

  it('serves later calls once it answers again', async () => {
    const clock = new FakeClock();
    const store = await openFaulty(clock);
    const late = kindOf(store.updateConversation('c', { title: 'late' }));
    await clock.advance(LONGER_THAN_ANY_LIMIT);
    expect(await late).toBe('busy');
    expect(await store.listConversations({ limit: 5 })).toMatchObject([{ title: 'late' }]);
  });
});

it('leaves no timer behind', async () => {
  const clock = new FakeClock();
  const store = await openFaulty(clock);
  await kindOf(store.updateConversation('nowhere', { title: 'x' }));
  await kindOf(store.updateConversation('c', { title: 'die' }));
  await store.close();
  expect(clock.pending).toBe(0);
});
