import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { ConversationSummary, StoredTurn } from '../../../../src/engine/ports';
import { exportJson } from '../../../../src/host/history/exportJson';
import { ImportError } from '../../../../src/host/history/importProblem';
import { MAX_IMPORT_BYTES, parseImport } from '../../../../src/host/history/parseImport';
import type { ParsedImport } from '../../../../src/host/history/parseImport';
import { english } from '../../../../src/host/translate';
import { MemoryStore } from '../../../helpers/memoryStore';
import { attachment, conversation, turn } from '../../../helpers/storedTurns';

const NOW = Date.UTC(2026, 10, 22, 10, 30);

function parse(text: string): ParsedImport {
  let count = 0;
  return parseImport(text, { translate: english, newId: () => `new${++count}`, now: NOW });
}

function failure(text: string): { kind: string; message: string } {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ImportError) return { kind: error.kind, message: error.message };
    throw error;
  }
  throw new Error('it was read');
}

const chat: ConversationSummary = conversation('c', {
  title: 'Knots',
  titleFrom: 'user',
  pinned: true,
  head: 'b',
  compaction: { throughTurnId: 'a', summary: 'S', tokensBefore: 9, tokensAfter: 1, at: 1_500 },
  workspace: 'file:///project',
  createdAt: 1_000,
  updatedAt: 2_000,
});
const turns: StoredTurn[] = [
  turn('a', {
    state: 'done',
    asked: 'All of it',
    attachments: [
      attachment('f'),
      attachment('p', { kind: 'image', content: [{ type: 'image' }] }),
    ],
    feedback: { rating: 'up', reason: 'Good' },
    text: 'Answer',
    thinking: 'Hm',
    content: [
      { type: 'text', text: 'Answer' },
      { type: 'later', anything: [1, { deep: null }] },
    ],
    stopReason: 'end_turn',
    stats: {
      usage: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 },
      timing: {
        queueMs: 0,
        backoffMs: 0,
        connectMs: undefined,
        firstByteMs: 1.5,
        firstTokenMs: 2,
        totalMs: 3,
      },
      costUSD: 0.1,
      requestId: 'req',
      attempts: 1,
      notes: [{ kind: 'resumed', times: 2 }],
    },
  }),
  turn('b', { ordinal: 1, parentId: 'a', state: 'done' }),
  turn('c', {
    ordinal: 2,
    parentId: 'a',
    state: 'failed',
    error: {
      kind: 'overloaded',
      message: 'No',
      status: 529,
      requestId: undefined,
      retryable: true,
      retryAfterMs: undefined,
    },
  }),
];
const exported = exportJson([{ conversation: chat, turns }], NOW);

type Json = Record<string, unknown>;

const fileSchema = v.looseObject({
  conversations: v.tuple([v.looseObject({ turns: v.array(v.looseObject({})) })]),
});

interface Changes {
  /** Fields of the conversation; `undefined` takes one away. */
  readonly chat?: Json;
  readonly turns?: (turns: readonly Json[]) => readonly unknown[];
  readonly list?: (chat: Json) => readonly unknown[];
}

/** The exported file with something changed in it. */
function changed({ chat: fields, turns: change, list }: Changes): string {
  const file = v.parse(fileSchema, JSON.parse(exported));
  const [first] = file.conversations;
  const whole: Json = { ...first, turns: change ? change(first.turns) : first.turns, ...fields };
  return JSON.stringify({ ...file, conversations: list ? list(whole) : [whole] });
}

/** Fields of the turn at this place. */
function inTurn(place: number, fields: Json): Changes {
  return { turns: (all) => all.with(place, { ...all[place], ...fields }) };
}

describe('what Pulse exported', () => {
  it('is a file of this form', async () => {
    await expect(exported).toMatchFileSnapshot('../../../golden/history/export.json');
  });

  it('comes back with everything in it', () => {
    expect(parse(exported)).toEqual({
      from: 'pulse',
      conversations: [{ conversation: chat, turns }],
      problems: [],
    });
  });

  it('holds any number of conversations, which the store takes', async () => {
    const other = { conversation: conversation('d'), turns: [turn('x', { state: 'streaming' })] };
    const { conversations } = parse(exportJson([{ conversation: chat, turns }, other], NOW));
    const store = new MemoryStore();
    for (const one of [...conversations, ...conversations]) {
      await store.importConversation(one.conversation, one.turns);
    }
    expect(await store.listConversations({ limit: 9 })).toHaveLength(4);
    expect(await store.getConversation('c')).toEqual({ conversation: chat, turns });
  });

  it('survives moments and texts that are odd', () => {
    const odd = conversation('c', { createdAt: -5, updatedAt: 9e15, title: '\u0000\uD83D' });
    const [read] = parse(exportJson([{ conversation: odd, turns: [] }], NOW)).conversations;
    expect(read?.conversation).toMatchObject({ createdAt: 0, updatedAt: 0 });
  });
});

describe('a file that is something else', () => {
  it.each([
    ['a text', 'Hello', 'not_json', /not JSON .* Choose a file that Pulse exported/],
    ['nothing', '', 'not_json', /not JSON/],
    ['a ZIP archive', 'PK\u0003\u0004…', 'not_json', /ZIP archive\. Unpack it/],
    ['a number', '5', 'unknown', /expected Object, got 5\./],
    [
      'another JSON',
      '{"format":"other"}',
      'unknown',
      /expected "pulse-conversations", got "other"/,
    ],
    ['a list', '[1, 2]', 'unknown', /no chats in this file/],
    [
      'no list',
      '{"format":"pulse-conversations","version":1}',
      'unknown',
      /conversations: expected/,
    ],
    [
      'a newer version',
      '{"format":"pulse-conversations","version":2,"conversations":[]}',
      'newer',
      /format 2, this version knows 1\)\. Update Pulse/,
    ],
    [
      'an empty history',
      '{"format":"pulse-conversations","version":1,"conversations":[]}',
      'empty',
      /no chat with a message/,
    ],
  ])('%s is refused, with what to do', (_, text, kind, message) => {
    const found = failure(text);
    expect(found.kind).toBe(kind);
    expect(found.message).toMatch(message);
  });

  it('is refused when it is nested without end', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(failure(deep).kind).toBe('too_deep');
    const inside = exported.replace('"title": "Knots"', `"title": ${deep}`);
    expect(inside.length).toBeGreaterThan(deep.length);
    expect(failure(inside).kind).toBe('too_deep');
  });

  it('is refused when it is too large, before anything is made of it', () => {
    expect(failure(' '.repeat(MAX_IMPORT_BYTES + 1)).kind).toBe('too_large');
    const many = `[${Array(100_001).fill('{"chat_messages":[]}').join(',')}]`;
    expect(failure(many)).toMatchObject({ kind: 'too_large', message: /at most 400 MB/ });
  });

  it('may begin with a byte order mark', () => {
    expect(parse(`\uFEFF${exported}`).conversations).toHaveLength(1);
  });
});

describe('a conversation that is not as it should be', () => {
  it.each<[string, Changes, RegExp]>([
    ['a title of another type', { chat: { title: 5 } }, /title: expected string, got 5\./],
    ['no id', { chat: { id: undefined } }, /id: expected "?id"?, got undefined\./],
    ['an unknown state', inTurn(1, { state: 'x' }), /turns\[1\]\.state: expected .*, got "x"/],
    ['no time', { chat: { createdAt: 'now' } }, /createdAt: expected .*, got "now"/],
    [
      'a turn that is none',
      { turns: (all) => all.map((each, place) => (place === 0 ? null : each)) },
      /turns\[0\]: expected Object, got null/,
    ],
    [
      'a list for a text',
      inTurn(0, { prompt: ['x'] }),
      /turns\[0\]\.prompt: expected string, got Array\./,
    ],
    ['a long value', inTurn(0, { state: 'x'.repeat(9_000) }), /got "x{59}…\./],
    ['two turns of one id', inTurn(1, { id: 'a' }), /two messages have the id “a”/],
    ['a turn that follows itself', inTurn(1, { parentId: 'b' }), /“b” follows itself/],
    ['turns in a circle', inTurn(0, { parentId: 'c' }), /follows itself/],
  ])('%s is told', (_, changes, message) => {
    const found = failure(changed(changes));
    expect(found.kind).toBe('invalid');
    expect(found.message).toMatch(message);
    expect(found.message).toMatch(/Export the chats again\.$/);
    expect(found.message.length).toBeLessThan(400);
  });

  it('is left out, and the others are imported', () => {
    const { conversations, problems } = parse(
      changed({ list: (first) => [{ ...first, title: null }, 'x', first] }),
    );
    expect(conversations).toHaveLength(1);
    expect(problems).toEqual([
      'Chat 1: title: expected string, got null.',
      'Chat 2: $: expected Object, got "x".',
    ]);
  });

  it('is put in order where a turn comes before the one that it follows', () => {
    const [read] = parse(changed({ turns: (all) => all.toReversed() })).conversations;
    expect(read?.turns.map(({ id, ordinal }) => `${id}${ordinal}`)).toEqual(['a0', 'c1', 'b2']);
  });

  it('loses references to what is not in it', () => {
    const [read] = parse(changed({ turns: (all) => all.slice(1) })).conversations;
    expect(read?.turns.map(({ parentId }) => parentId)).toEqual([undefined, undefined]);
  });

  it('opens no command and no program by what was attached', () => {
    const attachments = ['command:x', 'vscode://x', 'file:///a', 'https://a'].map((uri) =>
      attachment('f', { uri }),
    );
    const { conversations } = parse(changed(inTurn(0, { attachments })));
    expect(conversations[0]?.turns[0]?.attachments.map(({ uri }) => uri)).toEqual([
      undefined,
      undefined,
      'file:///a',
      'https://a',
    ]);
  });

  it('does not reach into objects by names of its fields', () => {
    const text = exported.replace('"pinned": true', '"pinned": true, "__proto__": {"x": 1}');
    const [read] = parse(text).conversations;
    expect(read?.conversation).toEqual(chat);
    expect('x' in {}).toBe(false);
  });
});

describe('an export of claude.ai', () => {
  const message = (sender: string, text: string, more: object = {}): object => ({
    uuid: `${sender}-${text}`,
    sender,
    text,
    content: [{ type: 'text', text }],
    created_at: '2026-01-02T03:04:05.678901Z',
    attachments: [],
    files: [],
    ...more,
  });
  const file = (messages: unknown, more: object = {}): string =>
    JSON.stringify([
      {
        uuid: 'u1',
        name: 'Tying knots',
        created_at: '2026-01-02T03:00:00Z',
        updated_at: '2026-01-03T03:00:00Z',
        account: { uuid: 'me' },
        chat_messages: messages,
        ...more,
      },
    ]);
  const turnsOf = (text: string): readonly StoredTurn[] =>
    parse(text).conversations[0]?.turns ?? [];

  it('becomes turns of questions and answers', () => {
    const text = file([
      message('human', 'How?'),
      message('assistant', 'So.', {
        content: [
          { type: 'thinking', thinking: 'Hm.' },
          { type: 'text', text: 'So.' },
          { type: 'tool_use', name: 'web_search', input: { query: 'x' } },
          { type: 'text', text: 'Done.' },
        ],
      }),
      message('human', 'And?'),
    ]);
    expect(parse(text)).toEqual({
      from: 'claude.ai',
      problems: [],
      conversations: [
        {
          conversation: conversation('u1', {
            title: 'Tying knots',
            titleFrom: 'model',
            createdAt: Date.UTC(2026, 0, 2, 3),
            updatedAt: Date.UTC(2026, 0, 3, 3),
          }),
          turns: [
            turn('human-How?', {
              conversationId: 'u1',
              createdAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
              prompt: 'How?',
              model: 'claude.ai',
              endpointId: 'claude.ai',
              state: 'done',
              text: 'So.\n\nDone.',
              thinking: 'Hm.',
              content: [{ type: 'text', text: 'So.\n\nDone.' }],
              stopReason: 'end_turn',
            }),
            turn('human-And?', {
              conversationId: 'u1',
              ordinal: 1,
              parentId: 'human-How?',
              createdAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
              prompt: 'And?',
              model: 'claude.ai',
              endpointId: 'claude.ai',
              state: 'interrupted',
            }),
          ],
        },
      ],
    });
  });

  it('keeps what was attached: its text, or else its name', () => {
    const [read] = turnsOf(
      file([
        message('human', 'Look', {
          attachments: [{ file_name: 'a.txt', file_size: 3, extracted_content: 'one\ntwo' }],
          files: [{ file_name: 'photo.png' }, { file_name: 'a.txt' }, 'odd'],
        }),
      ]),
    );
    expect(read?.attachments).toMatchObject([
      { kind: 'file', label: 'a.txt', uri: undefined, content: [{ type: 'text' }] },
      { label: 'photo.png', tokens: 0, content: [] },
    ]);
    expect(JSON.stringify(read?.attachments[0]?.content)).toContain(String.raw`one\ntwo`);
    expect(read?.attachments[0]?.tokens).toBeGreaterThan(0);
  });

  it('keeps artifacts as code', () => {
    const [read] = turnsOf(
      file([
        message('human', 'Write it'),
        message('assistant', 'Here', {
          content: [
            {
              type: 'tool_use',
              name: 'artifacts',
              input: { title: 'knot.ts', language: 'ts', content: 'const a = 1;' },
            },
          ],
        }),
      ]),
    );
    expect(read?.text).toBe('**knot.ts**\n\n```ts\nconst a = 1;\n```');
  });

  it('keeps versions apart where it tells which message follows which', () => {
    const from = (parent: string): object => ({ parent_message_uuid: parent });
    const read = turnsOf(
      file([
        message('human', 'a', from('00000000-0000-4000-8000-000000000000')),
        message('assistant', 'b', from('human-a')),
        message('assistant', 'c', from('human-a')),
        message('human', 'd', from('assistant-b')),
        message('human', 'e', from('assistant-c')),
        message('human', 'f', from('00000000-0000-4000-8000-000000000000')),
      ]),
    );
    expect(read.map(({ id, parentId, text }) => [id, parentId, text])).toEqual([
      ['human-a', undefined, 'b'],
      ['assistant-c', undefined, 'c'],
      ['human-d', 'human-a', ''],
      ['human-e', 'assistant-c', ''],
      ['human-f', undefined, ''],
    ]);
    expect(read[1]?.prompt).toBe('a');
  });

  it('does with little', () => {
    const bare = JSON.stringify([
      { chat_messages: [] },
      { uuid: 'empty', name: 'Nothing said', chat_messages: [] },
      { name: null, chat_messages: [{ sender: 'assistant', text: ' Hello ' }] },
    ]);
    expect(parse(bare)).toMatchObject({
      problems: [],
      conversations: [
        {
          conversation: { id: 'new2', title: '', createdAt: NOW },
          turns: [{ id: 'new3', prompt: '', text: 'Hello', createdAt: NOW }],
        },
      ],
    });
  });

  it('says what it can not read, and takes the rest', () => {
    const [good] = v.parse(v.array(v.unknown()), JSON.parse(file([message('human', 'x')])));
    const odd = JSON.stringify([
      good,
      { chat_messages: [{ sender: 'system' }] },
      { chat_messages: 'none' },
      good,
      7,
    ]);
    const { conversations, problems } = parse(odd);
    expect(conversations).toHaveLength(2);
    expect(problems).toEqual([
      'Chat 2: chat_messages[0].sender: expected ("human" | "assistant"), got "system".',
      'Chat 3: chat_messages: expected Array, got "none".',
      'Chat 5: $: expected Object, got 7.',
    ]);
  });
});
