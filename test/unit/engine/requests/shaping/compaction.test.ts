import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compactRequest,
  withoutRepetitions,
} from '../../../../../src/engine/requests/shaping/compaction';
import { REFERENCE_START, splitAtFences } from '../../../../../src/engine/requests/shaping/fences';
import { compactWhiteSpace } from '../../../../../src/engine/requests/shaping/whiteSpace';
import type { Message } from '../../../../../src/engine/types';
import { testRequest } from '../../../../helpers/modelHarness';

const ALWAYS = { compactUserFrom: 0, compactSystemFrom: 0 };
const FILE = `const answer = 42; // ${'x'.repeat(1_200)}`;
const FENCED_FILE = '```ts\n' + FILE + '\n```';

function user(content: Message['content']): Message {
  return { role: 'user', content };
}

function codeOf(text: string): string[] {
  return splitAtFences(text)
    .filter(({ kind }) => kind === 'code')
    .map((stretch) => stretch.text);
}

/** Lines of all that compaction looks at. */
const line = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('', ' ', '  ', '\t', 'word', 'two words   ', 'x\t') },
  fc.constantFrom('```', '```ts', '~~~~', '> ```', '- ```js', '      ```', '```x```', '``` \u200b'),
  fc.constantFrom('a\u200bb', 'ก\u200bข', '\ufeff', '\u00ad```', 'x\r', 'y  \r\r', '\u200b\u2060'),
  fc.string({ maxLength: 8, unit: 'binary' }),
);
const text = fc
  .tuple(fc.array(line, { maxLength: 25 }), fc.constantFrom('\n', '\r\n'))
  .map(([lines, end]) => lines.join(end));

describe('compactWhiteSpace', () => {
  it.each([
    ['line ends', 'a\r\nb\r\n', 'a\nb\n'],
    ['lines of white space', 'a\n \t \nb', 'a\n\nb'],
    ['columns padded to the width of a terminal', 'name      \nvalue     \n', 'name  \nvalue  \n'],
    ['many empty lines', 'a\n\n\n\n\n\nb', 'a\n\nb'],
    ['empty lines with CRLF and spaces', 'a\r\n \r\n\r\n\t\r\nb', 'a\n\nb'],
    ['zero-width characters', '\ufeffa\u200bb\u2060c\u00add', 'abcd'],
  ])('takes out %s', (_, before, after) => {
    expect(compactWhiteSpace(before)).toBe(after);
  });

  it.each([
    ["markdown's line break", 'a  \nb'],
    ['an empty last column', 'a\tb\t\nc\td\t\n'],
    ['two empty lines', 'a\n\n\nb'],
    ['joined emoji', '👩‍💻'],
    ['word borders of Thai', 'ก\u200bข\n '],
    ['terminal colours and separators', '\u001b[31mred\u001b[0m\u0001a\u0000b'],
    ['the empty lines of a diff', '@@ -1,3 +1,3 @@\n a\n \n \n \n-b   \n+c\n'],
    ['fenced code', '```\r\na   \n\n\n\n\nb\u200b\r\n```\r\n'.replace(/\r\n$/, '\n')],
    ['code in a fence that is never closed', 'x\n~~~\n```\na     \n\n\n\n\n'],
    ['code in a list', '- ```py\n  x     \n\n\n\n\n  ```\n'],
  ])('leaves %s', (_, kept) => {
    expect(compactWhiteSpace(kept)).toBe(kept);
  });

  it('goes on after the code', () => {
    expect(compactWhiteSpace('a\n\n\n\n\n```\nx   \n```\nb     \nc')).toBe(
      'a\n\n```\nx   \n```\nb  \nc',
    );
  });

  it('never makes longer, does nothing more the second time and leaves code to the byte', () => {
    fc.assert(
      fc.property(text, (before) => {
        const after = compactWhiteSpace(before);
        expect(after.length).toBeLessThanOrEqual(before.length);
        expect(compactWhiteSpace(after)).toBe(after);
        expect(codeOf(after)).toEqual(codeOf(before));
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

describe('splitAtFences', () => {
  it('gives the text again, whatever it is', () => {
    fc.assert(
      fc.property(text, (whole) => {
        expect(
          splitAtFences(whole)
            .map((stretch) => stretch.text)
            .join(''),
        ).toBe(whole);
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});

describe('repetition', () => {
  it('becomes one line that names the first copy', () => {
    const messages = [
      user(`Look:\n${FENCED_FILE}\nWell?`),
      { role: 'assistant', content: FENCED_FILE } as const,
      user([{ type: 'text', text: `Again:\n${FENCED_FILE}\nNow?` }]),
    ];
    const [first, second, third] = withoutRepetitions(messages, 0);
    expect([first, second]).toEqual(messages.slice(0, 2));
    expect(third?.content).toEqual([
      {
        type: 'text',
        text: `Again:\n${REFERENCE_START}${FENCED_FILE.length} characters, beginning with: ${FILE.slice(0, 80)}]\nNow?`,
      },
    ]);
  });

  it('stays where it is short, or not the same to the character', () => {
    const messages = [user('short'), user('short'), user(FILE), user(`${FILE}!`)];
    expect(withoutRepetitions(messages, 0)).toBe(messages);
  });

  it('of what was sent before compaction began is replaced only from there on', () => {
    const messages = [user(FILE), user(FILE), user(FILE)];
    const replaced = withoutRepetitions(messages, 2);
    expect(replaced.slice(0, 2)).toEqual(messages.slice(0, 2));
    expect(replaced[2]?.content).toMatch(/^\[The same text as above/);
  });

  it('leaves the text around a reference what it is', () => {
    // Short by themselves, with the reference between them long enough to be taken for a repetition.
    const around = 'p'.repeat(600);
    const messages = [1, 2, 3].map(() => user(`${around}\n${FENCED_FILE}\n${around}`));
    const once = withoutRepetitions(messages, 0);
    expect(once[2]).toEqual(once[1]);
    expect(withoutRepetitions(once, 0)).toBe(once);
  });

  it('is replaced once, never to something longer', () => {
    const piece = fc.constantFrom(FILE, FENCED_FILE, `\n\n  ${FILE}\n\n\n`, 'text', '```\nx\n```');
    const message = fc
      .array(piece, { minLength: 1, maxLength: 4 })
      .map((parts) => user(parts.join('\n')));
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), (messages) => {
        const once = withoutRepetitions(messages, 0);
        expect(withoutRepetitions(once, 0)).toEqual(once);
        const length = (all: readonly Message[]): number => JSON.stringify(all).length;
        expect(length(once)).toBeLessThanOrEqual(length(messages));
      }),
      { seed: 13, numRuns: 200 },
    );
  });
});

describe('compactRequest', () => {
  const padded = 'word        \n'.repeat(4);
  const messages = [user(padded), user(padded), user(padded)];

  it('begins where user content and system prompt reach their limits', () => {
    const request = testRequest({ system: [padded, padded], messages });
    const limits = { compactUserFrom: 2 * padded.length, compactSystemFrom: 2 * padded.length };
    const { request: compacted, from } = compactRequest(request, limits);
    const short = 'word  \n'.repeat(4);
    expect(from).toBe(1);
    expect(compacted.messages.map(({ content }) => content)).toEqual([padded, short, short]);
    expect(compacted.system).toEqual([padded, short]);
  });

  it('leaves what was sent before as it was when the conversation grows', () => {
    const growing = fc.array(
      fc.tuple(fc.constantFrom('user', 'assistant'), text).map(([role, content]): Message => ({
        role: role === 'user' ? role : 'assistant',
        content,
      })),
      { minLength: 2, maxLength: 8 },
    );
    fc.assert(
      fc.property(growing, fc.nat(80), (all, compactUserFrom) => {
        const limits = { ...ALWAYS, compactUserFrom };
        const shorter = compactRequest(testRequest({ messages: all.slice(0, -1) }), limits);
        const longer = compactRequest(testRequest({ messages: all }), limits);
        expect(longer.request.messages.slice(0, -1)).toEqual(shorter.request.messages);
      }),
      { seed: 17, numRuns: 200 },
    );
  });

  it("leaves the assistant's words, other blocks and what would be empty afterwards", () => {
    const kept: Message[] = [
      { role: 'assistant', content: padded },
      user('\u200b'),
      user([{ type: 'tool_result', tool_use_id: 't', content: padded }]),
    ];
    const request = testRequest({ messages: kept });
    expect(compactRequest(request, ALWAYS).request).toBe(request);
  });
});
