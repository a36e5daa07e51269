// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import {
  bringBack,
  contentOf,
  isAway,
  sendAway,
} from '../../../../../src/webview/chat/window/parking';
import { MarkdownPage, wholeParse } from '../../helpers/markdownPage';

/** Far above what has to stay open, far below the texts written here. */
const FLAT = 3_000;

function write(text: string, piece = 200): { page: MarkdownPage; longestOpen: number } {
  const page = new MarkdownPage();
  let longestOpen = 0;
  for (let at = 0; at < text.length; at += piece) {
    page.write(text.slice(at, at + piece));
    longestOpen = Math.max(longestOpen, page.stream.openLength);
  }
  return { page, longestOpen };
}

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('');
}

describe('finished blocks', () => {
  it('stay the same elements while text comes and when it is put right', () => {
    const page = new MarkdownPage();
    page.write('# Title\n\nOne.\n\n- a\n- b\n\n```js\nlet x;\n```\n\n| a |\n|---|\n| 1 |\n\nlast');
    const before = [...page.root.querySelectorAll('h1, p, li, .code-block, td')];
    expect(before).toHaveLength(9);
    page.write(' one\n\nmore\n\n> text\n');
    page.correct();
    const after = new Set(page.root.querySelectorAll('*'));
    expect(before.filter((element) => !after.has(element))).toEqual([]);
  });

  it('are not looked at again', async () => {
    const page = new MarkdownPage();
    page.write('First paragraph.\n\nSecond one.\n\n');
    const first = page.root.querySelector('p');
    const changes: MutationRecord[] = [];
    const observer = new MutationObserver((records) => changes.push(...records));
    if (first) observer.observe(first, { subtree: true, childList: true, characterData: true });
    for (let index = 0; index < 20; index++) page.write(`Paragraph ${String(index)}.\n\n`);
    page.correct();
    await Promise.resolve();
    expect(changes.map(({ type, target }) => `${type} ${target.nodeName}`)).toEqual([]);
  });

  it('wait for the next line where that can still change them', () => {
    const page = new MarkdownPage();
    page.write('Title\n');
    expect(page.root.querySelector('p')?.textContent).toBe('Title');
    page.write('===\n');
    expect(page.root.querySelector('h1')?.textContent).toBe('Title');
  });

  it('are not closed by a line that is only half there', () => {
    const page = new MarkdownPage();
    page.write('text\n#');
    page.write('1 is a number\n\n');
    expect(page.root.querySelectorAll('p')).toHaveLength(1);
    expect(page.root.querySelector('p')?.textContent).toBe('text\n#1 is a number');
  });
});

describe('a long block that goes on after its text had ended', () => {
  it.each([
    ['table', `| a | b |\n|---|---|\n${lines(200, (row) => `| ${String(row)} | x |\n`)}`],
    ['list', lines(200, (item) => `- item ${String(item)}\n`)],
    ['quote', lines(200, (line) => `> para ${String(line)}\n>\n`)],
  ])('has what is finished of it left alone, also what is away: %s', (_, text) => {
    const { page } = write(text);
    page.correct();
    const before = [...page.root.querySelectorAll('tr, li, p')];
    const [first] = page.root.querySelectorAll<HTMLElement>('.list > .part, blockquote > .part');
    if (first) sendAway(first, '100px');
    const more = text.split('\n').slice(0, -1).at(-1) ?? '';
    page.write(`${more}\n${more}`);
    const after = new Set(page.root.querySelectorAll('tr, li, p'));
    for (const one of first ? contentOf(first).querySelectorAll('tr, li, p') : []) after.add(one);
    expect(before.filter((element) => !after.has(element))).toEqual([]);
    expect(first && isAway(first)).not.toBe(false);
    expect(page.stream.openLength).toBeLessThan(FLAT);
    page.correct();
    if (first) bringBack(first);
    expect(page.html).toBe(wholeParse(`${text}${more}\n${more}`));
  });

  it('is code again that is open', () => {
    const { page } = write(`\`\`\`ts\n${lines(200, (line) => `let a${String(line)};\n`)}`);
    page.correct();
    const [first] = page.root.querySelectorAll('.line');
    page.write('let b;\n');
    expect(page.root.querySelector('.line')).toBe(first);
    expect(page.root.querySelector('.code-block')?.classList.contains('closed')).toBe(false);
    expect(page.stream.openLength).toBeLessThan(FLAT);
  });
});

describe('the mark of a list’s next item', () => {
  const headings = (page: MarkdownPage) => page.root.querySelectorAll('h1, h2').length;

  it.each([
    ['in an item', '1. One\n   - a\n2. Two\n   ', '-', ' b\n'],
    ['after a paragraph', 'Text:\n', '-', ' b\n'],
    ['in a quote', '> Text:\n> ', '-', ' b\n'],
    ['twice', 'Text:\n', '--', ' b\n'],
    ['of the other kind', 'Text:\n', '=', ' b\n'],
  ])('is no heading’s underline while its line is not finished: %s', (_, before, mark, after) => {
    const page = new MarkdownPage();
    page.write(before);
    page.write(mark);
    expect(headings(page)).toBe(0);
    // A reply that breaks off there.
    page.correct();
    expect(headings(page)).toBe(0);
    page.write(after);
    page.correct();
    expect(page.root.outerHTML).toBe(wholeParse(before + mark + after));
  });

  it('is one when the line is finished, or long', () => {
    for (const text of ['Text\n-\n', 'Text\n---', 'Text\n==\n']) {
      const page = new MarkdownPage();
      page.write(text);
      expect(headings(page)).toBe(1);
      page.correct();
      expect(headings(page)).toBe(1);
    }
  });

  it('is code inside of code', () => {
    const page = new MarkdownPage();
    page.write('```diff\na\n-');
    expect(page.root.querySelector('code')?.textContent).toContain('-');
  });
});

describe('the open rest stays short', () => {
  it.each([
    ['a table', '| a | b |\n|---|---|\n' + lines(400, (i) => `| ${String(i)} | some text |\n`)],
    ['a list', lines(400, (i) => `- item ${String(i)} with **text**\n`)],
    ['a list in an item', '1. top\n' + lines(400, (i) => `   - item ${String(i)} with text\n`)],
    ['a list that gets loose', lines(300, (i) => `- item ${String(i)}\n${i === 200 ? '\n' : ''}`)],
    ['items with wide margins', lines(300, (i) => `   -    item\n\n        text ${String(i)}\n\n`)],
    [
      'one item with wide margins',
      '   -    item\n' + lines(400, (i) => `\n        text ${String(i)}\n`),
    ],
    ['a quote', lines(800, (i) => `> line ${String(i)}\n${i % 5 === 0 ? '>\n' : ''}`)],
    ['one paragraph of many lines', lines(400, (i) => `line ${String(i)} of the text\n`)],
    ['one paragraph of one line', lines(400, (i) => `word ${String(i)} of the text, `)],
    ['a paragraph without spaces', '这是一个没有空格的很长的段落'.repeat(600)],
    ['a paragraph in a quoted item', '> - ' + lines(400, (i) => `words ${String(i)} and more `)],
    ['fenced code', '```js\n' + lines(400, (i) => `const value${String(i)} = 1;\n`)],
    ['fenced code in an item', '- x\n  ```js\n' + lines(400, (i) => `  let v${String(i)} = 1;\n`)],
    ['indented code', lines(400, (i) => `    const value${String(i)} = 1;\n`)],
    ['definitions', lines(400, (i) => `[label ${String(i)}]: https://example.com/${String(i)}\n`)],
    ['emphasis that never ends', '**never closed ' + lines(900, (i) => `word ${String(i)} `)],
  ])('in %s', (_, block) => {
    const text = `${block}\n\nend\n`;
    const { page, longestOpen } = write(text);
    expect(text.length).toBeGreaterThan(FLAT);
    const isOpen = text.startsWith('**');
    expect(longestOpen).toBeLessThan(isOpen ? 7_000 : FLAT);
    if (!isOpen) expect(page.html).toBe(wholeParse(text));
    page.correct();
    expect(page.html).toBe(wholeParse(text));
  });
});

describe('code', () => {
  it('only grows, also inside of a list item', () => {
    const page = new MarkdownPage();
    page.write('1. Step:\n   ```bash\n   npm i\n');
    const line = page.root.querySelector('.line');
    page.write('   npm t');
    page.write('est\n   ```\n2. Next\n');
    expect(page.root.querySelector('.line')).toBe(line);
    expect(page.root.querySelector('code')?.textContent).toBe('npm i\nnpm test\n');
    expect(page.root.querySelectorAll('li')).toHaveLength(2);
  });

  it('ends at a fence as long as its own, not at a shorter one', () => {
    const page = new MarkdownPage();
    page.write('````md\n```js\nx\n```\n````\nafter\n\n');
    expect(page.root.querySelector('code')?.textContent).toBe('```js\nx\n```\n');
    expect(page.root.querySelector('p')?.textContent).toBe('after');
  });
});

describe('what later text changes', () => {
  it('is put right at the end: a definition that comes last, and nothing else', () => {
    const page = new MarkdownPage();
    page.write('See [the docs].\n\nUntouched.\n\n');
    page.write('[the docs]: https://example.com/docs\n');
    const [first, second] = page.root.querySelectorAll('p');
    expect(first?.querySelector('a')).toBeNull();
    page.correct();
    expect(page.root.querySelector('a')?.getAttribute('href')).toBe('https://example.com/docs');
    expect(page.root.querySelectorAll('p')[1]).toBe(second);
  });

  it('knows a definition that came before', () => {
    const page = new MarkdownPage();
    page.write('[docs]: https://example.com/docs\n\nFirst.\n\nSee [docs].\n');
    expect(page.root.querySelector('a')?.getAttribute('href')).toBe('https://example.com/docs');
  });

  it('takes away what was no text: a title over several lines', () => {
    const page = new MarkdownPage();
    for (const line of ['[foo]: /url\n', "'a title\n", "that goes on'\n", '\nend\n'])
      page.write(line);
    expect(page.root.querySelectorAll('p')).toHaveLength(2);
    page.correct();
    expect(page.root.textContent).toBe('end');
  });

  it('makes a list loose without drawing it again', () => {
    const page = new MarkdownPage();
    page.write('- a\n- b\n');
    const item = page.root.querySelector('li');
    expect(page.root.querySelector('.list')?.classList.contains('loose')).toBe(false);
    page.write('\n- c\n');
    expect(page.root.querySelector('.list')?.classList.contains('loose')).toBe(true);
    expect(page.root.querySelector('li')).toBe(item);
  });
});

describe('line ends', () => {
  it('are the same whichever way they are written, split anywhere', () => {
    const page = new MarkdownPage();
    for (const piece of ['one\r', '\ntwo\r\n', '\r', '\nthree\rfour']) page.write(piece);
    page.correct();
    expect(page.html).toBe(wholeParse('one\ntwo\n\nthree\nfour'));
  });
});
