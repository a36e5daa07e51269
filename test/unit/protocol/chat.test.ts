import { describe, expect, it } from 'vitest';
import { parseChatToHost, parseHostToChat } from '../../../src/protocol/chat';

const session = {
  conversationId: 'c1',
  title: 'New chat',
  busy: false,
  endpoint: { kind: 'api', label: 'api.anthropic.com' },
  model: 'm',
  models: [{ id: 'm', label: 'M' }],
  efforts: [],
  effort: '',
  setup: [],
  draft: '',
};
const turn = {
  id: 't1',
  prompt: 'Hello',
  model: 'm',
  state: 'streaming',
  text: 'Hi',
  thinking: '',
  tools: [],
  notes: [],
  canContinue: false,
  canAskAgain: false,
};

describe('what the webview says', () => {
  it.each([
    { type: 'ready' },
    { type: 'ack', seq: 3 },
    { type: 'send', text: 'Hello' },
    { type: 'retry', turnId: 't1' },
    { type: 'action', action: 'setApiKey' },
  ])('is taken: %j', (message) => {
    expect(parseChatToHost(message)).toEqual({ ok: true, value: message });
  });

  it.each([
    [undefined],
    [null],
    ['ready'],
    [{ type: 'run', command: 'rm' }],
    [{ type: 'ack', seq: '3' }],
    [{ type: 'send' }],
    [{ type: 'retry', turnId: '' }],
    [{ type: 'action', action: 'workbench.action.terminal.new' }],
    [{ type: 'openLink', href: 'x'.repeat(10_000) }],
  ])('is refused with a reason: %j', (message) => {
    const parsed = parseChatToHost(message);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.problem).not.toBe('');
  });

  it('loses fields that the protocol does not know', () => {
    const parsed = parseChatToHost({ type: 'stop', next: 'format disk' });
    expect(parsed).toEqual({ ok: true, value: { type: 'stop' } });
  });
});

describe('what the host says', () => {
  it('is taken: a snapshot with a turn', () => {
    const message = { type: 'snapshot', seq: 0, session, turns: [turn] };
    expect(parseHostToChat(message)).toEqual({ ok: true, value: message });
  });

  it('is taken: a frame with every kind of change', () => {
    const message = {
      type: 'frame',
      seq: 1,
      changes: [
        { kind: 'turnAdded', turn },
        { kind: 'append', turnId: 't1', text: 'more', thinking: '' },
        { kind: 'turn', turnId: 't1', patch: { state: 'done', notice: null } },
        { kind: 'session', session: { busy: false } },
        { kind: 'turnRemoved', turnId: 't1' },
      ],
    };
    expect(parseHostToChat(message)).toEqual({ ok: true, value: message });
  });

  it.each([
    [{ type: 'frame', seq: 1, changes: [{ kind: 'html', html: '<b>' }] }],
    [{ type: 'frame', changes: [] }],
    [{ type: 'snapshot', seq: 0, session: { ...session, model: 5 }, turns: [] }],
    [{ type: 'snapshot', seq: 0, session, turns: [{ ...turn, state: 'happy' }] }],
  ])('is refused: %j', (message) => {
    expect(parseHostToChat(message).ok).toBe(false);
  });
});
