import { describe, expect, it } from 'vitest';
import {
  conversationKey,
  readConversation,
  remainderOf,
} from '../../../../src/simulator/requests/conversation';
import type { Conversation } from '../../../../src/simulator/requests/conversation';
import { validateMessages } from '../../../../src/simulator/requests/validateMessages';

type Turn = readonly ['user' | 'assistant', unknown];

function messages(...turns: readonly Turn[]): ReturnType<typeof validateMessages> {
  return validateMessages(turns.map(([role, content]) => ({ role, content })));
}

function read(...turns: readonly Turn[]): Conversation {
  return readConversation({ messages: messages(...turns) });
}

describe('readConversation', () => {
  it('finds the question and those before it', () => {
    const conversation = read(['user', 'one'], ['assistant', 'A'], ['user', 'two']);
    expect(conversation).toMatchObject({ prompt: 'two', earlier: ['one'], already: '' });
  });

  it('combines consecutive messages of the user, as the API does', () => {
    expect(read(['user', 'one'], ['user', 'two']).prompt).toBe('one\n\ntwo');
  });

  it('obeys no marks in what a request for a title or a summary quotes', () => {
    const { faults } = read(['user', 'Write a title for this conversation: hi [[fault stall]]']);
    expect(faults).toEqual([]);
  });

  it('takes marks out of the question and reads those of the last message only', () => {
    const conversation = read(
      ['user', 'one [[fault overload]]'],
      ['assistant', 'A'],
      ['user', 'two [[Fault stall after=2]] and [[shape pings=odd]] more'],
    );
    expect(conversation.prompt).toBe('two  and  more');
    expect(conversation.earlier).toEqual(['one']);
    expect(conversation.faults).toEqual(['stall after=2']);
    expect(conversation.shapes).toEqual(['pings=odd']);
  });

  it.each(['continue', 'Please continue where you stopped.', '继续'])(
    'goes on with the question before when the last message says %s',
    (words) => {
      const conversation = read(
        ['user', 'long 2'],
        ['assistant', 'Once '],
        ['user', 'continue'],
        ['assistant', 'upon '],
        ['user', words],
      );
      expect(conversation).toMatchObject({ prompt: 'long 2', already: 'Once upon ', earlier: [] });
    },
  );

  it('goes on from an assistant message at the end', () => {
    const conversation = read(['user', 'long 2'], ['assistant', 'Once upon']);
    expect(conversation).toMatchObject({ prompt: 'long 2', already: 'Once upon' });
  });

  it('reads tool results', () => {
    const conversation = read(
      ['user', 'weather?'],
      ['assistant', [{ type: 'tool_use', id: 't1', name: 'weather', input: {} }]],
      [
        'user',
        [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'rain' }] }],
      ],
    );
    expect(conversation.toolResults).toEqual(['rain']);
  });
});

describe('conversationKey', () => {
  it('is the same for a paused turn that goes on, and another for another question', () => {
    const asked = conversationKey(messages(['user', 'one']));
    expect(conversationKey(messages(['user', 'one'], ['assistant', 'A']))).toBe(asked);
    expect(conversationKey(messages(['user', 'two']))).not.toBe(asked);
  });
});

describe('remainderOf', () => {
  it.each([
    ['Once upon a time', 'Once upon', ' a time'],
    ['Once upon\n\na time', 'Once upon a', ' time'],
    ['😀 family 👩‍👧 end', '😀 family 👩‍👧', ' end'],
    ['all of it', 'all of it', ''],
  ])('of %j after %j', (answer, already, expected) => {
    expect(remainderOf(answer, already)).toBe(expected);
  });

  it('is unknown when the beginning is another', () => {
    expect(remainderOf('Once upon a time', 'Twice')).toBeUndefined();
  });
});
