import { describe, expect, test } from 'vitest';
import type { ChatRequest, Message } from '../../../../src/engine/types';
import { validateRequest } from '../../../../src/engine/requests/validateRequest';
import { matching } from '../../../helpers/matchers';

const user: Message = { role: 'user', content: 'Why?' };

function request(changes: Partial<ChatRequest> = {}): ChatRequest {
  return { model: 'm', messages: [user], action: 'chat', ...changes };
}

describe('validateRequest', () => {
  test.each<[string, Partial<ChatRequest>, RegExp]>([
    ['no model', { model: '' }, /^model: expected a name/],
    ['a model with a space', { model: 'a b' }, /got "a b"/],
    ['a model with a line break', { model: 'a\nb' }, /got "a\\nb"/],
    ['an endless model name', { model: 'm'.repeat(257) }, /^model/],
    ['no messages', { messages: [] }, /^messages: expected at least one/],
    ['an empty message', { messages: [user, { role: 'user', content: ' \n' }] }, /^messages\[1\]/],
    ['a message without blocks', { messages: [{ role: 'user', content: [] }] }, /^messages\[0\]/],
    ['no tokens', { maxTokens: 0 }, /^maxTokens: .* got 0/],
    ['half a token', { maxTokens: 1.5 }, /^maxTokens/],
    ['too hot', { temperature: 2.1 }, /^temperature: .* got 2.1/],
    ['no temperature at all', { temperature: NaN }, /^temperature/],
    ['an empty stop sequence', { stopSequences: ['x', ''] }, /^stopSequences/],
    [
      'more than the server takes',
      { messages: [{ role: 'user', content: 'x'.repeat(33 * 1024 * 1024) }] },
      /too large: expected at most 33554432 bytes/,
    ],
  ])('refuses %s', (_, changes, message) => {
    let caught: unknown;
    try {
      validateRequest(request(changes));
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({
      kind: 'invalid_input',
      retryable: false,
      message: matching(message),
    });
  });

  test('counts text wherever it is sent', () => {
    const half = 'x'.repeat(17 * 1024 * 1024);
    const image = { type: 'image', source: { type: 'base64', data: half } };
    const withImage: Message = { role: 'user', content: [image] };
    expect(() => validateRequest(request({ messages: [withImage] }))).not.toThrow();
    expect(() => validateRequest(request({ messages: [withImage], system: half }))).toThrow();
    expect(() =>
      validateRequest(
        request({ messages: [withImage], tools: [{ name: 'n', description: half }] }),
      ),
    ).toThrow();
  });

  test('takes what the server decides about', () => {
    expect(() =>
      validateRequest(
        request({
          messages: [user, { role: 'assistant', content: 'Because' }],
          temperature: 2,
          maxTokens: 1,
          stopSequences: [],
        }),
      ),
    ).not.toThrow();
  });
});
