import * as fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { reportMarkdown } from '../../../../src/host/reports/reportMarkdown';
import { english } from '../../../../src/host/translate';
import type { Report, Tone } from '../../../../src/protocol/report';
import { exampleReport } from '../../../helpers/reports';

const parser = new MarkdownIt({ html: true, linkify: false });

/** A report that has this text in every place. */
function filledWith(text: string, tone: Tone = 'plain'): Report {
  const cell = { text, tone };
  return {
    title: text,
    subtitle: text,
    verdict: { tone, text },
    sections: [
      {
        heading: text,
        tone,
        paragraphs: [text, text],
        table: {
          columns: [
            { label: text, holds: 'words' },
            { label: text, holds: 'figures' },
          ],
          rows: [
            [cell, cell],
            [cell, cell],
          ],
        },
        actions: [{ id: 'x', label: text, isMain: true }],
      },
    ],
  };
}

/** Blocks and what stands in lines, as a reader of markdown sees them. */
function structure(markdown: string): string[] {
  return parser
    .parse(markdown, {})
    .flatMap((token) => [token].concat(token.children ?? []))
    .map(({ type }) => type)
    .filter((type) => type !== 'text' && type !== 'text_special');
}

function shownTexts(markdown: string): string[] {
  return parser
    .parse(markdown, {})
    .filter(({ type }) => type === 'inline')
    .map(({ children }) => (children ?? []).map(({ content }) => content).join(''));
}

describe('a report as markdown', () => {
  it('has headings, the verdict in words, paragraphs and tables with figures at the right', () => {
    expect(reportMarkdown(exampleReport(), english)).toBe(`# Benchmark

claude\\-haiku at the demo, today

**✗ Bad** · The first token comes too late\\.

## ? Latency

From 40 requests\\.

The network is not the cause\\.

| Figure | ms |
| :--- | ---: |
| P50 | ✓ 1,200 |
| P99 | ✗ 4,100 |
| Spread |  |

## Conditions
`);
  });

  it('marks nothing in a verdict that is neither good nor bad', () => {
    const report = exampleReport({ verdict: { tone: 'plain', text: 'Done' }, sections: [] });
    expect(reportMarkdown(report, english)).toMatch(/\n\nDone\n$/u);
  });

  const hostile = [
    '# heading',
    '| a | b |',
    'a\n\n# b\n\n- c',
    '```\ncode',
    '<script>alert(1)</script>',
    '<!-- ',
    '[link](javascript:x)',
    '![image](http://x)',
    '**bold** _em_ ~~gone~~ `code`',
    '1. one',
    '+ plus',
    '> quote',
    '---',
    '===',
    '\\| \\',
    '$x$ &lt; &amp;',
    '    indented',
    '<http://x>',
    ':---',
    '[a]: http://x',
  ];

  it.each(hostile)('takes no structure from %j', (text) => {
    const markdown = reportMarkdown(filledWith(text), english);
    expect(structure(markdown)).toEqual(structure(reportMarkdown(filledWith('word'), english)));
    const flat = text.replaceAll(/\s+/gu, ' ').trim();
    expect(new Set(shownTexts(markdown))).toEqual(new Set([flat]));
  });

  it('takes no structure from any text', () => {
    const expected = structure(reportMarkdown(filledWith('word', 'bad'), english));
    const pieces = fc.constantFrom('|', '\\', '\n', ' ', '#', '`', '<', '=', '-', '1.', '*', 'a');
    const texts = fc
      .array(pieces, { minLength: 1, maxLength: 12 })
      .map((all) => `x${all.join('')}`);
    fc.assert(
      fc.property(texts, (text) => {
        expect(structure(reportMarkdown(filledWith(text, 'bad'), english))).toEqual(expected);
      }),
    );
  });
});
