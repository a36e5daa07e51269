import { describe, expect, test } from 'vitest';
import { continuationRequest } from '../../../../../src/engine/requests/continuation/continuationRequest';
import type { ChatRequest, ModelCapabilities, ModelInfo } from '../../../../../src/engine/types';

const question: ChatRequest = {
  model: 'm',
  messages: [{ role: 'user', content: 'Tell me.' }],
  action: 'chat',
};
const PARTIAL = 'A breaker opens when too many requests fail. Then no request is sent for a wh';

function model(capabilities: Partial<ModelCapabilities>): ModelInfo {
  return {
    id: 'm',
    displayName: 'M',
    capabilities: {
      contextWindow: 200_000,
      maxOutputTokens: 8_192,
      thinking: 'none',
      efforts: [],
      maxTemperature: 1,
      prefill: true,
      ...capabilities,
    },
    retiresAt: undefined,
    source: 'builtin',
  };
}

describe('continuationRequest', () => {
  test('has the model go on from its own words where it takes them as the last message', () => {
    const { request, style } = continuationRequest(question, `${PARTIAL} \n`, model({}));
    expect(style).toBe('prefill');
    expect(request.messages).toEqual([
      ...question.messages,
      { role: 'assistant', content: PARTIAL },
    ]);
  });

  test.each([
    ['takes no prefill', model({ prefill: false }), question],
    ['thinks', model({ thinking: 'budget' }), { ...question, thinking: 'adaptive' } as const],
  ])('asks a model that %s to begin with the last words', (_, info, asked) => {
    const { request, style, anchor } = continuationRequest(asked, PARTIAL, info);
    expect(style).toBe('ask');
    expect(PARTIAL.endsWith(anchor)).toBe(true);
    const [, answer, goOn, ...more] = request.messages;
    expect(more).toEqual([]);
    expect(answer).toEqual({ role: 'assistant', content: PARTIAL });
    expect(goOn?.role).toBe('user');
    expect(goOn?.content).toContain(`<last_words>${anchor}</last_words>`);
    expect(goOn?.content).not.toContain('code block');
  });

  test('says that a code block is open', () => {
    const { request } = continuationRequest(
      question,
      'Here:\n\n```ts\nconst a',
      model({ prefill: false }),
    );
    expect(request.messages.at(-1)?.content).toContain('a code block that is still open');
  });

  test('makes the last message longer where that is the assistant’s already', () => {
    const begun = { role: 'assistant', content: 'Well, ' } as const;
    const paused = { role: 'assistant', content: [{ type: 'server_tool_use', id: 's' }] } as const;
    const withMessage = (message: typeof begun | typeof paused): ChatRequest => ({
      ...question,
      messages: [...question.messages, message],
    });
    const text = continuationRequest(withMessage(begun), 'it is', model({})).request.messages;
    expect(text.at(-1)).toEqual({ role: 'assistant', content: 'Well, it is' });
    const blocks = continuationRequest(withMessage(paused), 'it is', model({})).request.messages;
    expect(blocks.at(-1)?.content).toEqual([
      { type: 'server_tool_use', id: 's' },
      { type: 'text', text: 'it is' },
    ]);
  });

  test('asks anew where there is nothing to go on from', () => {
    expect(continuationRequest(question, ' \n', model({})).request).toBe(question);
  });

  test('sends no half of a character', () => {
    const half = 'It is on 🔥'.slice(0, -1);
    const { request } = continuationRequest(question, half, model({}));
    expect(request.messages.at(-1)?.content).toBe('It is on');
  });
});
