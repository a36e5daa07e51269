import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settle } from '../../../helpers/fakeClock';
import { attachment, FakeTray, TestChats } from '../../../helpers/testChats';
import { TestPanel } from '../../../helpers/testPanel';

let window: TestChats;
let panel: TestPanel;
let tray: FakeTray;

beforeEach(async () => {
  window = new TestChats();
  panel = new TestPanel(window.chats);
  [tray = new FakeTray()] = window.sources.trays;
  panel.say({ type: 'ready' });
  await settle();
});

afterEach(async () => {
  panel.dispose();
  await window.chats.close();
  expect(window.clock.pending).toBe(0);
});

async function answered(text: string, reply = 'so'): Promise<void> {
  panel.say({ type: 'send', text });
  await settle();
  window.target.last.text(reply);
  window.target.last.end();
  await window.clock.advance(100);
}

function inserted(): string[] {
  return panel.said.flatMap((message) => (message.type === 'insertText' ? [message.text] : []));
}

describe('a question', () => {
  it('is carried from the page to the model, and its answer back', async () => {
    await answered('hello', 'Hello!');
    expect(panel.last).toMatchObject({ prompt: 'hello', text: 'Hello!', state: 'done' });
    expect(panel.session).toMatchObject({ busy: false, title: 'hello', isKept: true });
  });

  it('is stopped, retried and gone on with', async () => {
    panel.say({ type: 'send', text: 'hello' });
    await settle();
    panel.say({ type: 'stop' });
    await window.clock.advance(100);
    panel.say({ type: 'retry', turnId: panel.last.id });
    await settle();
    window.target.last.text('half');
    panel.say({ type: 'stop' });
    await window.clock.advance(100);
    panel.say({ type: 'continue', turnId: panel.last.id });
    await settle();
    expect(window.target.calls).toHaveLength(3);
    expect(window.target.last.request).toMatchObject({ partial: 'half' });
    panel.say({ type: 'stop' });
    await settle();
  });

  it('takes the context along that is above it, and leaves none there', async () => {
    panel.say({ type: 'attach', source: 'file:a.ts' });
    panel.say({ type: 'attachText', text: 'pasted' });
    panel.say({ type: 'attachUris', uris: ['file:///b.ts'] });
    panel.say({ type: 'attachData', name: 'c.png', mime: 'image/png', base64: 'AA==' });
    panel.say({ type: 'detach', id: 'chip2' });
    await answered('what is this?');
    expect(panel.last.attachments.map(({ label }) => label)).toEqual([
      'file:a.ts',
      'file:///b.ts',
      'c.png',
    ]);
    expect(panel.session?.attachments).toEqual([]);
  });

  it('keeps its place before one that was sent after it, however long its context takes', async () => {
    window.slash.expansions.set('/first', { kind: 'ask', prompt: 'One.', sources: ['slow:a'] });
    panel.say({ type: 'send', text: '/first' });
    panel.say({ type: 'send', text: 'second' });
    await settle();
    expect(window.target.calls).toHaveLength(0);
    tray.finish();
    await settle();
    expect(panel.pane.session.views().map(({ prompt }) => prompt)).toEqual(['/first']);
    expect(panel.pane.session.state().queue.map(({ text }) => text)).toEqual(['second']);
    panel.say({ type: 'stop' });
    await settle();
  });

  it('goes to the conversation that was shown when it was sent', async () => {
    window.slash.expansions.set('/slow', { kind: 'ask', prompt: 'x', sources: ['slow:a'] });
    const { session } = panel.pane;
    panel.say({ type: 'send', text: '/slow' });
    await settle();
    panel.pane.newChat();
    tray.finish();
    await settle();
    expect(session.views()).toHaveLength(1);
    expect(panel.pane.session.isEmpty).toBe(true);
    session.stop();
    await settle();
  });

  it('waits while an answer runs, and is taken back into the composer with its context', async () => {
    panel.say({ type: 'send', text: 'one' });
    await settle();
    panel.say({ type: 'attach', source: 'file:a.ts' });
    panel.say({ type: 'send', text: 'two' });
    await window.clock.advance(100);
    const [waiting] = panel.session?.queue ?? [];
    expect(waiting).toMatchObject({ text: 'two', attachments: 1 });
    panel.say({ type: 'unqueue', id: waiting?.id ?? '', edit: true });
    await window.clock.advance(100);
    expect(panel.session?.queue).toEqual([]);
    expect(inserted()).toEqual(['two']);
    expect(tray.views).toMatchObject([{ label: 'file:a.ts' }]);
    panel.say({ type: 'stop' });
    await settle();
  });
});

describe('a slash command', () => {
  it('is asked as what it means, with the context that it names', async () => {
    window.slash.expansions.set('/explain', {
      kind: 'ask',
      prompt: 'Explain it.',
      sources: ['selection'],
    });
    await answered('/explain');
    expect(panel.last).toMatchObject({ prompt: '/explain', attachments: [{ label: 'selection' }] });
    expect(JSON.stringify(window.target.last.request.messages)).toContain('Explain it.');
  });

  it('comes back where what it is about is not there, and says why', async () => {
    window.slash.expansions.set('/review', {
      kind: 'ask',
      prompt: 'Review.',
      sources: ['bad:git'],
    });
    panel.say({ type: 'send', text: '/review' });
    await settle();
    expect(window.target.calls).toHaveLength(0);
    expect(window.told).toEqual(['bad:git is not there']);
    expect(inserted()).toEqual(['/review']);
    expect(tray.views).toEqual([]);
  });

  it('goes out where what is missing is written after it', async () => {
    const sources = ['bad:selection'];
    window.slash.expansions.set('/explain closures', { kind: 'ask', prompt: 'Explain.', sources });
    await answered('/explain closures');
    expect(panel.last.state).toBe('done');
  });

  it('comes back when its context may hold secrets, and goes out once that is allowed', async () => {
    window.slash.expansions.set('/fix', { kind: 'ask', prompt: 'Fix.', sources: ['secret:.env'] });
    panel.say({ type: 'send', text: '/fix' });
    await settle();
    expect(window.target.calls).toHaveLength(0);
    expect(window.told[0]).toContain('may hold secrets');
    expect(inserted()).toEqual(['/fix']);
    panel.say({ type: 'allowAttachment', id: tray.views[0]?.id ?? '' });
    expect(tray.views).toMatchObject([{ state: 'ready' }]);
  });

  it('that is refused says why, and comes back', async () => {
    window.slash.expansions.set('/odd', { kind: 'refused', problem: 'Not like this.' });
    panel.say({ type: 'send', text: '/odd' });
    await settle();
    expect(window.told).toEqual(['Not like this.']);
    expect(inserted()).toEqual(['/odd']);
  });

  it('is carried out by the panel where it is the panel’s', async () => {
    const command = (text: string, one: 'clear' | 'compact' | 'cost' | 'help') =>
      window.slash.expansions.set(text, { kind: 'command', command: { kind: one } });
    command('/clear', 'clear');
    command('/cost', 'cost');
    command('/help', 'help');
    command('/compact', 'compact');
    window.slash.expansions.set('/model x', {
      kind: 'command',
      command: { kind: 'model', name: 'x' },
    });
    await answered('one');
    const { id } = panel.pane.session;
    for (const text of ['/cost', '/help', '/model x', '/compact'])
      panel.say({ type: 'send', text });
    await settle();
    expect(window.told).toEqual([
      'This chat so far. Answers: 1. Tokens in: 10 (0 % from the prompt cache), out: 20. Cost: $0.0012.',
      'There is nothing to summarise yet: the last answer always stays as it is.',
    ]);
    expect(inserted()).toEqual(['/explain ']);
    expect(window.requested).toContain('chooseModel x');
    panel.say({ type: 'send', text: '/clear' });
    await settle();
    expect(panel.pane.session.id).not.toBe(id);
    expect(window.target.calls).toHaveLength(1);
  });
});

describe('what is done with turns', () => {
  it('edits with what a command means, and its context where there was none', async () => {
    window.slash.expansions.set('/tests', {
      kind: 'ask',
      prompt: 'Test it.',
      sources: ['selection'],
    });
    await answered('one');
    panel.say({ type: 'edit', turnId: panel.last.id, text: '/tests' });
    await window.clock.advance(100);
    expect(panel.turns).toHaveLength(1);
    expect(panel.last).toMatchObject({
      prompt: '/tests',
      attachments: [{ label: 'selection' }],
      branch: { index: 1, count: 2 },
    });
    expect(window.sources.trays.at(-1)?.isDisposed).toBe(true);
    panel.say({ type: 'stop' });
    await settle();
  });

  it('gives an edit back whose turn is gone', async () => {
    await answered('one');
    panel.say({ type: 'edit', turnId: 'gone', text: 'two' });
    await settle();
    expect(inserted()).toEqual(['two']);
    expect(window.target.calls).toHaveLength(1);
  });

  it('regenerates, switches and rates', async () => {
    await answered('one');
    const first = panel.last.id;
    panel.say({ type: 'regenerate', turnId: first, model: 'other' });
    await settle();
    window.targets.get('other')?.last.end();
    await window.clock.advance(100);
    panel.say({ type: 'switchBranch', turnId: panel.last.id, index: 0 });
    await window.clock.advance(100);
    expect(panel.last.id).toBe(first);
    panel.say({ type: 'feedback', turnId: first, rating: 'up', reason: '' });
    await window.clock.advance(100);
    expect(panel.last.feedback).toEqual({ rating: 'up', reason: '' });
    panel.say({ type: 'feedback', turnId: first, rating: null, reason: '' });
    await window.clock.advance(100);
    expect(panel.last.feedback).toBeUndefined();
  });

  it('deletes, and puts back with undo', async () => {
    await answered('one');
    panel.say({ type: 'deleteTurn', turnId: panel.last.id });
    await window.clock.advance(100);
    expect(panel.turns).toEqual([]);
    const done = panel.said.at(-1);
    if (done?.type !== 'undoable') throw new Error('nothing to undo');
    panel.say({ type: 'undo', id: done.id });
    await window.clock.advance(100);
    expect(panel.turns).toHaveLength(1);
  });

  it('hands a code block’s buttons on, and counts the answer as accepted', async () => {
    await answered('one');
    const { id: turnId, model } = panel.last;
    const code = { action: 'apply', code: 'x', language: 'ts', path: 'a.ts' } as const;
    panel.say({ type: 'codeAction', turnId, ...code });
    expect(window.codeActions).toEqual([code]);
    panel.say({ type: 'codeCopied', turnId });
    panel.say({ type: 'codeCopied', turnId: 'gone' });
    expect(window.reactions).toEqual([`${model} accepted`, `${model} accepted`]);
  });

  it('tells the metrics what a reader thought of an answer', async () => {
    await answered('one');
    const { id: turnId, model } = panel.last;
    panel.say({ type: 'feedback', turnId, rating: 'down', reason: 'Wrong.' });
    panel.say({ type: 'feedback', turnId, rating: null, reason: '' });
    expect(window.reactions).toEqual([`${model} down`, `${model} none`]);
  });
});

describe('context', () => {
  it('offers completions for the newest question only', async () => {
    panel.say({ type: 'complete', requestId: 1, query: 'a' });
    panel.say({ type: 'complete', requestId: 2, query: 'ab' });
    const [older, newer] = window.sources.queries;
    expect(older?.signal.aborted).toBe(true);
    newer?.answer([]);
    await settle();
    expect(panel.said.filter(({ type }) => type === 'completions')).toEqual([
      { type: 'completions', requestId: 2, items: [] },
    ]);
  });

  it('opens a piece of the composer, and one of a question that was asked', async () => {
    panel.pane.session.send({ text: 'one', asked: undefined, attachments: [attachment('a.ts')] });
    panel.say({ type: 'openAttachment', id: 'chip1' });
    panel.say({
      type: 'openAttachment',
      id: 'a.ts',
      turnId: panel.pane.session.views()[0]?.id ?? '',
    });
    panel.say({ type: 'openAttachment', id: 'a.ts', turnId: 'gone' });
    expect(tray.opened).toEqual(['chip1']);
    expect(window.sources.opened.map(({ id }) => id)).toEqual(['a.ts']);
    panel.say({ type: 'stop' });
    await settle();
  });

  it('counts what the next question fills the window with, and warns at the user’s limit', async () => {
    panel.say({ type: 'draft', text: 'x'.repeat(300) });
    panel.say({ type: 'attach', source: 'file:a.ts' });
    await window.clock.advance(300);
    expect(panel.session?.gauge).toMatchObject({
      used: 110,
      window: 1_000,
      parts: [
        { label: 'Question', tokens: 100 },
        { label: 'file:a.ts', tokens: 10 },
      ],
    });
    window.settings.warnTokens = 50;
    panel.say({ type: 'draft', text: 'x'.repeat(303) });
    await window.clock.advance(300);
    expect(panel.session?.gauge?.warning).toContain('above your limit of 50');
  });
});

describe('the history', () => {
  it('lists, marks, renames and pins', async () => {
    await answered('one');
    const { id } = panel.pane.session;
    panel.pane.newChat();
    await answered('two');
    panel.say({ type: 'renameChat', conversationId: id, title: 'Uno' });
    panel.say({ type: 'pinChat', conversationId: id, pinned: true });
    await settle();
    panel.say({ type: 'history', requestId: 7, query: '', scope: 'workspace' });
    await settle();
    expect(panel.said.at(-1)).toMatchObject({
      type: 'history',
      requestId: 7,
      items: [
        { title: 'Uno', pinned: true, isCurrent: false },
        { title: 'two', pinned: false, isCurrent: true },
      ],
    });
    expect(window.store.conversations.get(id)).toMatchObject({ titleFrom: 'user' });
  });

  it('finds words, and opens the turn that they are in', async () => {
    await answered('where is the needle?');
    const { id: turnId } = panel.last;
    const { id } = panel.pane.session;
    panel.pane.newChat();
    panel.say({ type: 'history', requestId: 1, query: 'needle', scope: 'all' });
    await settle();
    const answer = panel.said.at(-1);
    if (answer?.type !== 'history') throw new Error('no answer');
    expect(answer.items).toHaveLength(1);
    expect(answer.items[0]?.id).toBe(id);
    expect(answer.items[0]?.hit?.excerpt).toContain('needle');
    panel.say({ type: 'openChat', conversationId: id, turnId, place: 'here' });
    await settle();
    expect(panel.turns.map(({ id: shown }) => shown)).toEqual([turnId]);
    expect(panel.said.at(-1)).toEqual({ type: 'showTurn', turnId });
  });

  it('says why it can’t be had', async () => {
    window.store.fault = new Error('locked');
    panel.say({ type: 'history', requestId: 1, query: '', scope: 'all' });
    await settle();
    expect(panel.said.at(-1)).toEqual({
      type: 'history',
      requestId: 1,
      items: [],
      problem: 'locked',
    });
    window.store.fault = undefined;
  });

  it('says when a chat is gone, and what the store refuses', async () => {
    panel.say({ type: 'openChat', conversationId: 'gone', place: 'here' });
    await settle();
    window.store.fault = new Error('disk full');
    panel.say({ type: 'renameChat', conversationId: 'gone', title: 'x' });
    await settle();
    expect(window.told).toEqual([
      'This chat is not there any more.',
      'This did not work: disk full',
    ]);
    window.store.fault = undefined;
  });
});

describe('hostile and other messages', () => {
  it('hands on what is not about the conversation', () => {
    panel.say({ type: 'selectModel', model: 'x' });
    panel.say({ type: 'selectEffort', effort: 'high' });
    panel.say({ type: 'action', action: 'setApiKey' });
    panel.say({ type: 'openChat', conversationId: 'c', turnId: 't', place: 'tab' });
    panel.say({ type: 'exportChat', conversationId: 'c', format: 'markdown' });
    panel.say({ type: 'fault', message: 'TypeError: x' });
    expect(window.requested).toEqual([
      'model x',
      'effort high',
      'action setApiKey',
      'tab c t',
      'export c markdown',
    ]);
    expect(window.logged).toEqual(["In the chat's page: TypeError: x"]);
  });

  it('opens links to the web and to mail only', () => {
    for (const href of ['https://a.example/x', 'http://a.example', 'mailto:a@b.example']) {
      panel.say({ type: 'openLink', href });
    }
    for (const href of [
      'command:workbench.action.quit',
      'file:///etc/passwd',
      'vscode://x',
      'javascript:alert(1)',
      'data:text/html,x',
      '//a.example',
      'HTTPS',
    ]) {
      panel.say({ type: 'openLink', href });
    }
    expect(window.requested).toEqual([
      'link https://a.example/x',
      'link http://a.example/',
      'link mailto:a@b.example',
    ]);
    expect(window.logged).toHaveLength(7);
  });

  it.each([
    undefined,
    null,
    'ready',
    [],
    { type: 'unknown' },
    { type: 'send' },
    { type: 'send', text: 7 },
    { type: 'send', text: 'x'.repeat(8_000_001) },
    { type: 'action', action: 'runAnything' },
    { type: 'retry', turnId: '' },
    { type: 'codeAction', action: 'format disk', code: '', language: '' },
    { type: 'switchBranch', turnId: 't', index: 'first' },
    { type: 'attachUris', uris: Array.from({ length: 1_001 }, () => 'file:///a') },
    { type: 'renameChat', conversationId: 'c', title: '   ' },
    { type: 'exportChat', conversationId: 'c', format: 'exe' },
  ])('drops and logs what is no message: %#', async (input) => {
    panel.sayAnything(input);
    await settle();
    expect(window.logged).toHaveLength(1);
    expect(window.logged[0]?.length).toBeLessThan(700);
    expect(window.requested).toEqual([]);
    expect(window.target.calls).toEqual([]);
  });

  it('survives turns and ids that do not exist, and versions that are none', async () => {
    await answered('one');
    const turnId = panel.last.id;
    for (const type of ['retry', 'retryLater', 'continue', 'deleteTurn', 'regenerate'] as const) {
      panel.say({ type, turnId: 'nobody' });
    }
    for (const index of [-1, 99, 0.5, Number.MAX_VALUE]) {
      panel.say({ type: 'switchBranch', turnId, index });
    }
    panel.say({ type: 'detach', id: 'nobody' });
    panel.say({ type: 'unqueue', id: 'nobody', edit: true });
    panel.say({ type: 'ack', seq: 1e9 });
    panel.say({ type: 'undoCompaction' });
    await window.clock.advance(100);
    expect(panel.turns.map(({ id }) => id)).toEqual([turnId]);
    expect(window.faults).toEqual([]);
  });
});
