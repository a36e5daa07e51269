import { beforeEach, describe, expect, it } from 'vitest';
import type { ConversationStore, SearchHit } from '../../../src/engine/ports';
import { MemoryStore } from '../../helpers/memoryStore';
import { attachment, conversation, outcome, turn } from '../../helpers/storedTurns';
import { useStores } from '../../helpers/storeWorker';

const bench = useStores();

/** What every `ConversationStore` keeps to: the one on disk, and the one that stands in for it in other tests. */
describe.each([
  ['on disk', (): ConversationStore => bench.open()],
  ['in memory', (): ConversationStore => new MemoryStore()],
])('the store %s', (_, open) => {
  let store: ConversationStore;
  beforeEach(() => {
    store = open();
  });

  const ids = async (filter: { workspace?: string; limit: number }): Promise<string[]> =>
    (await store.listConversations(filter)).map(({ id }) => id);

  describe('conversations', () => {
    it('change in what a patch names, and in nothing else', async () => {
      const compaction = {
        throughTurnId: 't',
        summary: 'S',
        tokensBefore: 9,
        tokensAfter: 1,
        at: 5,
      };
      const chat = conversation('c', { workspace: 'w' });
      await store.createConversation(chat);
      await store.updateConversation('c', { title: 'Knots', titleFrom: 'user' });
      await store.updateConversation('c', { pinned: true, head: 't' });
      await store.updateConversation('c', { compaction });
      const changed = {
        ...chat,
        title: 'Knots',
        titleFrom: 'user',
        pinned: true,
        head: 't',
        compaction,
      };
      expect((await store.getConversation('c'))?.conversation).toEqual(changed);
      await store.updateConversation('c', {});
      await store.updateConversation('c', {
        pinned: false,
        head: undefined,
        compaction: undefined,
      });
      expect((await store.getConversation('c'))?.conversation).toEqual({
        ...chat,
        title: 'Knots',
        titleFrom: 'user',
      });
      await expect(store.updateConversation('nowhere', { title: 'x' })).rejects.toMatchObject({
        name: 'StoreError',
        kind: 'missing',
      });
    });

    it('are listed pinned first, then newest first, up to the limit', async () => {
      await store.createConversation(conversation('old', { workspace: 'w', updatedAt: 1 }));
      await store.createConversation(conversation('new', { workspace: 'w', updatedAt: 3 }));
      await store.createConversation(conversation('other', { workspace: 'v', updatedAt: 2 }));
      expect(await ids({ limit: 9 })).toEqual(['new', 'other', 'old']);
      await store.updateConversation('old', { pinned: true });
      expect(await ids({ limit: 9 })).toEqual(['old', 'new', 'other']);
      expect(await ids({ limit: 2 })).toEqual(['old', 'new']);
      expect(await ids({ workspace: 'w', limit: 9 })).toEqual(['old', 'new']);
      await store.deleteConversation('old');
      expect(await ids({ workspace: 'w', limit: 9 })).toEqual(['new']);
    });

    it('come back from a deletion, until it is final', async () => {
      await store.createConversation(conversation('c'));
      await store.insertTurn(turn('t'));
      await store.deleteConversation('c');
      expect(await store.getConversation('c')).toBeUndefined();
      expect(await store.restoreConversation('c')).toBe(true);
      expect((await store.getConversation('c'))?.turns).toHaveLength(1);
      await store.deleteConversation('c');
      await store.purgeDeleted();
      expect(await store.restoreConversation('c')).toBe(false);
      expect(await store.restoreConversation('nowhere')).toBe(false);
      await store.deleteConversation('nowhere');
    });

    it('come back when something is asked in them', async () => {
      await store.createConversation(conversation('c'));
      await store.insertTurn(turn('t'));
      await store.deleteConversation('c');
      await store.createConversation(conversation('c', { title: 'Another' }));
      expect(await store.getConversation('c')).toMatchObject({
        conversation: { title: 'Chat c' },
        turns: [{ id: 't' }],
      });
    });
  });

  describe('turns', () => {
    beforeEach(() => store.createConversation(conversation('c')));

    it('keep their branch, what was asked and given, and what was thought of the answer', async () => {
      const root = turn('root', { state: 'done', asked: 'All of /explain', text: 'Yes' });
      const child = turn('child', {
        ordinal: 1,
        parentId: 'root',
        state: 'done',
        attachments: [attachment('a'), attachment('b', { kind: 'image', uri: undefined })],
        feedback: { rating: 'up', reason: '' },
      });
      const other = turn('other', { ordinal: 2, parentId: 'root', state: 'done' });
      for (const each of [root, child, other]) await store.insertTurn(each);
      expect((await store.getConversation('c'))?.turns).toEqual([root, child, other]);
    });

    it('take feedback, another one and none', async () => {
      await store.insertTurn(turn('t', { state: 'done' }));
      const feedback = async (): Promise<unknown> =>
        (await store.getConversation('c'))?.turns[0]?.feedback;
      await store.setFeedback('t', { rating: 'down', reason: 'Wrong' });
      expect(await feedback()).toEqual({ rating: 'down', reason: 'Wrong' });
      await store.setFeedback('t', { rating: 'up', reason: '' });
      expect(await feedback()).toEqual({ rating: 'up', reason: '' });
      await store.setFeedback('t', undefined);
      expect(await feedback()).toBeUndefined();
      await expect(store.setFeedback('nowhere', undefined)).rejects.toMatchObject({
        kind: 'missing',
      });
    });

    it('take the next free ordinal, and are saved once', async () => {
      await store.insertTurn(turn('a'));
      await store.insertTurn(turn('b'));
      await store.insertTurn(turn('a'));
      expect((await store.getConversation('c'))?.turns).toMatchObject([
        { id: 'a', ordinal: 0 },
        { id: 'b', ordinal: 1 },
      ]);
      await expect(store.insertTurn(turn('a', { prompt: 'Other' }))).rejects.toMatchObject({
        kind: 'invalid',
      });
      await expect(
        store.insertTurn(turn('x', { conversationId: 'nowhere' })),
      ).rejects.toMatchObject({ kind: 'missing' });
    });

    it('are deleted with all that follows them on their branch', async () => {
      await store.updateConversation('c', { head: 'leaf' });
      await store.insertTurn(turn('root'));
      await store.insertTurn(turn('a', { ordinal: 1, parentId: 'root' }));
      await store.insertTurn(turn('b', { ordinal: 2, parentId: 'root' }));
      await store.insertTurn(turn('leaf', { ordinal: 3, parentId: 'a' }));
      await store.deleteTurn('a');
      await store.deleteTurn('nowhere');
      const read = await store.getConversation('c');
      expect(read?.turns.map(({ id }) => id)).toEqual(['root', 'b']);
      expect(read?.conversation.head).toBeUndefined();
    });
  });

  describe('an import', () => {
    const chat = conversation('c', {
      head: 'b',
      compaction: { throughTurnId: 'a', summary: 'S', tokensBefore: 9, tokensAfter: 1, at: 5 },
    });
    const turns = [
      turn('a', { ordinal: 4, state: 'done', feedback: { rating: 'up', reason: '' } }),
      turn('b', { ordinal: 7, parentId: 'a', state: 'streaming', attachments: [attachment('f')] }),
    ];

    it('keeps its ids and everything in it; what was under way is interrupted', async () => {
      expect(await store.importConversation(chat, turns.toReversed())).toBe('c');
      expect(await store.getConversation('c')).toEqual({
        conversation: chat,
        turns: [
          { ...turns[0], ordinal: 0 },
          { ...turns[1], ordinal: 1, state: 'interrupted' },
        ],
      });
    });

    it('gets new ids where they are taken, also by one that is deleted, and its own references follow', async () => {
      await store.importConversation(chat, turns);
      await store.deleteConversation('c');
      const id = await store.importConversation(chat, turns);
      expect(id).not.toBe('c');
      const read = await store.getConversation(id);
      const [a, b] = read?.turns ?? [];
      expect([a?.id, b?.id]).not.toContain('a');
      expect(b).toMatchObject({ conversationId: id, parentId: a?.id, prompt: 'Question b' });
      expect(read?.conversation).toMatchObject({
        head: b?.id,
        compaction: { throughTurnId: a?.id, summary: 'S' },
      });
      expect(await store.restoreConversation('c')).toBe(true);
      expect((await store.getConversation('c'))?.turns.map((each) => each.id)).toEqual(['a', 'b']);
    });

    it('drops references to turns that are not in it', async () => {
      await store.importConversation(chat, [turn('z', { parentId: 'gone' })]);
      expect(await store.getConversation('c')).toMatchObject({
        conversation: { head: undefined, compaction: undefined },
        turns: [{ parentId: undefined }],
      });
    });

    it('is refused whole when two of its turns have one id', async () => {
      await expect(
        store.importConversation(chat, [turn('a'), turn('b'), turn('a')]),
      ).rejects.toMatchObject({ kind: 'invalid' });
      expect(await ids({ limit: 5 })).toEqual([]);
    });
  });

  describe('the search', () => {
    const find = (query: string, filter: { workspace?: string } = {}): Promise<SearchHit[]> =>
      store.searchConversations(query, { limit: 9, ...filter });
    const found = async (query: string, filter?: { workspace?: string }): Promise<string[]> =>
      (await find(query, filter)).map(
        ({ conversation: { id }, turnId }) => `${id} ${turnId ?? 'title'}`,
      );
    /** A conversation of one finished turn of the same name. */
    async function add(
      id: string,
      prompt: string,
      text: string,
      title = 'Untitled',
    ): Promise<void> {
      await store.createConversation(conversation(id, { title, workspace: id }));
      await store.insertTurn(turn(`${id}1`, { conversationId: id, prompt }));
      await store.finishTurn(`${id}1`, outcome({ text }));
    }

    it('finds questions, answers, titles and what was given along, and shows the place', async () => {
      await add('a', 'How do I tie a bowline?', 'Make a loop.');
      await add('b', 'Hello', 'The rabbit comes out of the hole\nand round the bowline.');
      await add('c', 'Hello', 'Hi', 'Bowline and hitches');
      await store.createConversation(conversation('d'));
      const given = attachment('knots', {
        content: [{ type: 'text', text: 'a bowline in a file' }],
      });
      await store.insertTurn(turn('d1', { conversationId: 'd', attachments: [given] }));
      await store.finishTurn('d1', outcome());
      expect((await found('bowline')).toSorted()).toEqual(['a a1', 'b b1', 'c title', 'd d1']);
      const hit = (await find('bowline')).find(({ turnId }) => turnId === 'b1');
      expect(hit?.excerpt).toBe('The rabbit comes out of the hole and round the bowline.');
      expect(hit?.matches.map(([start, end]) => hit.excerpt.slice(start, end))).toEqual([
        'bowline',
      ]);
    });

    it('wants every word, the last one as a beginning', async () => {
      await add('a', 'Release the winch', 'Then haul.');
      await add('b', 'Releases', 'Winches');
      expect(await found('release winch')).toEqual(['a a1']);
      expect(await found('haul winch')).toEqual(['a a1']);
      expect((await found('winc')).toSorted()).toEqual(['a a1', 'b b1']);
      expect(await found('winc ')).toEqual([]);
      expect(await found('winc haul')).toEqual([]);
      expect(await found('RELEASE thé WINCH')).toEqual(['a a1']);
    });

    it('puts titles first, then places that hold all words, then the newest', async () => {
      const far = `anchor ${'and so on '.repeat(60)} chain`;
      await add('far', 'x', far);
      await add('near', 'x', 'the anchor chain');
      await add('title', 'x', 'y', 'Anchor chains');
      await add('later', 'x', 'an anchor has a chain');
      const [first, second, third, last] = await found('anchor chain');
      expect(first).toBe('title title');
      expect(new Set([second, third])).toEqual(new Set(['near near1', 'later later1']));
      expect(last).toBe('far far1');
    });

    it('finds Chinese, Japanese and Korean words inside a sentence', async () => {
      await add('zh', '如何释放数据库连接？', '可以使用连接池来管理。');
      await add('ja', '非同期処理とは', '後で終わる処理です。');
      await add('ko', '비동기 처리란', '나중에 끝나는 처리입니다.');
      expect(await found('数据库')).toEqual(['zh zh1']);
      expect(await found('连接池')).toEqual(['zh zh1']);
      expect(await found('池')).toEqual(['zh zh1']);
      expect(await found('数据库 管理')).toEqual(['zh zh1']);
      expect(await found('库数据')).toEqual([]);
      expect(await found('処理')).toEqual(['ja ja1']);
      expect(await found('비동기')).toEqual(['ko ko1']);
      const [hit] = await find('连接池');
      expect(hit?.matches.map(([start, end]) => hit.excerpt.slice(start, end))).toEqual(['连接池']);
    });

    it('finds identifiers by any of their parts, however they are written', async () => {
      await add('a', 'x', 'call `getUserById(id)` first');
      await add('b', 'x', 'MAX_RETRY_COUNT = 3; HTTPServer.listen()');
      expect(await found('getUserById')).toEqual(['a a1']);
      expect(await found('get_user_by')).toEqual(['a a1']);
      expect(await found('userById')).toEqual(['a a1']);
      expect(await found('user first')).toEqual(['a a1']);
      expect(await found('maxRetryCount')).toEqual(['b b1']);
      expect(await found('server')).toEqual(['b b1']);
      expect(await found('serById')).toEqual([]);
      const [hit] = await find('userById');
      expect(hit?.matches.map(([start, end]) => hit.excerpt.slice(start, end))).toEqual([
        'UserById',
      ]);
    });

    it('takes any query for words and nothing else', async () => {
      await add('a', 'near or not', 'AND "quoted"');
      for (const query of ['', ' ', '"', '*', '()', '-', '...', '🙂', '\0', "'"]) {
        expect(await found(query)).toEqual([]);
      }
      for (const query of [
        '"near',
        'NEAR(',
        'not*',
        'or:',
        'AND',
        '{quoted}',
        '^near',
        'a AND near',
      ]) {
        expect(await find(query)).toHaveLength(query === 'a AND near' ? 0 : 1);
      }
      expect(await found('x '.repeat(10_000))).toEqual([]);
      for (const odd of ['ﷺ', '⑴', '½', 'ŉ', 'ﬁ', '㍿', 'ῼ']) await found(`${odd} ${odd}`);
    });

    it('looks in one workspace, or in all, up to the limit', async () => {
      for (const id of ['a', 'b', 'c']) await add(id, 'the same', 'words');
      expect(await found('words', { workspace: 'b' })).toEqual(['b b1']);
      expect(await store.searchConversations('words', { limit: 2 })).toHaveLength(2);
    });

    it('follows what happens to a turn', async () => {
      await add('a', 'first', 'early words');
      await store.appendToTurn('a1', { text: ' later', thinking: '' });
      await store.finishTurn('a1', outcome({ text: 'late words' }));
      expect(await found('early')).toEqual([]);
      expect(await found('late')).toEqual(['a a1']);
      await store.deleteConversation('a');
      expect(await found('late')).toEqual([]);
      await store.restoreConversation('a');
      expect(await found('late')).toEqual(['a a1']);
      await store.deleteTurn('a1');
      expect(await found('late')).toEqual([]);
      const imported = conversation('i', { title: 'Imported' });
      await store.importConversation(imported, [turn('i1', { state: 'done', text: 'late again' })]);
      expect(await found('late')).toEqual(['i i1']);
    });
  });

  it('counts every change, and only changes', async () => {
    const changes: [string, () => Promise<unknown>][] = [
      ['create', () => store.createConversation(conversation('c'))],
      ['insert', () => store.insertTurn(turn('t'))],
      ['append', () => store.appendToTurn('t', { text: 'x', thinking: '' })],
      ['finish', () => store.finishTurn('t', outcome())],
      ['feedback', () => store.setFeedback('t', { rating: 'up', reason: '' })],
      ['update', () => store.updateConversation('c', { pinned: true })],
      ['delete', () => store.deleteConversation('c')],
      ['restore', () => store.restoreConversation('c')],
      ['delete turn', () => store.deleteTurn('t')],
      ['import', () => store.importConversation(conversation('d'), [])],
      ['delete everything', () => store.deleteEverything()],
    ];
    let last = await store.changeCount();
    for (const [name, change] of changes) {
      await change();
      const count = await store.changeCount();
      expect(count, name).toBeGreaterThan(last);
      last = count;
    }
    await store.listConversations({ limit: 5 });
    await store.searchConversations('x', { limit: 5 });
    await store.getConversation('c');
    expect(await store.changeCount()).toBe(last);
  });
});
