import type {
  Attachment,
  ConversationSummary,
  StoredTurn,
  TurnOutcome,
} from '../../src/engine/ports';

export function conversation(
  id: string,
  overrides: Partial<ConversationSummary> = {},
): ConversationSummary {
  return {
    id,
    title: `Chat ${id}`,
    titleFrom: 'prompt',
    pinned: false,
    head: undefined,
    compaction: undefined,
    workspace: undefined,
    createdAt: 1_000,
    updatedAt: 1_000,
    ...overrides,
  };
}

/** A question that was saved and not sent yet; the first one of its conversation. */
export function turn(id: string, overrides: Partial<StoredTurn> = {}): StoredTurn {
  return {
    id,
    conversationId: 'c',
    ordinal: 0,
    parentId: undefined,
    createdAt: 2_000,
    prompt: `Question ${id}`,
    asked: undefined,
    attachments: [],
    feedback: undefined,
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

/** A file with one line in it. */
export function attachment(id: string, overrides: Partial<Attachment> = {}): Attachment {
  return {
    id,
    kind: 'file',
    label: `src/${id}.ts`,
    uri: `file:///project/src/${id}.ts`,
    tokens: 12,
    content: [{ type: 'text', text: `export const ${id} = 1;` }],
    ...overrides,
  };
}
