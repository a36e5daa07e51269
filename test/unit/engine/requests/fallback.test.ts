import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtinInfo } from '../../../../src/engine/models/capabilities';
import { nextModels, requestForModel } from '../../../../src/engine/requests/fallback';
import type { ChatRequest, ContentBlock, Message } from '../../../../src/engine/types';
import { testRequest } from '../../../helpers/modelHarness';

const SONNET = builtinInfo('claude-sonnet-5-5');
const OPUS = builtinInfo('claude-opus-5-5');
const HAIKU = builtinInfo('claude-haiku-4-5');
const LLAMA = builtinInfo('llama-4');

const GO_ON =
  'Continue exactly where your last message ended. Repeat nothing of it and add no introduction.';

const thinking: ContentBlock = { type: 'thinking', thinking: 'Hm.', signature: 'of Sonnet' };
const redacted: ContentBlock = { type: 'redacted_thinking', data: 'xxxx' };
const call: ContentBlock = { type: 'tool_use', id: 'toolu_1', name: 'ls', input: {} };
const result: ContentBlock = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'a b' };
const text = (words: string): ContentBlock => ({ type: 'text', text: words });

const user = (content: Message['content']): Message => ({ role: 'user', content });
const assistant = (content: Message['content']): Message => ({ role: 'assistant', content });

function converted(
  messages: readonly Message[],
  changes: Partial<ChatRequest> = {},
  to = OPUS,
): ChatRequest {
  return requestForModel(
    testRequest({ model: SONNET.id, messages, ...changes }),
    to.id,
    SONNET,
    to,
  );
}

describe('requestForModel', () => {
  test('leaves alone what the next model takes as it is', () => {
    const request = testRequest({
      messages: [
        user('Hello'),
        assistant([text('Hi.')]),
        user([{ type: 'image', source: {} }, text('What is it?')]),
      ],
      system: ['Be brief.'],
      temperature: 0.3,
      effort: 'max',
      thinking: 'adaptive',
      conversationId: 'c',
      maxTokens: 500,
    });
    const next = requestForModel(request, 'claude-opus-5-5', SONNET, OPUS);
    expect(next).toEqual({ ...request, model: 'claude-opus-5-5' });
    expect(next.messages).toBe(request.messages);
  });

  test('uses the name that is asked for, also where the endpoint calls the model otherwise', () => {
    const request = testRequest();
    expect(requestForModel(request, 'eu.opus', SONNET, OPUS).model).toBe('eu.opus');
  });

  test('removes thinking that another family has done, and keeps calls with their results', () => {
    const messages = [
      user('List.'),
      assistant([thinking, redacted, text('I look.'), call]),
      user([result]),
    ];
    expect(converted(messages).messages).toEqual([
      user('List.'),
      assistant([text('I look.'), call]),
      user([result]),
    ]);
  });

  test('keeps thinking within the family', () => {
    const messages = [user('Hi'), assistant([thinking, text('Hello.')]), user('Go')];
    const request = testRequest({ messages });
    const before = builtinInfo('claude-opus-5');
    expect(requestForModel(request, before.id, OPUS, before).messages).toBe(messages);
  });

  test('removes it where a model of the family does not think', () => {
    const messages = [user('Hi'), assistant([thinking, text('Hello.')]), user('Go')];
    const plain = {
      ...SONNET,
      capabilities: { ...SONNET.capabilities, thinking: 'none' as const },
    };
    expect(converted(messages, {}, plain).messages[1]).toEqual(assistant([text('Hello.')]));
  });

  test('drops a message that held nothing else, and joins its neighbours', () => {
    const image: ContentBlock = { type: 'image', source: {} };
    const plain = [user('One.'), assistant([thinking]), user('Two.')];
    expect(converted(plain).messages).toEqual([user('One.\n\nTwo.')]);
    const rich = [user([image]), assistant([thinking, text(' \n')]), user('What is it?')];
    expect(converted(rich).messages).toEqual([user([image, text('What is it?')])]);
    const two = [
      user('One.'),
      assistant([thinking]),
      user('Two.'),
      assistant([redacted]),
      user('Three.'),
      assistant('Done.'),
      user('Four.'),
    ];
    expect(converted(two).messages).toEqual([
      user('One.\n\nTwo.\n\nThree.'),
      assistant('Done.'),
      user('Four.'),
    ]);
  });

  test('does not change the request that it is given', () => {
    const messages = [user('One.'), assistant([thinking]), user('Two.')];
    const before = structuredClone(messages);
    converted(messages);
    expect(messages).toEqual(before);
  });

  describe('of a conversation that ends with the assistant', () => {
    const messages = [user('Write.'), assistant('Once upon')];

    test('asks to go on where the next model does not by itself', () => {
      expect(converted(messages).messages).toEqual([...messages, user(GO_ON)]);
    });

    test('leaves it where the next model does', () => {
      expect(converted(messages, {}, HAIKU).messages).toBe(messages);
      expect(converted(messages, {}, LLAMA).messages).toBe(messages);
    });

    test('asks where the next model would think, which excludes going on', () => {
      const request = converted(messages, { thinking: 'adaptive' }, HAIKU);
      expect(request.messages.at(-1)).toEqual(user(GO_ON));
    });

    test('asks nothing when that end was only thinking', () => {
      expect(converted([user('Write.'), assistant([thinking])]).messages).toEqual([user('Write.')]);
    });
  });

  test('clamps maxTokens to what the next model can', () => {
    expect(converted([user('Hi')], { maxTokens: 100_000 }, HAIKU).maxTokens).toBe(64_000);
    expect(converted([user('Hi')], { maxTokens: 64_000 }, HAIKU).maxTokens).toBe(64_000);
    expect(converted([user('Hi')], {}, HAIKU)).not.toHaveProperty('maxTokens');
  });

  test('turns thinking off where a budget model would miss its own before a tool result', () => {
    const messages = [user('List.'), assistant([thinking, call]), user([result])];
    const asked = { thinking: 'adaptive' } as const;
    expect(converted(messages, asked, HAIKU).thinking).toBe('off');
    expect(converted(messages, asked, OPUS).thinking).toBe('adaptive');
    const over = [...messages, assistant('Two files.'), user('Thanks.')];
    expect(converted(over, asked, HAIKU).thinking).toBe('adaptive');
    const own = requestForModel(testRequest({ messages, ...asked }), HAIKU.id, HAIKU, HAIKU);
    expect(own.thinking).toBe('adaptive');
  });

  test('gives every conversation an order that the next model takes', () => {
    const reply = fc.subarray([thinking, redacted, text('Words.'), text('')], { minLength: 1 });
    const turn = fc.oneof(
      reply.map((blocks) => [user('Question.'), assistant(blocks)]),
      reply.map((blocks) => [
        user([text('Do.')]),
        assistant([...blocks, call]),
        user([result]),
        assistant('Done.'),
      ]),
    );
    const ending = fc.constantFrom([], [user('Last.')]);
    fc.assert(
      fc.property(
        fc.array(turn, { minLength: 1, maxLength: 6 }),
        ending,
        fc.constantFrom(OPUS, HAIKU, LLAMA),
        (turns, last, to) => {
          const { messages } = converted([...turns.flat(), ...last], {}, to);
          expect(messages[0]?.role).toBe('user');
          for (const [index, { role, content }] of messages.entries()) {
            expect(role).toBe(index % 2 === 0 ? 'user' : 'assistant');
            expect(content.length).toBeGreaterThan(0);
            if (typeof content === 'string') continue;
            const types = content.map(({ type }) => type);
            expect(types).not.toContain('thinking');
            expect(types).not.toContain('redacted_thinking');
            if (types.includes('tool_use')) expect(messages[index + 1]?.content).toEqual([result]);
          }
          if (!to.capabilities.prefill) expect(messages.at(-1)?.role).toBe('user');
        },
      ),
      { seed: 11, numRuns: 100 },
    );
  });
});

describe('nextModels', () => {
  test('are those of the setting in order, without the ones tried, its own and repetitions', () => {
    const request = testRequest({ model: 'own' });
    expect(nextModels(request, ['b', 'own', 'a', 'b', 'c'], ['c'])).toEqual(['b', 'a']);
    expect(nextModels(request, ['b', 'a'], new Set(['a', 'b']))).toEqual([]);
    expect(nextModels(request, [], [])).toEqual([]);
  });
});
