import { beforeEach, describe, expect, it } from 'vitest';
import { ForgettingStore } from '../../../src/host/forgettingStore';
import type { KeptAnswers } from '../../../src/host/forgettingStore';
import { MemoryStore } from '../../helpers/memoryStore';
import { conversation, turn } from '../../helpers/storedTurns';

const CHAT = conversation('c1');

let inner: MemoryStore;
let forgotten: string[];
let answers: KeptAnswers | undefined;
let store: ForgettingStore;

beforeEach(() => {
  inner = new MemoryStore();
  forgotten = [];
  answers = {
    forget: (id) => void forgotten.push(id),
    clear: async () => void forgotten.push('everything'),
  };
  store = new ForgettingStore(inner, () => answers);
});

describe('ForgettingStore', () => {
  it('lets go of the answers of a conversation that is deleted', async () => {
    await store.createConversation(CHAT);
    await store.deleteConversation('c1');
    expect(inner.conversations.size).toBe(0);
    expect(forgotten).toEqual(['c1']);
  });

  it('lets go of all answers when everything is deleted', async () => {
    await store.createConversation(CHAT);
    await store.deleteEverything();
    expect(inner.conversations.size).toBe(0);
    expect(forgotten).toEqual(['everything']);
  });

  it('lets go of them also where the disk fails, and tells that', async () => {
    inner.fault = new Error('disk full');
    await expect(store.deleteConversation('c1')).rejects.toThrow('disk full');
    await expect(store.deleteEverything()).rejects.toThrow('disk full');
    expect(forgotten).toEqual(['c1', 'everything']);
  });

  it('does without an engine', async () => {
    answers = undefined;
    await store.deleteConversation('c1');
    await store.deleteEverything();
    expect(inner.calls).toEqual(['deleteConversation', 'deleteEverything']);
  });

  it('leaves all else to the store', async () => {
    await store.createConversation(CHAT);
    await store.updateConversation('c1', { title: 'y' });
    expect(await store.listConversations({ limit: 9 })).toEqual([{ ...CHAT, title: 'y' }]);
    await store.insertTurn(turn('t', { conversationId: 'c1' }));
    await store.setFeedback('t', { rating: 'up', reason: '' });
    expect(await store.getConversation('c1')).toMatchObject({
      turns: [{ feedback: { rating: 'up' } }],
    });
    expect(await store.searchConversations('question', { limit: 9 })).toHaveLength(1);
    expect(await store.importConversation(CHAT, [])).not.toBe('c1');
    expect(await store.changeCount()).toBe(await inner.changeCount());
    expect(forgotten).toEqual([]);
  });

  it('leaves the end of a deletion to the store, too', async () => {
    await store.createConversation(CHAT);
    await store.deleteConversation('c1');
    expect(await store.restoreConversation('c1')).toBe(true);
    await store.deleteConversation('c1');
    await store.purgeDeleted('c1');
    expect(await store.restoreConversation('c1')).toBe(false);
    expect(forgotten).toEqual(['c1', 'c1']);
  });
});
