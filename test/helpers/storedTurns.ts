import type { ConversationSummary, StoredTurn, TurnOutcome } from '../../src/engine/ports';

export function conversation(
  id: string,
  overrides: Partial<ConversationSummary> = {},
): ConversationSummary {
  return {
    id,
    title: `Chat ${id}`,
    workspace: undefined,
    createdAt: 1_000,
    updatedAt: 1_000,
    ...overrides,
  };
}

/** A question that was saved and not sent yet. */
export function turn(id: string, overrides: Partial<StoredTurn> = {}): StoredTurn {
  return {
    id,
    conversationId: 'c',
    ordinal: 0,
    createdAt: 2_000,
    prompt: `Question ${id}`,
    model: 'claude-test',
    endpointId: 'api.example.com',
    state: 'waiting',
    text: '',
    thinking: '',
    content: [],
    stopReason: undefined,
    stats: undefined,
    error: undefined,
    ...overrides,
  };
}

export function outcome(overrides: Partial<TurnOutcome> = {}): TurnOutcome {
  return { state: 'done', text: 'Answer', thinking: '', content: [], ...overrides };
}
