import { describe, expect, it } from 'vitest';
import { parseHostToChat } from '../../../src/protocol/chat';
import { parseChatToHost } from '../../../src/protocol/chatToHost';

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
  attachments: [
    { id: 'a', kind: 'file', label: 'a.ts', detail: 'src/a.ts', tokens: 3, state: 'ready' },
  ],
  gauge: { used: 10, window: 100, parts: [{ label: 'Question', tokens: 10 }], cost: '' },
  queue: [{ id: 'q', text: 'next', attachments: 0 }],
  commands: [{ name: 'fix', description: '', argumentHint: '', source: 'builtin' }],
  isKept: true,
};
const turn = {
  id: 't1',
  prompt: 'Hello',
  attachments: [],
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
    { type: 'edit', turnId: 't1', text: 'Hi' },
    { type: 'regenerate', turnId: 't1' },
    { type: 'regenerate', turnId: 't1', model: 'm' },
    { type: 'switchBranch', turnId: 't1', index: 1 },
    { type: 'feedback', turnId: 't1', rating: null, reason: '' },
    { type: 'codeAction', turnId: 't1', action: 'run', code: 'ls', language: 'sh' },
    { type: 'attachUris', uris: ['file:///a'] },
    { type: 'openAttachment', id: 'a', turnId: 't1' },
    { type: 'history', requestId: 1, query: '', scope: 'all' },
    { type: 'openChat', conversationId: 'c1', place: 'tab' },
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
    [{ type: 'codeAction', turnId: 't1', action: 'delete', code: '', language: '' }],
    [{ type: 'attach', source: 'x'.repeat(5_000) }],
    [{ type: 'history', requestId: 1, query: '', scope: 'everything' }],
    [{ type: 'openChat', conversationId: 'c1', place: 'window' }],
    [{ type: 'feedback', turnId: 't1', rating: 'maybe', reason: '' }],
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
    [{ type: 'completions', requestId: '1', items: [] }],
    [{ type: 'undoable', id: '', text: 'x' }],
  ])('is refused: %j', (message) => {
    expect(parseHostToChat(message).ok).toBe(false);
  });
});
