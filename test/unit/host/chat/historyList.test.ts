import { describe, expect, it } from 'vitest';
import type { SearchHit } from '../../../../src/engine/ports';
import { historyList } from '../../../../src/host/chat/historyList';
import type { HistoryQuery, LiveConversations } from '../../../../src/host/chat/historyList';
import { english } from '../../../../src/host/translate';
import { MemoryStore } from '../../../helpers/memoryStore';
import { conversation } from '../../../helpers/storedTurns';

const NOTHING: LiveConversations = {
  summaries: [],
  isRunning: () => false,
  isUnread: () => false,
};
const HERE = 'file:///projects/here';

function asked(over: Partial<HistoryQuery> = {}): HistoryQuery {
  return { query: '', scope: 'workspace', workspace: HERE, current: 'a', ...over };
}

function stored(...all: ReturnType<typeof conversation>[]): MemoryStore {
  const store = new MemoryStore();
  for (const one of all) store.conversations.set(one.id, one);
  return store;
}

describe('the list of conversations', () => {
  it('has those of the workspace, pinned ones first, then the newest', async () => {
    const store = stored(
      conversation('a', { workspace: HERE, updatedAt: 1 }),
      conversation('b', { workspace: HERE, updatedAt: 3 }),
      conversation('c', { workspace: HERE, updatedAt: 2, pinned: true }),
      conversation('d', { workspace: 'file:///elsewhere', updatedAt: 9 }),
    );
    const items = await historyList(asked(), store, NOTHING, english);
    expect(items.map(({ id, isCurrent }) => `${id}${isCurrent ? '*' : ''}`)).toEqual([
      'c',
      'b',
      'a*',
    ]);
    expect(items.every(({ workspace }) => workspace === undefined)).toBe(true);
  });

  it('names the workspace of those that belong elsewhere', async () => {
    const store = stored(
      conversation('a', { workspace: HERE, updatedAt: 4 }),
      conversation('b', { workspace: 'file:///x/my%20project/', updatedAt: 3 }),
      conversation('c', { workspace: 'file:///x/many.code-workspace', updatedAt: 2 }),
      conversation('d', { workspace: undefined, updatedAt: 1 }),
    );
    const items = await historyList(asked({ scope: 'all' }), store, NOTHING, english);
    expect(items.map(({ workspace }) => workspace)).toEqual([
      undefined,
      'my project',
      'many',
      'no folder',
    ]);
  });

  it('of a window without a folder has those that belong to none', async () => {
    const store = stored(
      conversation('a', { workspace: HERE }),
      conversation('b', { workspace: undefined }),
    );
    const items = await historyList(asked({ workspace: undefined }), store, NOTHING, english);
    expect(items.map(({ id }) => id)).toEqual(['b']);
  });

  it('marks what runs and what is unread, and has what is written down nowhere', async () => {
    const live: LiveConversations = {
      summaries: [conversation('t', { workspace: HERE, title: 'Temporary', updatedAt: 9_000 })],
      isRunning: (id) => id === 't',
      isUnread: (id) => id === 'a',
    };
    const store = stored(conversation('a', { workspace: HERE }));
    const items = await historyList(asked(), store, live, english);
    expect(items).toMatchObject([
      { id: 't', isRunning: true, isUnread: false },
      { id: 'a', isRunning: false, isUnread: true },
    ]);
    const found = await historyList(asked({ query: 'TEMP' }), store, live, english);
    expect(found.map(({ id }) => id)).toEqual(['t']);
  });

  it('has one place of each conversation that a search found, the best one', async () => {
    const one = conversation('a', { workspace: HERE });
    const two = conversation('b', { workspace: HERE });
    const hit = (of: typeof one, turnId: string | undefined): SearchHit => ({
      conversation: of,
      turnId,
      excerpt: `in ${turnId ?? 'the title'}`,
      matches: [[0, 2]],
    });
    const store = {
      listConversations: () => Promise.resolve([]),
      searchConversations: () =>
        Promise.resolve([hit(one, 't1'), hit(two, undefined), hit(one, 't2')]),
    };
    const items = await historyList(asked({ query: ' x ' }), store, NOTHING, english);
    expect(items.map(({ id, hit: place }) => [id, place])).toEqual([
      ['a', { turnId: 't1', excerpt: 'in t1', matches: [[0, 2]] }],
      ['b', { excerpt: 'in the title', matches: [[0, 2]] }],
    ]);
  });
});
