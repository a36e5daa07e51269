import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineError } from '../../../../src/engine/errors';
import type { ChatPane } from '../../../../src/host/chat/chatPane';
import { settle } from '../../../helpers/fakeClock';
import { TestChats } from '../../../helpers/testChats';
import { TestPanel } from '../../../helpers/testPanel';

let windows: TestChats[];
let panels: TestPanel[];
let window: TestChats;

function open(before?: TestChats): TestChats {
  const made = new TestChats(before, `w${windows.length}-`);
  windows.push(made);
  return made;
}

function panelOf(pane: ChatPane, of = window): TestPanel {
  const panel = new TestPanel(of.chats, pane);
  panels.push(panel);
  panel.say({ type: 'ready' });
  return panel;
}

async function answered(panel: TestPanel, text: string, reply: string): Promise<void> {
  panel.say({ type: 'send', text });
  await settle();
  window.target.last.text(reply);
  window.target.last.end();
  await window.clock.advance(100);
}

function texts({ pane }: TestPanel): string[] {
  return pane.session.views().map(({ prompt, text, state }) => `${prompt}: ${text} (${state})`);
}

beforeEach(() => {
  windows = [];
  panels = [];
  window = open();
});

afterEach(async () => {
  for (const panel of panels) panel.dispose();
  await Promise.all(windows.map(({ chats }) => chats.close()));
  expect(window.clock.pending).toBe(0);
});

describe('conversations of a window', () => {
  it('goes on out of sight when a new chat is begun, is unread at its end, and seen when it is shown', async () => {
    const panel = panelOf(window.chats.view);
    panel.say({ type: 'send', text: 'one' });
    await settle();
    const { conversationId } = panel.pane.session.state();
    panel.pane.newChat();
    expect(window.chats.hub.isRunning(conversationId)).toBe(true);
    window.target.last.text('whole');
    window.target.last.end();
    await settle();
    expect([...window.chats.hub.unread]).toEqual([conversationId]);
    await panel.pane.open(conversationId);
    expect(texts(panel)).toEqual(['one: whole (done)']);
    expect(window.chats.hub.unread.size).toBe(0);
  });

  it('is unread when its pane is out of sight, but not for what the user stopped', async () => {
    const panel = panelOf(window.chats.view);
    panel.say({ type: 'send', text: 'one' });
    await settle();
    panel.isVisible = false;
    window.target.last.end();
    await settle();
    expect(window.chats.hub.unread.size).toBe(1);
    panel.isVisible = true;
    expect(window.chats.hub.unread.size).toBe(0);
    panel.say({ type: 'send', text: 'two' });
    await settle();
    panel.isVisible = false;
    panel.pane.session.stop();
    await settle();
    expect(window.chats.hub.unread.size).toBe(0);
  });

  it('shows one conversation in two panes, each with its own composer', async () => {
    const side = panelOf(window.chats.view);
    await answered(side, 'one', 'first');
    const tab = panelOf(window.chats.newTab({ conversationId: side.pane.session.id }));
    await settle();
    expect(tab.pane.session).toBe(side.pane.session);
    tab.say({ type: 'draft', text: 'half a question' });
    tab.pane.tray.add('file:a.ts');
    await window.clock.advance(300);
    expect(side.session?.attachments).toEqual([]);
    expect(tab.session?.attachments).toHaveLength(1);
    await answered(tab, 'two', 'second');
    expect(side.turns).toHaveLength(2);
    expect(side.turns).toEqual(tab.turns);
    expect(side.last.text).toBe('second');
    expect(window.store.conversations.size).toBe(1);
  });

  it('streams several at once, each to its own pane', async () => {
    const side = panelOf(window.chats.view);
    const tab = panelOf(window.chats.newTab());
    side.say({ type: 'send', text: 'one' });
    await settle();
    const first = window.target.last;
    tab.say({ type: 'send', text: 'two' });
    await settle();
    const second = window.target.last;
    second.text('B');
    first.text('A');
    await window.clock.advance(100);
    expect([side.last.text, tab.last.text]).toEqual(['A', 'B']);
    first.end();
    await window.clock.advance(100);
    expect([side.session?.busy, tab.session?.busy]).toEqual([false, true]);
    second.end();
    await settle();
  });

  it('lets go of what nobody shows', async () => {
    const panel = panelOf(window.chats.view);
    await answered(panel, 'one', 'first');
    const { id } = panel.pane.session;
    panel.pane.newChat();
    expect(window.chats.hub.find(id)).toBeUndefined();
    await panel.pane.open(id);
    expect(texts(panel)).toEqual(['one: first (done)']);
  });

  it('reads a conversation once when two panes want it at the same time', async () => {
    const panel = panelOf(window.chats.view);
    await answered(panel, 'one', 'first');
    const { id } = panel.pane.session;
    panel.pane.newChat();
    const tab = window.chats.newTab({ conversationId: id });
    await Promise.all([panel.pane.open(id), tab.restore()]);
    expect(panel.pane.session).toBe(tab.session);
  });

  it('waits for the last writes of a conversation before it is read again', async () => {
    const panel = panelOf(window.chats.view);
    panel.say({ type: 'send', text: 'one' });
    await settle();
    const { id } = panel.pane.session;
    const finishTurn = window.store.finishTurn.bind(window.store);
    window.store.finishTurn = async (turn, outcome) => {
      await settle();
      await finishTurn(turn, outcome);
    };
    panel.pane.newChat();
    window.target.last.text('whole');
    window.target.last.end();
    await settle();
    await panel.pane.open(id);
    expect(texts(panel)).toEqual(['one: whole (done)']);
  });

  it('keeps a temporary chat for as long as the window, and lists it', async () => {
    const panel = panelOf(window.chats.view);
    panel.pane.newChat('temporary');
    await answered(panel, 'secret', 'first');
    const { id } = panel.pane.session;
    panel.pane.newChat();
    panel.say({ type: 'history', requestId: 1, query: '', scope: 'workspace' });
    await settle();
    expect(panel.said.at(-1)).toMatchObject({ items: [{ id, title: 'secret' }] });
    await panel.pane.open(id);
    expect(texts(panel)).toEqual(['secret: first (done)']);
    expect(window.store.calls).not.toContain('insertTurn');
    const next = open(window);
    await next.chats.view.restore();
    expect(next.chats.view.session.isEmpty).toBe(true);
  });

  it('ends what runs as interrupted when the window closes, out of sight too', async () => {
    const panel = panelOf(window.chats.view);
    panel.say({ type: 'send', text: 'one' });
    await settle();
    window.target.last.text('half');
    panel.pane.newChat();
    panel.say({ type: 'send', text: 'two' });
    await settle();
    await window.chats.close();
    const states = [...window.store.turns.values()].map(({ state, text }) => `${state} ${text}`);
    expect(states).toEqual(['interrupted half', 'interrupted ']);
  });

  it('sends turns again that failed for want of a good key, where they are shown', async () => {
    const panel = panelOf(window.chats.view);
    const same = window.chats.newTab();
    panel.say({ type: 'send', text: 'one' });
    await settle();
    await same.open(panel.pane.session.id);
    window.target.last.fail(new EngineError('authentication', 'refused', { status: 401 }));
    await settle();
    window.chats.resendAfterNewKey();
    await settle();
    expect(window.target.calls).toHaveLength(2);
    window.target.last.end();
    await settle();
    window.chats.resendAfterNewKey();
    await settle();
    expect(window.target.calls).toHaveLength(2);
  });
});

describe('deleting', () => {
  it('takes a chat out of every pane, and for good after half a minute', async () => {
    const side = panelOf(window.chats.view);
    await answered(side, 'one', 'first');
    const { id } = side.pane.session;
    const tab = panelOf(window.chats.newTab({ conversationId: id }));
    await settle();
    side.say({ type: 'deleteChat', conversationId: id });
    await settle();
    expect([side.pane.session.isEmpty, tab.pane.session.isEmpty]).toEqual([true, true]);
    expect(side.said.at(-1)).toMatchObject({ type: 'undoable', text: '"one" was deleted.' });
    expect(window.store.conversations.size).toBe(0);
    expect(window.store.deleted.size).toBe(1);
    await window.clock.advance(31_000);
    expect(window.store.deleted.size).toBe(0);
  });

  it('is taken back: the chat is there and shown again', async () => {
    const panel = panelOf(window.chats.view);
    await answered(panel, 'one', 'first');
    const { id } = panel.pane.session;
    panel.say({ type: 'deleteChat', conversationId: id });
    await settle();
    const done = panel.said.at(-1);
    if (done?.type !== 'undoable') throw new Error('nothing to undo');
    panel.say({ type: 'undo', id: done.id });
    await settle();
    expect(panel.pane.session.id).toBe(id);
    expect(texts(panel)).toEqual(['one: first (done)']);
    await window.clock.advance(31_000);
    expect(window.store.conversations.size).toBe(1);
    panel.say({ type: 'undo', id: done.id });
    await settle();
    expect(window.told).toEqual(['It is too late to take this back.']);
  });

  it('stops an answer that is under way', async () => {
    const panel = panelOf(window.chats.view);
    panel.say({ type: 'send', text: 'one' });
    await settle();
    panel.say({ type: 'deleteChat', conversationId: panel.pane.session.id });
    await settle();
    await settle();
    expect(window.chats.hub.isAnyRunning).toBe(false);
    expect(window.store.conversations.size).toBe(0);
    expect(window.faults).toEqual([]);
  });

  it('is final when the window closes', async () => {
    const panel = panelOf(window.chats.view);
    await answered(panel, 'one', 'first');
    panel.say({ type: 'deleteChat', conversationId: panel.pane.session.id });
    await settle();
    await window.chats.close();
    expect(window.store.deleted.size).toBe(0);
  });

  it('of a temporary chat can be taken back, too', async () => {
    const panel = panelOf(window.chats.view);
    panel.pane.newChat('temporary');
    await answered(panel, 'secret', 'first');
    const { id } = panel.pane.session;
    panel.say({ type: 'deleteChat', conversationId: id });
    await settle();
    const done = panel.said.at(-1);
    if (done?.type !== 'undoable') throw new Error('nothing to undo');
    expect(await panel.pane.open(id)).toBe(false);
    panel.say({ type: 'undo', id: done.id });
    await settle();
    expect(texts(panel)).toEqual(['secret: first (done)']);
  });

  it('of a turn survives a look at another chat', async () => {
    const panel = panelOf(window.chats.view);
    await answered(panel, 'one', 'first');
    await answered(panel, 'two', 'second');
    const { id } = panel.pane.session;
    panel.say({ type: 'deleteTurn', turnId: panel.last.id });
    await settle();
    expect(panel.said.at(-1)).toMatchObject({ type: 'undoable' });
    panel.pane.newChat();
    await panel.pane.open(id);
    expect(texts(panel)).toEqual(['one: first (done)']);
    await window.clock.advance(31_000);
    expect(window.store.turns.size).toBe(1);
  });

  it('of everything empties store, panes and memory', async () => {
    const side = panelOf(window.chats.view);
    await answered(side, 'one', 'first');
    side.say({ type: 'send', text: 'two' });
    side.say({ type: 'send', text: 'three' });
    side.say({ type: 'draft', text: 'half' });
    side.pane.tray.add('file:a.ts');
    await settle();
    await window.chats.deleteEverything();
    await settle();
    expect(window.store.conversations.size + window.store.turns.size).toBe(0);
    expect(side.pane.session.isEmpty).toBe(true);
    const left = JSON.stringify([...window.memento.values]);
    for (const word of ['half', 'three', 'a.ts']) expect(left).not.toContain(word);
    expect(window.faults).toEqual([]);
  });
});

describe('titles', () => {
  beforeEach(() => {
    window.settings.makesTitles = true;
  });

  it('are made after the first answer, and told to every pane and the store', async () => {
    const panel = panelOf(window.chats.view);
    await answered(panel, 'how do I…', 'so');
    expect(window.titles).toHaveLength(1);
    window.titles[0]?.answer('Doing it');
    await window.clock.advance(100);
    expect(panel.session?.title).toBe('Doing it');
    const [stored] = window.store.conversations.values();
    expect(stored).toMatchObject({ title: 'Doing it', titleFrom: 'model' });
    await answered(panel, 'and then', 'so');
    expect(window.titles).toHaveLength(1);
  });

  it('leave the user’s own alone, also one given meanwhile', async () => {
    const panel = panelOf(window.chats.view);
    await answered(panel, 'one', 'first');
    const { id } = panel.pane.session;
    panel.say({ type: 'renameChat', conversationId: id, title: 'Mine' });
    await settle();
    window.titles[0]?.answer('Theirs');
    await window.clock.advance(100);
    expect(panel.session?.title).toBe('Mine');
    await answered(panel, 'two', 'second');
    expect(window.titles).toHaveLength(1);
  });

  it('are made for a chat that is out of sight by then, but not for one that is deleted', async () => {
    const panel = panelOf(window.chats.view);
    await answered(panel, 'one', 'first');
    const { id } = panel.pane.session;
    panel.pane.newChat();
    window.titles[0]?.answer('Later');
    await settle();
    expect(window.store.conversations.get(id)?.title).toBe('Later');
    await answered(panel, 'two', 'second');
    panel.say({ type: 'deleteChat', conversationId: panel.pane.session.id });
    await settle();
    window.titles[1]?.answer('Too late');
    await settle();
    expect(window.faults).toEqual([]);
  });

  it('are tried once more after one that failed, and not when switched off or for a failed turn', async () => {
    const panel = panelOf(window.chats.view);
    panel.say({ type: 'send', text: 'zero' });
    await settle();
    window.target.last.fail(new EngineError('overloaded', 'busy'));
    await settle();
    expect(window.titles).toHaveLength(0);
    for (const text of ['one', 'two', 'three']) {
      await answered(panel, text, 'x');
      window.titles.at(-1)?.answer(undefined);
      await settle();
    }
    expect(window.titles).toHaveLength(2);
    window.settings.makesTitles = false;
    panel.pane.newChat();
    await answered(panel, 'four', 'x');
    expect(window.titles).toHaveLength(2);
  });
});

describe('two windows on one store', () => {
  it('shows what the other one wrote, and says that lists are no longer right', async () => {
    const here = panelOf(window.chats.view);
    await answered(here, 'one', 'first');
    const other = open(window);
    await other.chats.view.open(here.pane.session.id);
    const there = panelOf(other.chats.view, other);
    await settle();
    const before = here.said.filter(({ type }) => type === 'historyChanged').length;
    await answered(there, 'two', 'second');
    await window.clock.advance(4_500);
    expect(texts(here)).toEqual(['one: first (done)', 'two: second (done)']);
    expect(here.turns).toHaveLength(2);
    const after = here.said.filter(({ type }) => type === 'historyChanged').length;
    expect(after).toBeGreaterThan(before);
  });

  it('asks the store nothing while no pane is in sight', async () => {
    const here = panelOf(window.chats.view);
    await answered(here, 'one', 'first');
    here.isVisible = false;
    await settle();
    const before = window.store.calls.length;
    await window.clock.advance(20_000);
    expect(window.store.calls).toHaveLength(before);
    here.isVisible = true;
    await settle();
    expect(window.store.calls.slice(before)).toContain('changeCount');
  });

  it('reads again what the store could not give', async () => {
    const here = panelOf(window.chats.view);
    await answered(here, 'one', 'first');
    await window.clock.advance(2_500);
    const reading = vi.spyOn(window.store, 'getConversation');
    reading.mockRejectedValueOnce(new Error('busy'));
    await window.store.updateConversation(here.pane.session.id, { title: 'Elsewhere' });
    await window.clock.advance(2_500);
    expect(reading).toHaveBeenCalledTimes(1);
    await window.clock.advance(2_500);
    expect(here.pane.session.conversation.title).toBe('Elsewhere');
    reading.mockClear();
    await window.clock.advance(10_000);
    expect(reading).not.toHaveBeenCalled();
  });

  it('does not let what was read undo what was changed here meanwhile', async () => {
    const here = panelOf(window.chats.view);
    await answered(here, 'one', 'first');
    const getConversation = window.store.getConversation.bind(window.store);
    window.store.getConversation = async (id) => {
      const found = await getConversation(id);
      here.say({ type: 'feedback', turnId: here.last.id, rating: 'up', reason: '' });
      await settle();
      return found;
    };
    await window.store.updateConversation(here.pane.session.id, { title: 'Elsewhere' });
    await window.clock.advance(2_500);
    expect(here.pane.session.views()[0]?.feedback?.rating).toBe('up');
  });
});
