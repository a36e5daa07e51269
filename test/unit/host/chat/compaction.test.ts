import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatSession } from '../../../../src/host/chat/chatSession';
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
});
