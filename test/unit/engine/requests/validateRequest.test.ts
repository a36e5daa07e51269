import { describe, expect, test } from 'vitest';
import type { ChatRequest, ContentBlock, Message } from '../../../../src/engine/types';
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
      "another's role",
      // @ts-expect-error: from outside
      { messages: [{ role: 'system', content: 'x' }] },
      /^messages\[0\]\.role: .* got system/,
    ],
    // @ts-expect-error: from outside
    ['a system prompt of numbers', { system: ['a', 1] }, /^system: expected a text or a list/],
    ['a conversation without a name', { conversationId: '' }, /^conversationId: expected a name/],
    ['an endless group', { group: 'g'.repeat(257) }, /^group: .* got "ggg/],
    ['a moment that is none', { notBefore: NaN }, /^notBefore: .* got NaN/],
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

  test('takes what the server decides about', () => {
    expect(() =>
      validateRequest(
        request({
          messages: [user, { role: 'assistant', content: 'Because' }],
          temperature: 2,
          maxTokens: 1,
          stopSequences: [],
          system: ['a', ''],
          conversationId: 'c',
          group: 'g',
          notBefore: 0,
        }),
      ),
    ).not.toThrow();
  });
});

describe('images and documents', () => {
  const base64 = (type: string, media_type: unknown, data: string): ContentBlock => ({
    type,
    source: { type: 'base64', media_type, data },
  });
  const image = base64('image', 'image/png', 'AAAA');

  test.each<[string, readonly ContentBlock[], RegExp]>([
    [
      'an image of a kind that no model reads',
      [image, base64('image', 'image/tiff', 'AAAA')],
      /^messages\[0\]\.content\[1\] \(image\): .* image\/webp, got "image\/tiff"\. Convert/,
    ],
    ['an image of no kind', [base64('image', undefined, 'AAAA')], /got none/],
    [
      'too large an image',
      [base64('image', 'image/png', 'A'.repeat(11 * 1024 * 1024))],
      /expected at most 10 MB in base64, got 11\.0 MB\. Attach it smaller/,
    ],
    ['an image of nothing', [base64('image', 'image/png', '')], /Attach it again/],
    [
      'a data: address',
      [base64('image', 'image/png', 'data:image/png;base64,AA')],
      /up to the comma/,
    ],
    [
      'a document that is no PDF',
      [base64('document', 'application/msword', 'AAAA')],
      /\(document\): expected the media type application\/pdf/,
    ],
    [
      "an image in a tool's answer",
      [{ type: 'tool_result', tool_use_id: 't', content: [base64('image', 'image/bmp', 'AA')] }],
      /^messages\[0\]\.content\[0\]\.content\[0\] \(image\)/,
    ],
  ])('refuses %s, and says where it is', (_, content, message) => {
    expect(() => validateRequest(request({ messages: [{ role: 'user', content }] }))).toThrow(
      message,
    );
  });

  test('refuses documents of the assistant', () => {
    const document = base64('document', 'application/pdf', 'AAAA');
    const messages: Message[] = [user, { role: 'assistant', content: [document] }, user];
    expect(() => validateRequest(request({ messages }))).toThrow(/messages\[1\].*Move it/);
  });

  test('takes what is in order, or elsewhere', () => {
    const content: ContentBlock[] = [
      image,
      base64('document', 'application/pdf', 'AAAA'),
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.tiff' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } },
      { type: 'document', source: { type: 'file', file_id: 'f' } },
      { type: 'image' },
      { type: 'tool_result', tool_use_id: 't', content: 'x' },
    ];
    expect(() => validateRequest(request({ messages: [{ role: 'user', content }] }))).not.toThrow();
  });
});
