import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StoredTurn, TurnStats } from '../../../src/engine/ports';
import type { ErrorInfo } from '../../../src/engine/types';
import type { SqliteConversationStore } from '../../../src/store/conversationStore';
import { attachment, conversation, outcome, turn } from '../../helpers/storedTurns';
import { useStores } from '../../helpers/storeWorker';

const bench = useStores();

const stats: TurnStats = {
  usage: { inputTokens: 10, outputTokens: 20, cacheReadTokens: 3, cacheWriteTokens: 0 },
  timing: {
    queueMs: 1,
    backoffMs: 0,
    connectMs: undefined,
    firstByteMs: 210.5,
    firstTokenMs: 400.25,
    totalMs: 2_000,
  },
  costUSD: undefined,
  requestId: 'req_1',
  attempts: 2,
};

const error: ErrorInfo = {
  kind: 'overloaded',
  message: 'The server is overloaded. Try again.',
  status: 529,
  requestId: undefined,
  retryable: true,
  retryAfterMs: undefined,
};

async function turnsOf(store: SqliteConversationStore, id = 'c'): Promise<StoredTurn[]> {
  const found = await store.getConversation(id);
  if (!found) throw new Error(`no conversation ${id}`);
  return found.turns;
}

/** A store with the conversation `c`. */
async function openWithChat(): Promise<SqliteConversationStore> {
  const store = bench.open();
  await store.createConversation(conversation('c'));
  return store;
}

describe('conversations', () => {
  it('does nothing before the first call', async () => {
    const store = bench.open();
    await store.close();
    expect(existsSync(bench.folder)).toBe(false);
  });

  it('keeps a conversation over a restart', async () => {
    const first = bench.open();
    const chat = conversation('c', { workspace: 'file:///project', updatedAt: 5_000 });
    await first.createConversation(chat);
    await first.close();
    expect(await bench.open().getConversation('c')).toEqual({ conversation: chat, turns: [] });
  });

  it('tells an unknown conversation by undefined', async () => {
    expect(await bench.open().getConversation('nowhere')).toBeUndefined();
  });

  it('renames', async () => {
    const store = await openWithChat();
    await store.updateConversation('c', { title: 'Knots' });
    expect(await store.listConversations({ limit: 5 })).toMatchObject([{ title: 'Knots' }]);
    await expect(store.updateConversation('nowhere', { title: 'x' })).rejects.toMatchObject({
      kind: 'missing',
    });
  });

  it('lists the newest first, of one workspace or of all, up to the limit', async () => {
    const store = bench.open();
    await store.createConversation(conversation('old', { workspace: 'w', updatedAt: 1 }));
    await store.createConversation(conversation('new', { workspace: 'w', updatedAt: 3 }));
    await store.createConversation(conversation('other', { workspace: 'v', updatedAt: 2 }));
    const ids = async (filter: { workspace?: string; limit: number }): Promise<string[]> =>
      (await store.listConversations(filter)).map(({ id }) => id);
    expect(await ids({ limit: 10 })).toEqual(['new', 'other', 'old']);
    expect(await ids({ limit: 2 })).toEqual(['new', 'other']);
    expect(await ids({ workspace: 'w', limit: 10 })).toEqual(['new', 'old']);
    expect(await ids({ workspace: 'nowhere', limit: 10 })).toEqual([]);
  });

  it('moves up in the list with a new turn, not with an old one', async () => {
    const store = await openWithChat();
    await store.insertTurn(turn('t', { createdAt: 9_000 }));
    expect((await store.getConversation('c'))?.conversation.updatedAt).toBe(9_000);
    await store.insertTurn(turn('u', { createdAt: 8_000 }));
    expect((await store.getConversation('c'))?.conversation.updatedAt).toBe(9_000);
  });

  it('takes the same conversation again without a change', async () => {
    const store = await openWithChat();
    await store.createConversation(conversation('c', { title: 'Another' }));
    expect((await store.getConversation('c'))?.conversation.title).toBe('Chat c');
  });
});

describe('turns', () => {
  it('keeps everything of a finished turn', async () => {
    const store = await openWithChat();
    const content = [
      { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
      { type: 'text', text: 'Answer' },
      { type: 'later_block', anything: { goes: [1, null] } },
    ];
    await store.insertTurn(turn('t'));
    await store.finishTurn('t', outcome({ content, stopReason: 'end_turn', stats, error }));
    await store.close();
    expect(await turnsOf(bench.open())).toEqual([
      turn('t', { state: 'done', text: 'Answer', content, stopReason: 'end_turn', stats, error }),
    ]);
  });

  it('changes only what an outcome names', async () => {
    const store = await openWithChat();
    await store.insertTurn(turn('t', { state: 'failed', stopReason: 'refusal', stats, error }));
    await store.finishTurn('t', outcome({ error: undefined }));
    expect(await turnsOf(store)).toMatchObject([
      { stopReason: 'refusal', stats, error: undefined },
    ]);
  });

  it('joins the pieces of a reply in flight', async () => {
    const store = await openWithChat();
    await store.insertTurn(turn('t'));
    await store.appendToTurn('t', { text: 'Once ', thinking: 'Hm' });
    await store.appendToTurn('t', { text: '', thinking: '' });
    await store.appendToTurn('t', { text: 'upon', thinking: 'm.' });
    expect(await turnsOf(store)).toMatchObject([
      { state: 'streaming', text: 'Once upon', thinking: 'Hmm.' },
    ]);
  });

  it('ends with the whole texts of the outcome, not the pieces', async () => {
    const store = await openWithChat();
    await store.insertTurn(turn('t'));
    await store.appendToTurn('t', { text: 'Once', thinking: '' });
    await store.finishTurn('t', outcome({ text: 'Once upon a time' }));
    expect(await turnsOf(store)).toMatchObject([{ state: 'done', text: 'Once upon a time' }]);
  });

  it('goes on from a finished reply when more is added', async () => {
    const store = await openWithChat();
    await store.insertTurn(turn('t'));
    await store.appendToTurn('t', { text: 'Once', thinking: 'Hm' });
    await store.finishTurn('t', outcome({ state: 'stopped', text: 'Once', thinking: 'Hm' }));
    await store.appendToTurn('t', { text: ' upon', thinking: '.' });
    expect(await turnsOf(store)).toMatchObject([
      { state: 'streaming', text: 'Once upon', thinking: 'Hm.' },
    ]);
  });

  it('takes effect in the order of the calls', async () => {
    const store = bench.open();
    const calls = [
      store.createConversation(conversation('c')),
      store.insertTurn(turn('t')),
      ...['a', 'b', 'c', 'd', 'e', 'f'].map((text) =>
        store.appendToTurn('t', { text, thinking: '' }),
      ),
    ];
    const read = turnsOf(store);
    await Promise.all(calls);
    expect((await read)[0]?.text).toBe('abcdef');
  });

  it('returns the turns in the order of their ordinals', async () => {
    const store = await openWithChat();
    await store.insertTurn(turn('second', { ordinal: 1 }));
    await store.insertTurn(turn('first', { ordinal: 0 }));
    expect((await turnsOf(store)).map(({ id }) => id)).toEqual(['first', 'second']);
  });

  it('takes a saved turn again without doubling it', async () => {
    const store = await openWithChat();
    await store.insertTurn(turn('t'));
    await store.appendToTurn('t', { text: 'Once', thinking: '' });
    await store.insertTurn(turn('t'));
    expect(await turnsOf(store)).toMatchObject([{ text: 'Once' }]);
    await expect(store.insertTurn(turn('t', { prompt: 'Another' }))).rejects.toMatchObject({
      kind: 'invalid',
    });
  });

  it.each([
    [
      'append',
      (store: SqliteConversationStore) => store.appendToTurn('t', { text: 'a', thinking: '' }),
    ],
    ['finish', (store: SqliteConversationStore) => store.finishTurn('t', outcome())],
    [
      'insert',
      (store: SqliteConversationStore) => store.insertTurn(turn('t', { conversationId: 'gone' })),
    ],
  ])('says so when what it should %s to is gone', async (_name, call) => {
    const store = await openWithChat();
    await expect(call(store)).rejects.toMatchObject({ name: 'StoreError', kind: 'missing' });
  });
});

describe('texts', () => {
  it.each([
    ['NUL', 'a\0b\0', 'a\0b\0'],
    ['a byte order mark', '\uFEFFa', '\uFEFFa'],
    ['an emoji', 'fam👩‍👩‍👧ily', 'fam👩‍👩‍👧ily'],
    ['a lone surrogate', 'x\uD83Dy', 'x\uFFFDy'],
    ['SQL', `'; DROP TABLE turns; --`, `'; DROP TABLE turns; --`],
    ['nothing', '', ''],
  ])('keeps %s', async (_name, given, kept) => {
    const store = bench.open();
    await store.createConversation(conversation('c', { title: given, workspace: given }));
    const more = {
      asked: given,
      attachments: [attachment('f', { label: given, content: [{ type: 'text', text: given }] })],
      feedback: { rating: 'down', reason: given },
    } as const;
    await store.insertTurn(turn('t', { prompt: given, model: given, endpointId: given, ...more }));
    await store.appendToTurn('t', { text: given, thinking: given });
    const read = await store.getConversation('c');
    expect(read?.conversation).toMatchObject({ title: kept, workspace: kept });
    expect(read?.turns).toMatchObject([
      {
        prompt: kept,
        model: kept,
        endpointId: kept,
        text: kept,
        thinking: kept,
        asked: kept,
        attachments: [{ label: given, content: [{ text: given }] }],
        feedback: { reason: kept },
      },
    ]);
    await store.finishTurn('t', outcome({ text: given, content: [{ type: 'text', text: given }] }));
    expect(await turnsOf(store)).toMatchObject([{ text: kept, content: [{ text: given }] }]);
  });

  it('keeps a character whose halves come in two pieces', async () => {
    const store = await openWithChat();
    await store.insertTurn(turn('t'));
    await store.appendToTurn('t', { text: 'a\uD83D', thinking: '\uD83D' });
    await store.appendToTurn('t', { text: '', thinking: '' });
    await store.appendToTurn('t', { text: '\uDE00b', thinking: '\uDE00' });
    expect(await turnsOf(store)).toMatchObject([{ text: 'a😀b', thinking: '😀' }]);
  });

  it('keeps a question of 8 million characters', async () => {
    const store = await openWithChat();
    const prompt = 'word '.repeat(1_600_000);
    await store.insertTurn(turn('t', { prompt }));
    const [read] = await turnsOf(store);
    expect(read?.prompt === prompt).toBe(true);
  });
});

describe('faults of the caller', () => {
  it('refuses what it can not hold', async () => {
    const store = await openWithChat();
    const calls = [
      store.listConversations({ limit: 0 }),
      store.getConversation(''),
      store.insertTurn(turn('t', { ordinal: -1 })),
      store.insertTurn(turn('t', { createdAt: Number.NaN })),
      store.insertTurn(turn('t', { content: [{ type: 'later', call: () => 1 }] })),
    ];
    for (const result of await Promise.allSettled(calls)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { kind: 'invalid' } });
    }
    expect(await turnsOf(store)).toEqual([]);
  });

  it('refuses calls after it was closed', async () => {
    const store = await openWithChat();
    await store.close();
    await store.close();
    await expect(store.getConversation('c')).rejects.toMatchObject({ kind: 'closed' });
  });

  it('carries out what was called before it was closed', async () => {
    const store = await openWithChat();
    const insert = store.insertTurn(turn('t', { state: 'done' }));
    await store.close();
    await insert;
    expect(await turnsOf(bench.open())).toHaveLength(1);
  });
});
