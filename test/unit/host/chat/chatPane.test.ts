import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deferred } from '../../../../src/base/deferred';
import type { TokenStyle } from '../../../../src/protocol/tokenColors';
import { settle } from '../../../helpers/fakeClock';
import type { MemoryStore } from '../../../helpers/memoryStore';
import { attachment, TestChats } from '../../../helpers/testChats';
import { TestPanel } from '../../../helpers/testPanel';

let window: TestChats;
let panel: TestPanel;

beforeEach(async () => {
  window = new TestChats();
  panel = new TestPanel(window.chats);
  panel.say({ type: 'ready' });
  await settle();
});

afterEach(async () => {
  panel.dispose();
  await window.chats.close();
  expect(window.clock.pending).toBe(0);
});

/** Closes the window and opens it again. */
async function reload(): Promise<void> {
  panel.dispose();
  await window.chats.close();
  window = new TestChats(window, 'next-');
  panel = new TestPanel(window.chats);
}

async function answered(text: string, reply = 'so'): Promise<void> {
  panel.say({ type: 'send', text });
  await settle();
  window.target.last.text(reply);
  window.target.last.end();
  await window.clock.advance(100);
}

function texts(): string[] {
  return panel.turns.map(({ prompt, text, state }) => `${prompt}: ${text} (${state})`);
}

describe('the side bar after a reload of the window', () => {
  it('shows its conversation again', async () => {
    await answered('one', 'first');
    await reload();
    panel.say({ type: 'ready' });
    await settle();
    expect(texts()).toEqual(['one: first (done)']);
    expect(panel.session).toMatchObject({ title: 'one', busy: false });
  });

  it('stays with the new chat that was begun', async () => {
    await answered('one', 'first');
    panel.pane.newChat();
    await reload();
    panel.say({ type: 'ready' });
    await settle();
    expect(texts()).toEqual([]);
  });

  it('shows an answer that was cut off, with the way to go on', async () => {
    panel.say({ type: 'send', text: 'one' });
    await settle();
    window.target.last.text('half');
    await reload();
    panel.say({ type: 'ready' });
    await settle();
    expect(texts()).toEqual(['one: half (interrupted)']);
    expect(panel.last.canContinue).toBe(true);
  });

  it('has draft and context again, what can be read by name and what can not', async () => {
    panel.say({ type: 'draft', text: 'half a question' });
    panel.say({ type: 'attach', source: 'file:a.ts' });
    panel.pane.tray.put([attachment('pasted', 'the text')]);
    await reload();
    panel.say({ type: 'ready' });
    await settle();
    expect(panel.session?.draft).toBe('half a question');
    expect(panel.session?.attachments.map(({ label }) => label)).toEqual(['file:a.ts', 'pasted']);
  });

  it('has a question as its draft again that was still being got ready', async () => {
    window.slash.expansions.set('/slow', { kind: 'ask', prompt: 'x', sources: ['slow:a'] });
    panel.say({ type: 'send', text: '/slow' });
    panel.say({ type: 'draft', text: '' });
    await settle();
    await reload();
    panel.say({ type: 'ready' });
    await settle();
    expect(panel.session?.draft).toBe('/slow');
  });

  it('forgets draft and context of a temporary chat', async () => {
    panel.pane.newChat('temporary');
    panel.say({ type: 'draft', text: 'secret' });
    panel.say({ type: 'attach', source: 'file:secret.ts' });
    await settle();
    expect(JSON.stringify([...window.memento.values])).not.toContain('secret');
  });

  it('keeps the draft until it is sent, and no longer', async () => {
    panel.say({ type: 'draft', text: 'one' });
    await answered('one');
    await reload();
    expect(panel.pane.snapshot().session.draft).toBe('');
  });

  it('is not kept from showing by what is damaged in the memory', async () => {
    window.memento.values.set('pulse.trays', [{ key: 'view', sources: 7 }, 'x']);
    window.memento.values.set('pulse.waiting', { c: [{ id: 1 }], d: 'x' });
    window.memento.values.set('pulse.draft', { text: 'x' });
    window.memento.values.set('pulse.conversation', 'gone');
    await reload();
    panel.say({ type: 'ready' });
    await settle();
    expect(panel.session).toMatchObject({ draft: '', attachments: [], queue: [] });
    expect(window.faults).toEqual([]);
  });

  it('shows an empty panel when the store takes long, and the conversation when it has answered', async () => {
    await answered('one', 'first');
    await reload();
    let answer: (store: MemoryStore) => void = () => undefined;
    const slow = new Promise<MemoryStore>((resolve) => (answer = resolve));
    window.openStore = () => slow;
    panel.say({ type: 'ready' });
    await window.clock.advance(3_100);
    expect(panel.snapshots).toBe(1);
    expect(texts()).toEqual([]);
    answer(window.store);
    await settle();
    expect(texts()).toEqual(['one: first (done)']);
    window.openStore = () => Promise.resolve(window.store);
  });

  it('goes on with a new conversation when the old one can’t be read, and does not forget the old one', async () => {
    await answered('one', 'first');
    await reload();
    window.store.fault = new Error('damaged');
    panel.say({ type: 'ready' });
    await settle();
    expect(window.faults).toEqual([window.store.fault]);
    window.store.fault = undefined;
    await reload();
    panel.say({ type: 'ready' });
    await settle();
    expect(texts()).toEqual(['one: first (done)']);
  });
});

describe('a tab', () => {
  it('has its own conversation and draft again, as its page remembers them, and its context', async () => {
    const tab = window.chats.newTab();
    tab.tray.add('file:a.ts');
    const { id } = tab.session;
    await reload();
    const again = window.chats.restoreTab({
      conversationId: id,
      draft: 'half',
      place: { turnId: 'x' },
    });
    await again.restore();
    expect(again.snapshot().session).toMatchObject({
      draft: 'half',
      attachments: [{ label: 'file:a.ts' }],
    });
    expect(window.chats.view.tray.views).toEqual([]);
  });

  it.each([undefined, null, 7, 'x', { conversationId: 7 }, { conversationId: '' }])(
    'begins anew with a state that is none: %j',
    async (state) => {
      const tab = window.chats.restoreTab(state);
      await tab.restore();
      expect(tab.session.isEmpty).toBe(true);
    },
  );

  it('comes back without its page’s memory, too, and those that were closed do not', async () => {
    for (const text of ['one', 'two', 'three']) {
      const tab = window.chats.newTab();
      void tab.question.send(text);
      await settle();
      window.target.last.end();
      await settle();
      tab.rememberDraft(`after ${text}`);
      if (text === 'one') tab.dispose();
    }
    await reload();
    const second = window.chats.restoreTab(undefined);
    const third = window.chats.restoreTab(undefined);
    const unknown = window.chats.restoreTab(undefined);
    await Promise.all([second, third, unknown].map((tab) => tab.restore()));
    expect([second, third, unknown].map((tab) => tab.label.title)).toEqual(['two', 'three', '']);
    expect(second.snapshot().session.draft).toBe('after two');
  });

  it('has its draft again also when what its page remembers is older', async () => {
    const tab = window.chats.newTab();
    void tab.question.send('one');
    await settle();
    window.target.last.end();
    await settle();
    tab.rememberDraft('half');
    const { id } = tab.session;
    const older = { conversationId: id, draft: 'one' };
    for (const stale of [older, { conversationId: id, draft: '' }, { draft: '' }, {}]) {
      await reload();
      const again = window.chats.restoreTab(stale);
      await again.restore();
      expect(again.snapshot().session.draft).toBe('half');
      expect(again.session.id).toBe(id);
    }
  });

  it('remembers those that nobody has looked at yet', async () => {
    const tab = window.chats.newTab();
    void tab.question.send('one');
    await settle();
    window.target.last.end();
    await settle();
    await reload();
    window.chats.newTab();
    await reload();
    const again = window.chats.restoreTab(undefined);
    await again.restore();
    expect(again.label.title).toBe('one');
  });

  it('that is opened at a turn shows it, while it is being brought back', async () => {
    await answered('one', 'first');
    const { id } = panel.pane.session;
    const turnId = panel.last.id;
    panel.pane.newChat();
    const tab = window.chats.newTab({ conversationId: id });
    expect(await tab.open(id, turnId)).toBe(true);
    await tab.restore();
    expect(tab.session).toBe(window.chats.hub.find(id));
    expect(tab.session.send({ text: 'two', asked: undefined, attachments: [] })).toBe(true);
    tab.session.stop();
    await settle();
  });

  it('is called after its conversation, and marked while that is unread', async () => {
    const tab = window.chats.newTab();
    const labels: string[] = [];
    tab.onLabel(() => labels.push(`${tab.label.title}${tab.label.isUnread ? '!' : ''}`));
    void tab.question.send('one');
    await settle();
    window.target.last.end();
    await settle();
    expect(labels.at(-1)).toBe('one!');
    const page = {};
    tab.setInSight(page, true);
    expect(labels.at(-1)).toBe('one');
    tab.setInSight(page, false);
  });

  it('reads what another window wrote when it comes into sight, and not before', async () => {
    await answered('one', 'first');
    const { id } = panel.pane.session;
    const tab = window.chats.newTab({ conversationId: id });
    const other = window.chats.newTab();
    await settle();
    panel.pane.newChat();
    const page = {};
    other.setInSight(page, true);
    await window.clock.advance(2_000);
    const reading = vi.spyOn(window.store, 'getConversation');
    await window.store.updateConversation(id, { title: 'renamed there' });
    await window.clock.advance(4_000);
    expect(reading).not.toHaveBeenCalled();
    tab.setInSight(page, true);
    await settle();
    expect(tab.label.title).toBe('renamed there');
    expect(reading).toHaveBeenCalledTimes(1);
    other.setInSight(page, false);
    tab.setInSight(page, false);
  });

  it('that is closed lets its conversation go on, and loses nothing of the others', async () => {
    const tab = window.chats.newTab();
    void tab.question.send('one');
    await settle();
    tab.dispose();
    window.target.last.text('whole');
    window.target.last.end();
    await settle();
    expect([...window.store.turns.values()]).toMatchObject([{ text: 'whole', state: 'done' }]);
    expect(window.chats.hub.summaries).toEqual([]);
  });
});

describe('a pane', () => {
  it('tells of another endpoint or model', async () => {
    window.environmentChanged.fire();
    await window.clock.advance(300);
    expect(panel.session?.endpoint.label).toBe('api.example');
  });

  it('shows whether chats are kept, as the setting is now', async () => {
    window.settings.keepsHistory = false;
    window.environmentChanged.fire();
    await window.clock.advance(300);
    expect(panel.session?.isKept).toBe(false);
  });

  it('keeps an empty chat when a new one is asked for, but not as a temporary one', () => {
    const { id } = panel.pane.session;
    panel.pane.newChat();
    expect(panel.pane.session.id).toBe(id);
    panel.pane.newChat('temporary');
    expect(panel.pane.session.id).not.toBe(id);
    expect(panel.pane.session.isKept).toBe(false);
    panel.pane.newChat();
    expect(panel.pane.session.isKept).toBe(true);
  });

  it('shows the one that was asked for last, in whatever order they are read', async () => {
    await answered('one');
    const one = panel.pane.session.id;
    panel.pane.newChat();
    await answered('two');
    const two = panel.pane.session.id;
    panel.pane.newChat();
    await Promise.all([panel.pane.open(one), panel.pane.open(two)]);
    expect(panel.pane.session.id).toBe(two);
    expect(window.chats.hub.find(one)).toBeUndefined();
    const opening = panel.pane.open(one);
    panel.pane.newChat();
    await opening;
    expect(panel.pane.session.isEmpty).toBe(true);
  });

  it('keeps what its page is told until there is one', async () => {
    panel.isVisible = false;
    panel.pane.tell({ type: 'showFind' });
    panel.pane.tell({ type: 'historyChanged' });
    expect(panel.said).toHaveLength(1);
    panel.isVisible = true;
    panel.say({ type: 'ready' });
    await settle();
    expect(panel.said.filter(({ type }) => type !== 'tokenColors')).toEqual([{ type: 'showFind' }]);
  });

  it('keeps what it is to say before it was ever shown', async () => {
    const pane = window.chats.newTab();
    pane.tell({ type: 'focusComposer' });
    const tab = new TestPanel(window.chats, pane);
    tab.say({ type: 'ready' });
    await settle();
    expect(tab.said.map(({ type }) => type)).toContain('focusComposer');
    tab.dispose();
  });

  it('colours code as the theme does, from the start and after another was chosen', async () => {
    const comment = { kind: 'comment', color: '#008000', bold: false, italic: true } as const;
    expect(panel.said).toEqual([{ type: 'tokenColors', styles: [] }]);
    window.styles = [{ ...comment, underline: false }];
    window.themeChanged.fire();
    await settle();
    expect(panel.said.at(-1)).toEqual({ type: 'tokenColors', styles: window.styles });
  });

  it('colours code as the theme chosen last does, whichever was read first', async () => {
    const [slow, quick] = [
      new Deferred<readonly TokenStyle[]>(),
      new Deferred<readonly TokenStyle[]>(),
    ];
    window.readStyles = () => slow.promise;
    window.themeChanged.fire();
    window.readStyles = () => quick.promise;
    window.themeChanged.fire();
    const looks = { kind: 'comment', bold: false, italic: false, underline: false } as const;
    quick.resolve([{ ...looks, color: '#ffffff' }]);
    await settle();
    slow.resolve([{ ...looks, color: '#000000' }]);
    await settle();
    expect(panel.said.at(-1)).toMatchObject({ styles: [{ color: '#ffffff' }] });
  });

  it('warms a connection while something is written', () => {
    panel.say({ type: 'draft', text: '  ' });
    expect(window.requested).toEqual([]);
    panel.say({ type: 'draft', text: 'h' });
    expect(window.requested).toEqual(['warm']);
  });
});

describe('where commands go', () => {
  it('is the pane that the reader did something in last, while it is in sight', async () => {
    const tab = new TestPanel(window.chats, window.chats.newTab());
    tab.say({ type: 'ready' });
    expect(window.chats.current).toBe(window.chats.view);
    tab.say({ type: 'draft', text: 'x' });
    expect(window.chats.current).toBe(tab.pane);
    tab.isVisible = false;
    expect(window.chats.current).toBe(window.chats.view);
    tab.dispose();
    await settle();
  });

  it('is the one that has the keyboard; that is told, whichever page loses or gets it first', async () => {
    const tab = new TestPanel(window.chats, window.chats.newTab());
    const told: boolean[] = [];
    window.chats.onFocus(() => told.push(window.chats.hasFocus));
    tab.say({ type: 'focus', hasFocus: true });
    expect(window.chats.current).toBe(tab.pane);
    panel.say({ type: 'focus', hasFocus: true });
    tab.say({ type: 'focus', hasFocus: false });
    expect(window.chats.hasFocus).toBe(true);
    expect(window.chats.current).toBe(window.chats.view);
    panel.isVisible = false;
    expect(told).toEqual([true, true, false]);
    tab.dispose();
    await settle();
  });
});
