import { beforeEach, describe, expect, it } from 'vitest';
import { ForgettingStore } from '../../../src/host/forgettingStore';
import type { KeptAnswers } from '../../../src/host/forgettingStore';
import { MemoryStore } from '../../helpers/memoryStore';

const CHAT = { id: 'c1', title: 'x', workspace: undefined, createdAt: 1, updatedAt: 1 };

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
    await store.renameConversation('c1', 'y');
    expect(await store.listConversations({ limit: 9 })).toEqual([{ ...CHAT, title: 'y' }]);
    expect(await store.getConversation('c1')).toMatchObject({ turns: [] });
    expect(forgotten).toEqual([]);
  });
});
