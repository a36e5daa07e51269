// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { MarkdownStream } from '../../../../../src/webview/chat/markdown/markdownStream';
import { BlockRenderer } from '../../../../../src/webview/chat/markdown/renderBlock';
import { CountingParser } from '../../helpers/countingParser';
import { FakeFrames } from '../../helpers/fakeFrames';
import { bodyDeps, wholeParse } from '../../helpers/markdownPage';

const LENGTH = 60_000;
/** What comes with one frame of a fast stream. */
const STEP = 1_000;
/** Parsed in one frame at most, characters: twice the longest open text, for blocks and for inline text, and what comes. */
const MOST = 40_000;

function repeated(text: string, length = LENGTH): string {
  return text.repeat(Math.ceil(length / text.length));
}

function numbered(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('');
}

const TEXTS: Readonly<Record<string, string>> = {
  stars: repeated('*'),
  underscores: repeated('_'),
  'emphasis that opens': repeated('_a '),
  brackets: repeated('['),
  'images that open': repeated('!['),
  'links that open': repeated('[a]('),
  backticks: repeated('`'),
  'runs of backticks, each longer': numbered(350, (index) => `${'`'.repeat(index)}a`),
  'quote marks': repeated('>'),
  'quotes in quotes': repeated('> '),
  'lists in lists': repeated('- '),
  'numbers in numbers': repeated('1. '),
  'items, each deeper': numbered(300, (index) => `${' '.repeat(2 * index)}- x\n`),
  dollars: repeated('$'),
  'formulas that open': repeated('\\('),
  'displays that open': repeated('\\['),
  'a display that never ends': `$$\n${repeated('a + b\n')}`,
  'a display of one line': `$$${repeated('a')}`,
  backslashes: repeated('\\'),
  entities: repeated('&amp'),
  'angle brackets': repeated('<'),
  pipes: `|a|\n|-|\n${repeated('|')}`,
  'a cell of words': `| a | b |\n|---|---|\n| ${repeated('word ')}`,
  'a cell without spaces': `| a |\n|---|\n| ${repeated('x')}`,
  'a head without end': repeated('| a '),
  'a heading': `# ${repeated('word ')}`,
  'a line of letters': repeated('x'),
  'a line of wide letters': repeated('字'),
  'a line of emoji': repeated('😀'),
  'an item of one word': `- ${repeated('x')}`,
  'a quote of one word': `> ${repeated('x')}`,
  'a line of code': `\`\`\`js\n${repeated('x')}`,
  'a line of code in an item': `- a\n  \`\`\`\n  ${repeated('x ')}`,
  'a line of indented code': `    ${repeated('x')}`,
  'what a fence says': `~~~ ${repeated('x')}\n${repeated('y\n', 5_000)}`,
  'blank lines': repeated('\n'),
  'blank lines in an item': `- a\n${repeated('\n')}`,
  spaces: repeated(' '),
  'definitions of links': numbered(2_500, (index) => `[l${String(index)}]: https://e.com\n`),
  'a title that never ends': `[a]: /url "${repeated('title\n')}`,
  'definitions of footnotes': numbered(2_500, (index) => `[^${String(index)}]: note\n`),
  'a footnote of one word': `[^1]: ${repeated('x')}`,
  'a footnote of many lines': `[^1]: x\n${repeated('    more\n')}`,
  'one address': `https://e.com/${repeated('c')}`,
}; // prettier-ignore

describe('what is parsed in a frame is bounded', () => {
  it.each(Object.keys(TEXTS))(
    'for %s',
    (name) => {
      const text = TEXTS[name] ?? '';
      const parser = new CountingParser();
      const root = document.createElement('div');
      const renderer = new BlockRenderer(parser, bodyDeps(new FakeFrames()));
      const stream = new MarkdownStream(root, parser, renderer);
      let most = 0;
      for (let at = 0; at < text.length; at += STEP) {
        parser.count = 0;
        stream.append(text.slice(at, at + STEP));
        stream.render();
        most = Math.max(most, parser.count);
      }
      expect(most).toBeLessThan(MOST);
      // What counts is the work, not how long a busy machine takes for it.
    },
    60_000,
  );
});

describe('text that is too deep or too long to be read', () => {
  it.each([
    ['quotes', `${'> '.repeat(300)}deep`],
    ['lists', `${'- '.repeat(300)}deep`],
    ['indented items', numbered(300, (index) => `${' '.repeat(2 * index)}- x${String(index)}\n`)],
  ])('is shown all the same: %s', (_, text) => {
    const root = document.createElement('div');
    root.innerHTML = wholeParse(text);
    expect(root.textContent).toContain(text.includes('deep') ? 'deep' : 'x299');
  });

  it('is put right at the end where it was shown as it is', () => {
    const text = `# ${repeated('word ', 40_000)}\n\n**after**\n`;
    const parser = new CountingParser();
    const root = document.createElement('div');
    const renderer = new BlockRenderer(parser, bodyDeps(new FakeFrames()));
    const stream = new MarkdownStream(root, parser, renderer);
    for (let at = 0; at < text.length; at += STEP) {
      stream.append(text.slice(at, at + STEP));
      stream.render();
    }
    expect(root.querySelector('.plain')?.textContent).toContain('**after**');
    for (const _ of stream.correction());
    expect(root.querySelector('.plain')).toBeNull();
    expect(root.querySelector('strong')?.textContent).toBe('after');
  });
});
