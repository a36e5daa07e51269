import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/base/event';
import { EngineError } from '../../../../src/engine/errors';
import { ChatController } from '../../../../src/host/chat/chatController';
import type { ChatMemory, EnvironmentView } from '../../../../src/host/chat/chatController';
import { english } from '../../../../src/host/translate';
import type { Change } from '../../../../src/protocol/chat';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import { MemoryStore } from '../../../helpers/memoryStore';
import { ScriptedTarget } from '../../../helpers/scriptedTarget';

class WorkspaceMemory implements ChatMemory {
  id: string | undefined;
  text = '';
  conversationId = () => this.id;
  rememberConversation = (id: string) => void (this.id = id);
  draft = () => this.text;
  rememberDraft = (text: string) => void (this.text = text);
}

const VIEW: EnvironmentView = {
  endpoint: { kind: 'api', label: 'api.anthropic.com' },
  model: 'm',
  models: [],
  efforts: [],
  effort: 'default',
  setup: [],
};

let clock: FakeClock;
let store: MemoryStore;
let target: ScriptedTarget;
let memory: WorkspaceMemory;
let environmentChanged: Emitter<void>;
let faults: unknown[];
let ids: number;
let made: ChatController[];

function window(openStore = () => Promise.resolve(store)): ChatController {
  const controller = new ChatController({
    clock,
    openStore,
    translate: english,
    newId: () => `id${++ids}`,
    onStoreFault: (error) => void faults.push(error),
    environment: {
      onChange: environmentChanged.event,
      view: () => VIEW,
      target: () => target,
      warm: () => undefined,
    },
    memory,
    workspace: 'file:///folder',
  });
  made.push(controller);
  return controller;
}

function texts(controller: ChatController): string[] {
  return controller.snapshot().turns.map((turn) => `${turn.prompt}: ${turn.text} (${turn.state})`);
}

async function answered(controller: ChatController, prompt: string, reply: string): Promise<void> {
  controller.send(prompt);
  await settle();
  target.last.text(reply);
  target.last.end();
  await settle();
}

beforeEach(() => {
  clock = new FakeClock();
  store = new MemoryStore();
  target = new ScriptedTarget();
  memory = new WorkspaceMemory();
  environmentChanged = new Emitter();
  faults = [];
  ids = 0;
  made = [];
});

afterEach(async () => {
  for (const controller of made) controller.dispose();
  await settle();
  expect(clock.pending).toBe(0);
});

describe('ChatController', () => {
  it('brings the conversation of the workspace back', async () => {
    await answered(window(), 'one', 'first');
    const next = window();
    expect(next.snapshot().turns).toEqual([]);
    await next.readyToShow();
    expect(texts(next)).toEqual(['one: first (done)']);
    expect(next.snapshot().session).toMatchObject({ title: 'one', busy: false });
  });

  it('shows an empty panel when the store takes long, and the conversation when it has answered', async () => {
    await answered(window(), 'one', 'first');
    let answer: ((store: MemoryStore) => void) | undefined;
    const slow = new Promise<MemoryStore>((resolve) => {
      answer = resolve;
    });
    const next = window(() => slow);
    let replaced = 0;
    next.onReplaced(() => void replaced++);
    const ready = next.readyToShow();
    await clock.advance(3_000);
    await ready;
    expect(texts(next)).toEqual([]);
    answer?.(store);
    await settle();
    expect(texts(next)).toEqual(['one: first (done)']);
    expect(replaced).toBe(1);
  });

  it('goes on with a new conversation when the old one can’t be read', async () => {
    memory.id = 'c9';
    store.fault = new Error('damaged');
    const controller = window();
    await controller.readyToShow();
    expect(faults).toEqual([store.fault]);
    store.fault = undefined;
    await answered(controller, 'one', 'first');
    expect(texts(controller)).toEqual(['one: first (done)']);
  });

  it('lets a reply go on out of sight when a new chat is begun, and shows it again', async () => {
    const controller = window();
    controller.send('one');
    await settle();
    const first = target.last;
    const { conversationId } = controller;
    const changes: Change[] = [];
    controller.newChat();
    controller.onChange((change) => void changes.push(change));
    expect(texts(controller)).toEqual([]);
    first.text('half');
    expect(changes).toEqual([]);
    expect(await controller.open(conversationId)).toBe(true);
    first.text(' and half');
    first.end();
    await settle();
    expect(texts(controller)).toEqual(['one: half and half (done)']);
  });

  it('saves a reply that ends out of sight', async () => {
    const controller = window();
    controller.send('one');
    await settle();
    const { conversationId } = controller;
    controller.newChat();
    target.last.text('whole');
    target.last.end();
    await settle();
    expect(await controller.open(conversationId)).toBe(true);
    expect(texts(controller)).toEqual(['one: whole (done)']);
  });

  it('keeps an empty chat when a new one is asked for', () => {
    const controller = window();
    const { conversationId } = controller;
    controller.newChat();
    expect(controller.conversationId).toBe(conversationId);
  });

  it('keeps the draft until it is sent', async () => {
    const controller = window();
    controller.rememberDraft('half');
    expect(controller.snapshot().session.draft).toBe('half');
    await answered(controller, 'half a question', 'x');
    expect(controller.snapshot().session.draft).toBe('');
  });

  it('deletes a conversation, also the shown one while its reply comes', async () => {
    const controller = window();
    controller.send('one');
    await settle();
    const { conversationId } = controller;
    await controller.deleteConversation(conversationId);
    expect(store.conversations.size + store.turns.size).toBe(0);
    expect(controller.conversationId).not.toBe(conversationId);
    expect(await controller.open(conversationId)).toBe(false);
    expect(controller.busy).toBe(false);
  });

  it('sends a turn again that failed for want of a good key, and no other', async () => {
    const controller = window();
    controller.send('one');
    await settle();
    target.last.fail(new EngineError('authentication', 'refused', { status: 401 }));
    await settle();
    controller.resendAfterNewKey();
    await settle();
    expect(target.calls).toHaveLength(2);
    target.last.end();
    await settle();
    controller.resendAfterNewKey();
    await settle();
    expect(target.calls).toHaveLength(2);
    expect(texts(controller)).toEqual(['one:  (done)']);
  });

  it('tells of another endpoint or model', () => {
    const controller = window();
    const changes: Change[] = [];
    controller.onChange((change) => void changes.push(change));
    environmentChanged.fire();
    expect(changes).toEqual([{ kind: 'session', session: VIEW }]);
  });

  it('ends what runs as interrupted when the window closes, out of sight too', async () => {
    const controller = window();
    controller.send('one');
    await settle();
    target.last.text('half');
    controller.newChat();
    controller.send('two');
    await settle();
    await controller.close();
    expect([...store.turns.values()].map(({ state, text }) => `${state} ${text}`)).toEqual([
      'interrupted half',
      'interrupted ',
    ]);
  });
});
