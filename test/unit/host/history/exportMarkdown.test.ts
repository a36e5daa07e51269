import * as fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import type { StoredTurn } from '../../../../src/engine/ports';
import { containedMarkdown, fenced, inlineCode } from '../../../../src/host/history/markdownText';
import { exportMarkdown } from '../../../../src/host/history/exportMarkdown';
import type { MarkdownOptions } from '../../../../src/host/history/exportMarkdown';
import { english } from '../../../../src/host/translate';
import { attachment, conversation, turn } from '../../../helpers/storedTurns';

const markdown = new MarkdownIt({ html: true });
const T0 = Date.UTC(2026, 10, 22, 10, 30);
const options: MarkdownOptions = {
  translate: english,
  formatDate: (at) => new Date(at).toISOString().slice(0, 16).replace('T', ' '),
  branches: 'shown',
  withThinking: false,
};
const chat = conversation('c', { title: 'Knots & <hitches>', createdAt: T0 });

/** The document's own headings, as a reader of markdown sees them. */
function headings(document: string): string[] {
  const tokens = markdown.parse(document, {});
  return tokens.flatMap(({ type, level, tag }, index) =>
    type === 'heading_open' && level === 0 ? [`${tag} ${tokens[index + 1]?.content ?? ''}`] : [],
  );
}

const usage = { inputTokens: 1_234, outputTokens: 56, cacheReadTokens: 0, cacheWriteTokens: 0 };
const timing = {
  queueMs: 0,
  backoffMs: 0,
  connectMs: 1,
  firstByteMs: 2,
  firstTokenMs: 3,
  totalMs: 4_200,
};
const stats = { usage, timing, costUSD: 0.0123, requestId: undefined, attempts: 1 };

/** root - first - second, and beside `first` another version with an answer of its own that goes on. */
const turns: StoredTurn[] = [
  turn('root', {
    createdAt: T0,
    prompt: 'How do I tie a *bowline*?',
    attachments: [
      attachment('rope'),
      attachment('photo', { kind: 'image', label: 'a `photo`.png' }),
    ],
    state: 'done',
    thinking: 'The rabbit…\n\n</details>\n\n```\nunclosed',
    text: 'Like this:\n\n```text\nrabbit -> hole\n```\n\n| step | what |\n|---|---|\n| 1 | loop |',
    stats,
    feedback: { rating: 'down', reason: 'No\npicture' },
  }),
  turn('first', {
    ordinal: 1,
    parentId: 'root',
    createdAt: T0 + 60_000,
    prompt: '/explain the hole',
    asked: 'Explain this:\n\nthe hole',
    state: 'stopped',
    text: 'The hole is\n\n~~~js\nconst hole = `',
  }),
  turn('again', {
    ordinal: 2,
    parentId: 'root',
    createdAt: T0 + 120_000,
    prompt: 'And a clove hitch?',
    state: 'failed',
    error: {
      kind: 'overloaded',
      message: 'The server is overloaded.',
      status: 529,
      requestId: undefined,
      retryable: true,
      retryAfterMs: undefined,
    },
  }),
  turn('second', { ordinal: 3, parentId: 'first', createdAt: T0 + 180_000, state: 'interrupted' }),
  turn('after', {
    ordinal: 4,
    parentId: 'again',
    createdAt: T0 + 240_000,
    state: 'done',
    text: 'Over, under.',
    stopReason: 'max_tokens',
  }),
  turn('new', { ordinal: 5, createdAt: T0 + 300_000, prompt: 'Hi', state: 'done', text: 'Hello' }),
];

describe('the markdown of a conversation', () => {
  it('is the branch that is shown', async () => {
    const document = exportMarkdown({ ...chat, head: 'second' }, turns, options);
    expect(headings(document)).toEqual([
      'h1 Knots & \\<hitches\\>',
      'h2 You · 2026-11-22 10:30',
      'h2 claude-test',
      'h2 You · 2026-11-22 10:31',
      'h2 claude-test',
      'h2 You · 2026-11-22 10:33',
      'h2 claude-test',
    ]);
    await expect(document).toMatchFileSnapshot('../../../golden/history/shown.txt');
  });

  it('is all branches, with what was thought', async () => {
    const all = { ...options, branches: 'all', withThinking: true } as const;
    const document = exportMarkdown({ ...chat, head: 'second' }, turns, all);
    expect(headings(document).filter((heading) => heading.startsWith('h1'))).toEqual([
      'h1 Knots & \\<hitches\\>',
      'h1 Another branch, after “How do I tie a \\*bowline\\*?”',
      'h1 Another beginning',
    ]);
    for (const { prompt } of turns) expect(document).toContain(prompt);
    await expect(document).toMatchFileSnapshot('../../../golden/history/all.txt');
  });

  it('is a title alone where nothing was said', () => {
    expect(exportMarkdown({ ...chat, title: '' }, [], options)).toBe(
      '# Chat\n\n_Begun 2026-11-22 10:30. Exported from Pulse for Claude._\n',
    );
  });

  it('keeps its structure whatever the texts leave open', () => {
    const pieces = fc.constantFrom(
      '```',
      '~~~~',
      '  ```js',
      '````x',
      '<!--',
      '<pre>',
      '<script',
      '<?php',
      '<![CDATA[',
      '<style>',
      '</details>',
      '<details>',
      '# no heading',
      '- list',
      '> quote',
      '    code',
      'text',
      '',
      '-->',
      '```',
      '---',
      '[a]: b',
      '\t```',
      '1. x',
      '   ```',
    );
    const texts = fc.array(pieces, { maxLength: 8 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(texts, texts, texts, (prompt, text, thinking) => {
        const hostile = turn('t', { createdAt: T0, prompt, text, thinking, state: 'done' });
        const follows = turn('u', { ordinal: 1, parentId: 't', createdAt: T0, state: 'done' });
        const document = exportMarkdown(chat, [hostile, follows], {
          ...options,
          withThinking: true,
        });
        const own = headings(document).filter((heading) => !heading.includes('no heading'));
        const speakers = own.filter((heading) => /^h2 (?:You · |claude-test$)/u.test(heading));
        expect(speakers).toHaveLength(4);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a text that is closed', () => {
  it.each([
    ['a\n```js\nb', 'a\n```js\nb\n```'],
    ['````\n```\n', '````\n```\n````'],
    ['- a\n  ~~~\n  b', '- a\n  ~~~\n  b'],
    ['```\na\n```', '```\na\n```'],
    ['``` not ` a fence', '``` not ` a fence'],
    ['<!-- a', '<!-- a\n-->'],
    ['<!-- a -->', '<!-- a -->'],
    ['    ```', '    ```'],
    ['1. a\n   ```\n   b\n   ```', '1. a\n   ```\n   b\n   ```'],
    ['- a\n  ```\n```', '> - a\n>   ```\n> ```'],
  ])('%j is %j', (text, contained) => {
    expect(containedMarkdown(text)).toBe(contained);
  });

  it('is a quote where it is too large to be looked at', () => {
    const large = `${'word '.repeat(120_000)}\n\`\`\`\ncode`;
    expect(containedMarkdown(large)).toBe(
      large
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n'),
    );
  });

  it('is code whatever backticks it holds', () => {
    expect(fenced('a ```` b', 'js x`')).toBe('`````jsx\na ```` b\n`````');
    expect(inlineCode('a ` b')).toBe('``a ` b``');
    expect(inlineCode('`a`')).toBe('`` `a` ``');
  });
});
