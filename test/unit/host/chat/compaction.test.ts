import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { estimateTokens } from '../../../../src/engine/models/tokenEstimate';
import type { ChatSession } from '../../../../src/host/chat/chatSession';
import { compactionPrompt } from '../../../../src/host/chat/compactionPlan';
import { newTurn } from '../../../../src/host/chat/turn';
import { settle } from '../../../helpers/fakeClock';
import { TestChats } from '../../../helpers/testChats';

let window: TestChats;
let session: ChatSession;

beforeEach(() => {
  window = new TestChats();
  ({ session } = window.chats.view);
});

afterEach(async () => {
  await window.chats.close();
  expect(window.clock.pending).toBe(0);
});

function ask(text: string): void {
  session.send({ text, asked: undefined, attachments: [] });
}

async function answered(text: string, reply = `answer to ${text} `.repeat(40)): Promise<void> {
  ask(text);
  await settle();
  window.target.last.text(reply);
  window.target.last.end();
  await session.idle();
}

async function sixTurns(): Promise<void> {
  for (const text of ['one', 'two', 'three', 'four', 'five', 'six']) await answered(text);
}

function sent(): string {
  return JSON.stringify(window.target.last.request.messages);
}

describe('compaction', () => {
  it('summarises the oldest turns before the window overflows, and tells the model the summary', async () => {
    await sixTurns();
    window.settings.compaction = { auto: true, at: 0.8 };
    window.target.contextWindow = 1_500;
    ask('seven');
    await settle();
    expect(window.summaries).toHaveLength(1);
    expect(session.views().at(-1)?.notice).toContain('Summarising');
    window.summaries[0]?.answer('They counted.');
    await settle();
    expect(sent()).toContain('They counted.');
    expect(sent()).not.toContain('answer to one');
    expect(sent()).toContain('answer to six');
    expect(session.views()).toHaveLength(7);
    expect(session.views()[1]?.compaction?.summary).toBe('They counted.');
    expect(window.store.conversations.get(session.id)?.compaction?.summary).toBe('They counted.');
    window.target.last.end();
    await session.idle();
  });

  it('asks for none while there is room, or where it is switched off', async () => {
    await sixTurns();
    window.settings.compaction = { auto: true, at: 0.8 };
    await answered('seven');
    window.settings.compaction = { auto: false, at: 0.8 };
    window.target.contextWindow = 1_500;
    await answered('eight');
    expect(window.summaries).toEqual([]);
  });

  it('goes on without one that fails, and says so', async () => {
    await sixTurns();
    window.settings.compaction = { auto: true, at: 0.8 };
    window.target.contextWindow = 1_500;
    ask('seven');
    await settle();
    window.summaries[0]?.fail('no answer');
    await settle();
    expect(window.told).toEqual([
      'The chat could not be summarised: no answer. Nothing was changed.',
    ]);
    expect(sent()).toContain('answer to one');
    window.target.last.end();
    await session.idle();
  });

  it('is undone, and not made again by itself after that', async () => {
    await sixTurns();
    const compacting = session.compact();
    await settle();
    window.summaries[0]?.answer('They counted.');
    await compacting;
    expect(session.views()[1]?.compaction).toBeDefined();
    session.undoCompaction();
    expect(session.views()[1]?.compaction).toBeUndefined();
    window.settings.compaction = { auto: true, at: 0.8 };
    window.target.contextWindow = 1_500;
    await answered('seven');
    expect(sent()).toContain('answer to one');
    expect(window.summaries).toHaveLength(1);
    await session.idle();
    expect(window.store.conversations.get(session.id)?.compaction).toBeUndefined();
  });

  it('by hand is stopped like an answer, and changes nothing then', async () => {
    await sixTurns();
    const compacting = session.compact();
    await settle();
    expect(session.busy).toBe(true);
    session.stop();
    await compacting;
    expect(session.busy).toBe(false);
    expect(session.views().every(({ compaction }) => compaction === undefined)).toBe(true);
    expect(window.told).toEqual([]);
  });

  it('says so when there is nothing to summarise', async () => {
    await session.compact();
    expect(window.told[0]).toContain('nothing to summarise');
  });

  it('waits for no instructions that hang: Stop ends the turn, and a fault is its end', async () => {
    await answered('one');
    window.settings.compaction = { auto: true, at: 0.8 };
    window.target.contextWindow = 1_500;
    window.target.system = () => new Promise(() => undefined);
    ask('two');
    await settle();
    session.stop();
    await session.idle();
    expect(session.views().at(-1)?.state).toBe('stopped');
    window.target.system = () => Promise.reject(new Error('no disk'));
    ask('three');
    await session.idle();
    expect(session.views().at(-1)?.state).toBe('failed');
    expect(session.busy).toBe(false);
  });
});

describe('what the fast model is asked for a summary', () => {
  const told = (text: string) => {
    const turn = newTurn({
      id: 't',
      ordinal: 0,
      parentId: undefined,
      createdAt: 0,
      prompt: 'q',
      asked: undefined,
      attachments: [],
      model: 'm',
      endpointId: 'e',
    });
    turn.text = text;
    const plan = { throughTurnId: 't', turns: [turn], earlier: undefined, tokens: 0 };
    return compactionPrompt(plan, 10_000);
  };

  it.each(['word ', '汉字说明文本'])('fits its window in any language: %s', (words) => {
    const messages = [{ role: 'user' as const, content: told(words.repeat(50_000)) }];
    const tokens = estimateTokens({ model: '', action: 'chat', messages });
    expect(tokens).toBeLessThan(0.8 * 10_000);
    expect(tokens).toBeGreaterThan(0.6 * 10_000);
  });
});
