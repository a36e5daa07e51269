import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../../../src/engine/errors';
import type { ChatSession } from '../../../../src/host/chat/chatSession';
import type { Question } from '../../../../src/host/chat/questionQueue';
import { settle } from '../../../helpers/fakeClock';
import { attachment, TestChats } from '../../../helpers/testChats';

let window: TestChats;
let session: ChatSession;

beforeEach(() => {
  window = new TestChats();
  ({ session } = window.chats.view);
});

afterEach(async () => {
  await window.chats.close();
  expect(window.clock.pending).toBe(0);
  expect(window.faults).toEqual([]);
});

function question(text: string, over: Partial<Question> = {}): Question {
  return { text, asked: undefined, attachments: [], ...over };
}

async function answered(text: string, reply: string): Promise<string> {
  session.send(question(text));
  await settle();
  window.target.last.text(reply);
  window.target.last.end();
  await session.idle();
  return session.views().at(-1)?.id ?? '';
}

function shown(): string[] {
  return session.views().map(({ prompt, text }) => `${prompt}: ${text}`);
}

function branches(): (string | undefined)[] {
  return session
    .views()
    .map(({ branch }) => branch && `${String(branch.index + 1)} of ${String(branch.count)}`);
}

describe('questions that wait', () => {
  it('go out one after the other as answers end, in order', async () => {
    for (const text of ['one', 'two', 'three']) session.send(question(text));
    await settle();
    expect(session.state().queue.map(({ text }) => text)).toEqual(['two', 'three']);
    expect(window.target.calls).toHaveLength(1);
    window.target.last.text('first');
    window.target.last.end();
    await settle();
    expect(window.target.last.request.messages).toHaveLength(3);
    window.target.last.end();
    await settle();
    expect(session.state().queue).toEqual([]);
    expect(session.busy).toBe(true);
    window.target.last.end();
    await session.idle();
    expect(session.busy).toBe(false);
  });

  it('take their context along', async () => {
    session.send(question('one'));
    session.send(question('two', { attachments: [attachment('a.ts')] }));
    await settle();
    expect(session.state().queue).toMatchObject([{ text: 'two', attachments: 1 }]);
    window.target.last.end();
    await settle();
    expect(JSON.stringify(window.target.last.request.messages)).toContain('text of a.ts');
    window.target.last.end();
    await session.idle();
  });

  it('wait on after a failure or a stop, are said to, and go first with the next question', async () => {
    session.send(question('one'));
    session.send(question('two'));
    await settle();
    window.target.last.fail(new EngineError('overloaded', 'busy'));
    await session.idle();
    expect(session.state().queue).toHaveLength(1);
    expect(session.views().at(-1)?.endNote).toContain('Questions wait below');
    session.send(question('three'));
    await settle();
    expect(session.views().at(-1)?.prompt).toBe('two');
    expect(session.state().queue.map(({ text }) => text)).toEqual(['three']);
    session.stop();
    await session.idle();
    expect(session.busy).toBe(false);
  });

  it('can be taken back', async () => {
    session.send(question('one'));
    session.send(question('two'));
    const [waiting] = session.state().queue;
    expect(session.unqueue(waiting?.id ?? '')?.text).toBe('two');
    expect(session.unqueue(waiting?.id ?? '')).toBeUndefined();
    expect(session.state().queue).toEqual([]);
    session.stop();
    await session.idle();
  });

  it('are there again in the next window', async () => {
    session.send(question('one'));
    session.send(question('two', { attachments: [attachment('a.ts')] }));
    await settle();
    await window.chats.close();
    window = new TestChats(window, 'next-');
    await window.chats.view.restore();
    ({ session } = window.chats.view);
    expect(session.state().queue).toMatchObject([{ text: 'two', attachments: 1 }]);
    expect(session.busy).toBe(false);
    expect(session.views()).toMatchObject([{ prompt: 'one', state: 'interrupted' }]);
  });
});

describe('versions of a turn', () => {
  it('regenerates as another version, by another model if one is named, and switches between them', async () => {
    const id = await answered('one', 'first');
    const regenerating = session.regenerate(id, 'other-model');
    await settle();
    expect(await regenerating).toBe(true);
    const other = window.targets.get('other-model');
    expect(other?.last.request).toMatchObject({ model: 'other-model', fresh: true });
    other?.last.text('second');
    other?.last.end();
    await session.idle();
    expect(shown()).toEqual(['one: second']);
    expect(branches()).toEqual(['2 of 2']);
    await session.switchBranch(session.views()[0]?.id ?? '', 0);
    expect(shown()).toEqual(['one: first']);
    expect(branches()).toEqual(['1 of 2']);
  });

  it('edits a question in its place; what followed the first version stays on its branch', async () => {
    const first = await answered('one', 'first');
    await answered('two', 'second');
    const editing = session.edit(first, question('uno'));
    await settle();
    expect(await editing).toBe(true);
    expect(window.target.last.request.messages).toEqual([{ role: 'user', content: 'uno' }]);
    window.target.last.text('primo');
    window.target.last.end();
    await session.idle();
    expect(shown()).toEqual(['uno: primo']);
    await session.switchBranch(session.views()[0]?.id ?? '', 0);
    expect(shown()).toEqual(['one: first', 'two: second']);
    expect(branches()).toEqual(['1 of 2', undefined]);
  });

  it('keeps what went along with an edited question', async () => {
    session.send(question('one', { attachments: [attachment('a.ts')] }));
    await settle();
    window.target.last.text('x');
    window.target.last.end();
    await session.idle();
    const editing = session.edit(session.views()[0]?.id ?? '', question('uno'));
    await settle();
    await editing;
    expect(session.views()[0]?.attachments).toMatchObject([{ label: 'a.ts' }]);
    session.stop();
    await session.idle();
  });

  it('stops what runs before it asks anew, and keeps what had come', async () => {
    session.send(question('one'));
    await settle();
    window.target.last.text('half');
    const regenerating = session.regenerate(session.views()[0]?.id ?? '');
    await settle();
    await regenerating;
    expect(branches()).toEqual(['2 of 2']);
    window.target.last.end();
    await session.idle();
    await session.switchBranch(session.views()[0]?.id ?? '', 0);
    expect(session.views()).toMatchObject([{ text: 'half', state: 'stopped' }]);
  });

  it('shows the branch again that was shown when the window was closed', async () => {
    const first = await answered('one', 'first');
    await answered('two', 'second');
    const editing = session.edit(first, question('uno'));
    await settle();
    await editing;
    window.target.last.text('primo');
    window.target.last.end();
    await session.idle();
    await session.switchBranch(session.views()[0]?.id ?? '', 0);
    await window.chats.close();
    window = new TestChats(window, 'next-');
    await window.chats.view.restore();
    ({ session } = window.chats.view);
    expect(shown()).toEqual(['one: first', 'two: second']);
  });

  it('brings the branch of a turn that was searched for', async () => {
    const first = await answered('one', 'first');
    const second = await answered('two', 'second');
    const editing = session.edit(first, question('uno'));
    await settle();
    await editing;
    window.target.last.end();
    await session.idle();
    session.reveal(second);
    expect(shown()).toEqual(['one: first', 'two: second']);
    session.reveal('nobody');
    expect(shown()).toHaveLength(2);
  });
});

describe('deleting a turn', () => {
  it('takes it and what follows out of sight at once, and out of the store when it is final', async () => {
    await answered('one', 'first');
    const second = await answered('two', 'second');
    await answered('three', 'third');
    const deletion = await session.deleteTurn(second);
    expect(shown()).toEqual(['one: first']);
    expect(window.store.turns.size).toBe(3);
    await deletion?.commit();
    expect(window.store.turns.size).toBe(1);
  });

  it('can be taken back', async () => {
    await answered('one', 'first');
    const second = await answered('two', 'second');
    const deletion = await session.deleteTurn(second);
    deletion?.undo();
    expect(shown()).toEqual(['one: first', 'two: second']);
  });

  it('stays out of sight when another window changes the conversation meanwhile', async () => {
    await answered('one', 'first');
    const second = await answered('two', 'second');
    const deletion = await session.deleteTurn(second);
    await session.idle();
    const found = await window.store.getConversation(session.id);
    if (!found) throw new Error('not stored');
    session.follow({ ...found.conversation, title: 'Renamed elsewhere' }, found.turns);
    expect(session.conversation.title).toBe('Renamed elsewhere');
    expect(shown()).toEqual(['one: first']);
    deletion?.undo();
    expect(shown()).toEqual(['one: first', 'two: second']);
  });

  it('shows the other version where there is one', async () => {
    const id = await answered('one', 'first');
    const regenerating = session.regenerate(id);
    await settle();
    await regenerating;
    window.target.last.text('second');
    window.target.last.end();
    await session.idle();
    const deletion = await session.deleteTurn(session.views()[0]?.id ?? '');
    expect(shown()).toEqual(['one: first']);
    expect(branches()).toEqual([undefined]);
    deletion?.undo();
    expect(branches()).toEqual(['2 of 2']);
  });
});

describe('what a question is asked as', () => {
  it('shows what was typed and asks what a command means', async () => {
    session.send(question('/explain', { asked: 'Explain the code.' }));
    await settle();
    expect(session.views()[0]?.prompt).toBe('/explain');
    expect(window.target.last.request.messages).toEqual([
      { role: 'user', content: 'Explain the code.' },
    ]);
    window.target.last.end();
    await session.idle();
    expect(window.store.turns.values().next().value).toMatchObject({
      prompt: '/explain',
      asked: 'Explain the code.',
    });
  });

  it('sends the segments of the system prompt in their order', async () => {
    window.target.segments = ['stable', 'project'];
    session.send(question('one'));
    await settle();
    expect(window.target.last.request.system).toEqual(['stable', 'project']);
    window.target.last.end();
    await session.idle();
  });
});

describe('a chat that is not kept', () => {
  it('writes nothing down, asks for answers that are not kept, and stays one when history is switched on', async () => {
    window.settings.keepsHistory = false;
    expect(session.isKept).toBe(false);
    await answered('one', 'first');
    window.settings.keepsHistory = true;
    await answered('two', 'second');
    expect(session.isKept).toBe(false);
    expect(window.target.last.request.unkept).toBe(true);
    expect(window.store.calls).toEqual([]);
  });

  it('is a kept one when history is on as the first question is asked', async () => {
    window.settings.keepsHistory = false;
    expect(session.state().isKept).toBe(false);
    window.settings.keepsHistory = true;
    await answered('one', 'first');
    window.settings.keepsHistory = false;
    await answered('two', 'second');
    expect(window.store.turns.size).toBe(2);
  });
});

describe('feedback', () => {
  it('is shown and stored, and can be taken away', async () => {
    const id = await answered('one', 'first');
    session.setFeedback(id, { rating: 'down', reason: 'wrong' });
    await session.idle();
    expect(session.views()[0]?.feedback).toEqual({ rating: 'down', reason: 'wrong' });
    expect(window.store.turns.get(id)?.feedback).toEqual({ rating: 'down', reason: 'wrong' });
    session.setFeedback(id, undefined);
    await session.idle();
    expect(session.views()[0]?.feedback).toBeUndefined();
    expect(window.store.turns.get(id)?.feedback).toBeUndefined();
  });
});
