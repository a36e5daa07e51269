import { describe, expect, it } from 'vitest';
import type { TurnStats } from '../../../../src/engine/ports';
import type { ContentBlock } from '../../../../src/engine/types';
import { requestMessages } from '../../../../src/host/chat/requestMessages';
import type { Turn, TurnPhase } from '../../../../src/host/chat/turn';

const STATS: TurnStats = {
  usage: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
  timing: {
    queueMs: 0,
    backoffMs: 0,
    connectMs: 0,
    firstByteMs: 0,
    firstTokenMs: 0,
    totalMs: 0,
  },
  costUSD: 0,
  requestId: undefined,
  attempts: 1,
};
const DONE: TurnPhase = { kind: 'done', stopReason: 'end_turn', stats: STATS };
const STOPPED: TurnPhase = { kind: 'stopped', stats: undefined };
const QUESTION = { prompt: 'now', model: 'm', endpointId: 'e' };

function turn(prompt: string, text: string, phase: TurnPhase, content: ContentBlock[] = []): Turn {
  return {
    id: prompt,
    ordinal: 0,
    createdAt: 0,
    prompt,
    model: 'm',
    endpointId: 'e',
    phase,
    text,
    thinking: '',
    tools: [],
    notes: [],
    content,
  };
}

const THOUGHT: ContentBlock[] = [
  { type: 'thinking', thinking: 'hm', signature: 'sig' },
  { type: 'text', text: 'yes' },
];

describe('requestMessages', () => {
  it('sends a whole reply back as its blocks, signatures kept', () => {
    expect(requestMessages([turn('q', 'yes', DONE, THOUGHT)], QUESTION)).toEqual([
      { role: 'user', content: 'q' },
      { role: 'assistant', content: THOUGHT },
      { role: 'user', content: 'now' },
    ]);
  });

  it.each([
    ['another model', { ...QUESTION, model: 'other' }],
    ['another endpoint', { ...QUESTION, endpointId: 'other' }],
  ])('sends only the text to %s', (_, question) => {
    expect(requestMessages([turn('q', 'yes', DONE, THOUGHT)], question)[1]?.content).toBe('yes');
  });

  it('sends only the text where a block would be refused: a tool call without its result', () => {
    const content = [...THOUGHT, { type: 'tool_use', id: 'x', name: 'n', input: {} }];
    expect(requestMessages([turn('q', 'yes', DONE, content)], QUESTION)[1]?.content).toBe('yes');
  });

  it('leaves out empty text blocks', () => {
    const content = [{ type: 'text', text: ' ' }, ...THOUGHT];
    expect(requestMessages([turn('q', ' yes', DONE, content)], QUESTION)[1]?.content).toEqual(
      THOUGHT,
    );
  });

  it('leaves out a turn without a reply, so that roles take turns', () => {
    const turns = [turn('a', '', STOPPED), turn('b', 'yes', DONE), turn('c', ' \n', STOPPED)];
    expect(requestMessages(turns, QUESTION).map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
    ]);
  });

  it('sends a reply that broke off as far as it came', () => {
    expect(requestMessages([turn('a', 'half', STOPPED)], QUESTION)[1]?.content).toBe('half');
  });

  it('leaves out a broken reply whose question was asked again', () => {
    const turns = [turn('a', 'half', STOPPED), turn('a', 'whole', DONE)];
    expect(requestMessages(turns, QUESTION).map(({ content }) => content)).toEqual([
      'a',
      'whole',
      'now',
    ]);
    expect(requestMessages([turn('now', 'half', STOPPED)], QUESTION)).toHaveLength(1);
  });
});
