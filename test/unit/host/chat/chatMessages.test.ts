import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/base/event';
import { ChatController } from '../../../../src/host/chat/chatController';
import { ChatMessages } from '../../../../src/host/chat/chatMessages';
import { FrameChannel } from '../../../../src/host/chat/frameChannel';
import { Log } from '../../../../src/host/logging/log';
import { Redactor } from '../../../../src/host/logging/redactor';
import { english } from '../../../../src/host/translate';
import type { HostToChat } from '../../../../src/protocol/chat';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import { MemoryStore } from '../../../helpers/memoryStore';
import { ScriptedTarget } from '../../../helpers/scriptedTarget';

let clock: FakeClock;
let target: ScriptedTarget;
let controller: ChatController;
let channel: FrameChannel;
let messages: ChatMessages;
let logged: string[];
let asked: string[];
let posted: HostToChat[];
let drafts: string[];

beforeEach(() => {
  clock = new FakeClock();
  target = new ScriptedTarget();
  logged = [];
  asked = [];
  posted = [];
  drafts = [];
  let ids = 0;
  const store = new MemoryStore();
  controller = new ChatController({
    clock,
    openStore: () => Promise.resolve(store),
    translate: english,
    newId: () => `id${++ids}`,
    onStoreFault: (error) => {
      throw error;
    },
    environment: {
      onChange: new Emitter<void>().event,
      view: () => ({
        endpoint: { kind: 'api', label: 'api' },
        model: 'm',
        models: [],
        efforts: [],
        effort: '',
        setup: [],
      }),
      target: () => target,
      warm: () => undefined,
    },
    memory: {
      conversationId: () => undefined,
      rememberConversation: () => undefined,
      draft: () => '',
      rememberDraft: (text) => void drafts.push(text),
    },
    workspace: undefined,
  });
  const post = (message: HostToChat): Promise<boolean> => {
    posted.push(message);
    return Promise.resolve(true);
  };
  channel = new FrameChannel(controller, post, clock);
  const write = (line: string): void => void logged.push(line);
  const log = new Log(
    { trace: write, debug: write, info: write, warn: write, error: write },
    new Redactor(),
  );
  messages = new ChatMessages(
    controller,
    channel,
    {
      prepare: () => Promise.resolve(),
      selectModel: (model) => void asked.push(`model ${model}`),
      selectEffort: (effort) => void asked.push(`effort ${effort}`),
      openLink: (link) => void asked.push(`link ${link.href}`),
      carryOut: (action) => void asked.push(`action ${action}`),
    },
    log,
  );
});

afterEach(async () => {
  channel.dispose();
  controller.dispose();
  await settle();
});

describe('ChatMessages', () => {
  it('carries a whole turn from the page’s question to its last frame', async () => {
    messages.take({ type: 'ready' });
    await settle();
    expect(posted).toMatchObject([{ type: 'snapshot', seq: 0, turns: [] }]);
    messages.take({ type: 'send', text: 'hello' });
    await settle();
    target.last.text('Hel');
    target.last.text('lo');
    await clock.advance(50);
    messages.take({ type: 'ack', seq: 1 });
    target.last.end();
    await clock.advance(50);
    const changes = posted.flatMap((message) => (message.type === 'frame' ? message.changes : []));
    expect(changes.filter(({ kind }) => kind === 'append')).toEqual([
      { kind: 'append', turnId: 'id2', text: 'Hello', thinking: '' },
    ]);
    expect(changes.at(-2)).toMatchObject({ kind: 'turn', patch: { state: 'done' } });
    expect(changes.at(-1)).toMatchObject({ kind: 'session', session: { busy: false } });
  });

  it('stops, retries and continues', async () => {
    messages.take({ type: 'send', text: 'hello' });
    await settle();
    messages.take({ type: 'stop' });
    await settle();
    messages.take({ type: 'retry', turnId: 'id2' });
    await settle();
    target.last.text('half');
    messages.take({ type: 'stop' });
    await settle();
    messages.take({ type: 'continue', turnId: 'id3' });
    await settle();
    expect(target.calls).toHaveLength(3);
    expect(target.last.request).toMatchObject({ partial: 'half' });
    messages.take({ type: 'stop' });
  });

  it('hands on what is not about the conversation', () => {
    messages.take({ type: 'selectModel', model: 'x' });
    messages.take({ type: 'selectEffort', effort: 'high' });
    messages.take({ type: 'action', action: 'setApiKey' });
    messages.take({ type: 'draft', text: 'half' });
    messages.take({ type: 'fault', message: 'TypeError: x' });
    expect(asked).toEqual(['model x', 'effort high', 'action setApiKey']);
    expect(drafts).toEqual(['half']);
    expect(logged).toEqual(['In the chat’s page: TypeError: x'.replace('’', "'")]);
  });

  it('opens links to the web and to mail only', () => {
    for (const href of ['https://a.example/x', 'http://a.example', 'mailto:a@b.example']) {
      messages.take({ type: 'openLink', href });
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
      messages.take({ type: 'openLink', href });
    }
    expect(asked).toEqual([
      'link https://a.example/x',
      'link http://a.example/',
      'link mailto:a@b.example',
    ]);
    expect(logged).toHaveLength(7);
  });

  it.each([
    undefined,
    'ready',
    { type: 'unknown' },
    { type: 'send' },
    { type: 'send', text: 7 },
    { type: 'action', action: 'runAnything' },
    { type: 'retry', turnId: '' },
  ])('drops and logs what is no message: %j', (input) => {
    messages.take(input);
    expect(logged).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  it('gives a question back that is not taken', async () => {
    messages.take({ type: 'send', text: 'first' });
    await settle();
    expect(posted).toEqual([]);
    messages.take({ type: 'send', text: 'second' });
    messages.take({ type: 'send', text: '  ' });
    expect(posted).toEqual([{ type: 'insertText', text: 'second' }]);
    messages.take({ type: 'stop' });
  });
});
