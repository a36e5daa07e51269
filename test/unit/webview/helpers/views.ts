import type { SessionView } from '../../../../src/protocol/chat';
import type { TurnView } from '../../../../src/protocol/turn';

export function sessionView(over: Partial<SessionView> = {}): SessionView {
  return {
    conversationId: 'c1',
    title: 'New chat',
    busy: false,
    endpoint: { kind: 'api', label: 'api.anthropic.com' },
    model: 'm1',
    models: [
      { id: 'm1', label: 'Model One' },
      { id: 'm2', label: 'Model Two', description: 'the other' },
    ],
    efforts: [],
    effort: '',
    setup: [],
    draft: '',
    attachments: [],
    queue: [],
    commands: [],
    isKept: true,
    ...over,
  };
}

export function turnView(over: Partial<TurnView> = {}): TurnView {
  return {
    id: 't1',
    prompt: 'Why?',
    attachments: [],
    model: 'm1',
    state: 'done',
    text: '',
    thinking: '',
    tools: [],
    notes: [],
    canContinue: false,
    canAskAgain: false,
    ...over,
  };
}
