import { describe, expect, it } from 'vitest';
import type { Attachment, Compaction, TurnStats } from '../../../../src/engine/ports';
import type { ContentBlock } from '../../../../src/engine/types';
import { requestMessages } from '../../../../src/host/chat/requestMessages';
import type { AskedQuestion } from '../../../../src/host/chat/requestMessages';
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
const QUESTION: AskedQuestion = {
  prompt: 'now',
  asked: undefined,
  attachments: [],
  model: 'm',
  endpointId: 'e',
};

function turn(prompt: string, text: string, phase: TurnPhase, content: ContentBlock[] = []): Turn {
  return {
    id: prompt,
    ordinal: 0,
    parentId: undefined,
    createdAt: 0,
    prompt,
    asked: undefined,
    attachments: [],
    feedback: undefined,
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

  it('asks what a command means, not what was typed, with what goes along before it', () => {
    const asked = { ...turn('/explain', 'so', DONE), asked: 'Explain.', attachments: [FILE] };
    expect(requestMessages([asked], { ...QUESTION, asked: 'Fix it.' })).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'the file' },
          { type: 'text', text: 'Explain.' },
        ],
      },
      { role: 'assistant', content: 'so' },
      { role: 'user', content: 'Fix it.' },
    ]);
  });

  it('tells the turns that a summary stands for as the summary, in front of the next question', () => {
    const turns = ['a', 'b', 'c'].map((prompt) => turn(prompt, `to ${prompt}`, DONE));
    const messages = requestMessages(turns, QUESTION, summary('b'));
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(JSON.stringify(messages[0])).toContain('<summary>');
    expect(JSON.stringify(messages)).not.toContain('to b');
    expect(messages[1]?.content).toBe('to c');
    const all = requestMessages(turns, QUESTION, summary('c'));
    expect(all).toHaveLength(1);
    expect(JSON.stringify(all)).toContain('They counted.');
  });

  it('takes no summary of another branch', () => {
    const messages = requestMessages([turn('a', 'to a', DONE)], QUESTION, summary('elsewhere'));
    expect(JSON.stringify(messages)).not.toContain('They counted.');
    expect(messages).toHaveLength(3);
  });
});

const FILE: Attachment = {
  id: 'f',
  kind: 'file',
  label: 'a.ts',
  uri: undefined,
  tokens: 2,
  content: [{ type: 'text', text: 'the file' }],
};

function summary(throughTurnId: string): Compaction {
  return { throughTurnId, summary: 'They counted.', tokensBefore: 9, tokensAfter: 3, at: 0 };
}
