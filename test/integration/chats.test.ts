import assert from 'node:assert/strict';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Chats } from '../../src/host/chat/chats';
import type { PulseInternals } from '../../src/host/compose';
import { CHAT_EDITOR_TYPE, COMMANDS } from '../../src/host/contributions';
import type { Simulator } from '../../src/simulator/simulator';
import {
  extensionUnderTest,
  leaveSimulator,
  setSetting,
  useSimulator,
} from '../helpers/extensionUnderTest';
import { TestPanel } from '../helpers/testPanel';
import { waitFor } from '../helpers/waitFor';

const askedSchema = v.looseObject({
  model: v.string(),
  system: v.optional(v.unknown()),
  messages: v.array(v.looseObject({ role: v.string(), content: v.unknown() })),
});

describe('chats', () => {
  let pulse: PulseInternals;
  let simulator: Simulator;
  let chats: Chats;
  let folder: string;
  const panels: TestPanel[] = [];

  const panelOf = async (pane = chats.view): Promise<TestPanel> => {
    const panel = new TestPanel(chats, pane);
    panels.push(panel);
    await panel.open();
    return panel;
  };
  const asked = () =>
    simulator.requests
      .filter((request) => request.path === '/v1/messages')
      .map(({ body }) => v.parse(askedSchema, body));
  const chatTabs = (): readonly vscode.Tab[] =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(
        ({ input }) =>
          input instanceof vscode.TabInputWebview && input.viewType.endsWith(CHAT_EDITOR_TYPE),
      );

  before(async () => {
    pulse = await extensionUnderTest();
    simulator = await useSimulator(pulse, { burst: false, speed: 100 });
    chats = await pulse.services.chats();
    folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'chats-')));
  });

  after(async () => {
    await setSetting('pulse.smallModel', undefined);
    await setSetting('pulse.history.enabled', undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await leaveSimulator(pulse, simulator);
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(() => chats.view.newChat());

  afterEach(() => {
    for (const panel of panels.splice(0)) panel.dispose();
  });

  it('stream in the side bar and in tabs at once, and tabs are called after them', async () => {
    const before = chatTabs().length;
    await vscode.commands.executeCommand(COMMANDS.newChatInTab);
    await waitFor('the tab', 10_000, () => chatTabs().length === before + 1);
    const pane = pulse.tabs?.active;
    assert.ok(pane);
    const side = await panelOf();
    const tab = await panelOf(pane);
    // Neither ends by itself, however slow the machine is.
    simulator.faultAlways('stall after=300');
    side.say({ type: 'send', text: 'Write a long answer' });
    tab.say({ type: 'send', text: 'The tab writes a long answer' });
    await side.shows('some text', (turn) => turn.text.length > 20);
    await tab.shows('some text', (turn) => turn.text.length > 20);
    assert.deepEqual([side.session?.busy, tab.session?.busy], [true, true]);
    simulator.faultAlways(undefined);
    side.say({ type: 'stop' });
    assert.equal((await side.ended()).state, 'stopped');
    assert.equal(tab.session?.busy, true);
    tab.say({ type: 'stop' });
    assert.equal((await tab.ended()).state, 'stopped');
    await waitFor('the tab’s title', 5_000, () =>
      chatTabs().some(({ label }) => label.endsWith('The tab writes a long answer')),
    );
    assert.notEqual(side.session?.conversationId, tab.session?.conversationId);
  });

  it('answer a command about the selection, with the selection', async () => {
    const file = vscode.Uri.file(path.join(folder, 'one.txt'));
    await writeFile(file.fsPath, 'const one = 1;\nconst two = 2;\n');
    const editor = await vscode.window.showTextDocument(file);
    editor.selection = new vscode.Selection(1, 0, 1, 14);
    const panel = await panelOf();
    await vscode.commands.executeCommand(COMMANDS.explainSelection);
    await panel.shows('the question', ({ prompt }) => prompt === '/explain');
    assert.equal((await panel.ended()).state, 'done');
    const [attachment] = panel.last.attachments;
    assert.equal(attachment?.label, 'one.txt:2-2');
    const last = JSON.stringify(asked().at(-1)?.messages);
    assert.match(last, /const two/);
    assert.doesNotMatch(last, /const one/);
    assert.match(last, /Explain the code/);
  });

  it('take files from the explorer, and the selection by its own command', async () => {
    const file = vscode.Uri.file(path.join(folder, 'notes.md'));
    await writeFile(file.fsPath, 'remember the milk\n');
    const panel = await panelOf();
    await vscode.commands.executeCommand(COMMANDS.addFile, file, [file]);
    await waitFor('the chip', 10_000, () => panel.session?.attachments[0]?.state === 'ready');
    const turn = await panel.ask('What should I remember?');
    assert.equal(turn.attachments[0]?.label, 'notes.md');
    assert.match(JSON.stringify(asked().at(-1)?.messages), /remember the milk/);
  });

  it('tell the model what the project’s instruction files say, and count that', async function () {
    const [root] = vscode.workspace.workspaceFolders ?? [];
    if (!root) return this.skip();
    const file = vscode.Uri.joinPath(root.uri, 'CLAUDE.md');
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode('Always say please.'));
    const panel = await panelOf();
    try {
      await waitFor('the instructions', 10_000, async () =>
        (await chats.parts.instructions.segments()).some(({ label }) => label === 'CLAUDE.md'),
      );
      await panel.ask('hello');
      assert.match(JSON.stringify(asked().at(-1)?.system), /Always say please/);
      panel.say({ type: 'draft', text: 'and now?' });
      await waitFor('the gauge', 5_000, () =>
        panel.session?.gauge?.parts.some(({ label }) => label === 'CLAUDE.md'),
      );
    } finally {
      await vscode.workspace.fs.delete(file);
    }
  });

  it('are written down, or not where the user wants that', async () => {
    const store = await pulse.services.openStore();
    const panel = await panelOf();
    await panel.ask('kept');
    const kept = panel.session?.conversationId ?? '';
    assert.ok(await store.getConversation(kept));
    await vscode.commands.executeCommand(COMMANDS.newTemporaryChat, 'view');
    await waitFor('a temporary chat', 5_000, () => panel.session?.isKept === false);
    await panel.ask('not kept');
    assert.equal(await store.getConversation(panel.session?.conversationId ?? ''), undefined);
    await setSetting('pulse.history.enabled', false);
    await vscode.commands.executeCommand(COMMANDS.newChat, 'view');
    await waitFor('another chat', 5_000, () => panel.turns.length === 0);
    await waitFor('no history', 5_000, () => panel.session?.isKept === false);
    await setSetting('pulse.history.enabled', undefined);
    await waitFor('the history', 5_000, () => panel.session?.isKept === true);
  });

  it('are found by their words, and opened at the place', async () => {
    const panel = await panelOf();
    const { id: turnId } = await panel.ask('Where did the xylophonist go?');
    const { conversationId = '' } = panel.session ?? {};
    chats.view.newChat();
    panel.say({ type: 'history', requestId: 1, query: 'xyloph', scope: 'all' });
    const answer = await waitFor('the list', 5_000, () =>
      panel.said.find((message) => message.type === 'history'),
    );
    assert.equal(answer.items[0]?.id, conversationId);
    panel.say({ type: 'openChat', conversationId, turnId, place: 'here' });
    await panel.shows('the chat', ({ id }) => id === turnId);
  });

  it('are deleted, and back with undo', async () => {
    const store = await pulse.services.openStore();
    const panel = await panelOf();
    await panel.ask('to be deleted');
    const { conversationId = '' } = panel.session ?? {};
    panel.say({ type: 'deleteChat', conversationId });
    const done = await waitFor('the offer to undo', 5_000, () =>
      panel.said.find((message) => message.type === 'undoable'),
    );
    assert.equal(await store.getConversation(conversationId), undefined);
    panel.say({ type: 'undo', id: done.id });
    await panel.shows('the chat', ({ prompt }) => prompt === 'to be deleted');
    assert.ok(await store.getConversation(conversationId));
  });

  it('are summarised by the fast model when asked to, and that is undone', async () => {
    await setSetting('pulse.smallModel', 'claude-haiku-4-5');
    const panel = await panelOf();
    await panel.ask('one');
    await panel.ask('two');
    panel.say({ type: 'send', text: '/compact' });
    await waitFor('the summary', 15_000, () => panel.turns[0]?.compaction);
    assert.match(asked().at(-1)?.model ?? '', /haiku/);
    await panel.ask('three');
    const { messages } = asked().at(-1) ?? { messages: [] };
    assert.match(JSON.stringify(messages[0]), /<summary>/);
    panel.say({ type: 'undoCompaction' });
    await waitFor('none', 5_000, () => !panel.turns[0]?.compaction);
  });

  it('are exported, and imported again as others', async () => {
    const store = await pulse.services.openStore();
    const panel = await panelOf();
    await panel.ask('to be exported');
    const { conversationId = '' } = panel.session ?? {};
    const file = (ending: string): vscode.Uri =>
      vscode.Uri.file(path.join(folder, `export.${ending}`));
    for (const format of ['markdown', 'json'] as const) {
      const saved = file(format);
      await answering('showSaveDialog', saved, () =>
        vscode.commands.executeCommand(COMMANDS.exportChat, { conversationId, format }),
      );
      assert.match(await readFile(saved.fsPath, 'utf8'), /to be exported/);
    }
    const before = await store.listConversations({ limit: 1_000 });
    await answering('showOpenDialog', [file('json')], () =>
      vscode.commands.executeCommand(COMMANDS.importChats),
    );
    const after = await store.listConversations({ limit: 1_000 });
    assert.equal(after.length, before.length + 1);
    const known = new Set(before.map(({ id }) => id));
    const imported = after.find(({ id }) => !known.has(id));
    assert.equal(imported?.title, 'to be exported');
    assert.ok(await chats.view.open(imported.id));
    await panel.shows('the same answer', ({ state }) => state === 'done');
  });

  it('keep versions of a turn, by another model too', async () => {
    const panel = await panelOf();
    const first = await panel.ask('one');
    panel.say({ type: 'regenerate', turnId: first.id, model: 'claude-haiku-4-5' });
    await panel.shows('another version', ({ branch }) => branch?.count === 2);
    assert.equal((await panel.ended()).model, 'claude-haiku-4-5');
    panel.say({ type: 'switchBranch', turnId: panel.last.id, index: 0 });
    await panel.shows('the first version', ({ id }) => id === first.id);
  });

  it('are all deleted, once that is confirmed', async () => {
    const store = await pulse.services.openStore();
    const panel = await panelOf();
    await panel.ask('one more');
    await answering('showWarningMessage', undefined, () =>
      vscode.commands.executeCommand(COMMANDS.deleteAllChats),
    );
    assert.ok((await store.listConversations({ limit: 9 })).length > 0);
    await answering('showWarningMessage', 'Delete All Chats', () =>
      vscode.commands.executeCommand(COMMANDS.deleteAllChats),
    );
    assert.deepEqual(await store.listConversations({ limit: 9 }), []);
    await waitFor('an empty chat', 5_000, () => panel.turns.length === 0);
  });
});

/** Gives this answer to the next dialog of the kind while `job` runs. */
async function answering(
  dialog: 'showSaveDialog' | 'showOpenDialog' | 'showWarningMessage',
  answer: unknown,
  job: () => PromiseLike<unknown>,
): Promise<void> {
  const before = Object.getOwnPropertyDescriptor(vscode.window, dialog);
  assert.ok(before);
  Object.defineProperty(vscode.window, dialog, {
    ...before,
    value: () => Promise.resolve(answer),
  });
  try {
    await job();
  } finally {
    Object.defineProperty(vscode.window, dialog, before);
  }
}
