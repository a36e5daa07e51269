// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { codeBlockOf } from '../../../../../src/webview/chat/markdown/codeBlock';
import { isAway, sendAway } from '../../../../../src/webview/chat/window/parking';
import { MarkdownPage, wholeParse } from '../../helpers/markdownPage';

function shown(text: string): HTMLElement {
  const page = new MarkdownPage();
  page.write(text);
  page.correct();
  return page.root;
}

describe('code blocks', () => {
  it.each([
    ['```ts', 'ts'],
    ['```TypeScript {1,3} title="x"', 'typescript'],
    ['```{.python .numberLines}', 'python'],
    ['```language-js', 'js'],
    ['```c++', 'c++'],
    ['```src/app.ts', 'ts'],
    ['```', 'text'],
    ['~~~ json', 'json'],
  ])('opened by %s are labelled %s', (fence, label) => {
    const block = shown(`${fence}\nx\n${fence.slice(0, 3)}\n`).querySelector('.code-block');
    expect(block?.querySelector('.code-language')?.textContent).toBe(label);
    expect(block?.getAttribute('aria-label')).toMatch(
      new RegExp(`^Code: .*${label.replaceAll('+', '\\+')}$`),
    );
  });

  it('keep their source exactly, for copying', () => {
    const source = '\tif (a < b) {\n\n    c("&amp;");  \n}\n';
    const element = shown('```js\n' + source + '```\n').querySelector('.code-block');
    expect(element && codeBlockOf(element)?.source).toBe(source);
  });
});

describe('task lists', () => {
  it('show boxes with their state, and only at the start of an item', () => {
    const root = shown('- [ ] open\n- [x] done\n- text [x]\n\n[x] not a list\n');
    const boxes = [...root.querySelectorAll('.task-box')];
    expect(boxes.map((box) => box.getAttribute('aria-label'))).toEqual(['not done', 'done']);
    expect(root.textContent).toContain('[x] not a list');
  });
});

describe('tables', () => {
  it('align their columns by classes, as inline styles are not allowed', () => {
    const root = shown('| a | b | c |\n|:--|--:|:-:|\n| 1 | 2 | 3 |\n');
    expect([...root.querySelectorAll('td')].map((cell) => cell.className)).toEqual([
      'align-left',
      'align-right',
      'align-center',
    ]);
    expect(root.querySelector('[style]')).toBeNull();
  });

  it('that are long come in parts, each laid out by itself, all rows in order', () => {
    const rows = Array.from({ length: 150 }, (_, index) => `| ${String(index)} |\n`).join('');
    const root = shown(`| n |\n|---|\n${rows}`);
    expect(root.querySelectorAll('.table > .part')).toHaveLength(5);
    const numbers = [...root.querySelectorAll('td')].map((cell) => Number(cell.textContent));
    expect(numbers).toEqual(Array.from({ length: 150 }, (_, index) => index));
  });
});

describe('lists', () => {
  it('that are long go on counting from part to part', () => {
    const items = Array.from({ length: 120 }, (_, index) => `${String(index + 5)}. x\n`).join('');
    const parts = [...shown(items).querySelectorAll<HTMLOListElement>('ol')];
    expect(parts.map((part) => part.start)).toEqual([5, 45, 85]);
  });
});

describe('a very long paragraph', () => {
  it('is broken into pieces that hold all of its text', () => {
    const text = 'some words of a long paragraph '.repeat(600).trim();
    const paragraph = shown(text).querySelector('p');
    expect(paragraph?.querySelectorAll('.piece').length).toBeGreaterThan(3);
    expect(paragraph?.textContent).toBe(text);
  });

  it('is put right at its end where it has to be, what is away and right already staying away', () => {
    const page = new MarkdownPage();
    const words = 'some *words* of a long [paragraph][1] '.repeat(130);
    for (const text of [words, words, words, words]) page.write(text);
    const pieces = [...page.root.querySelectorAll<HTMLElement>('.piece')];
    expect(pieces.length).toBeGreaterThan(2);
    for (const piece of pieces) sendAway(piece, '100px');
    page.correct();
    expect(pieces.map(isAway)).toEqual(pieces.map(() => true));
    page.write('\n\n[1]: https://example.com\n');
    page.correct();
    expect(page.root.querySelectorAll('.piece a')).not.toHaveLength(0);
    expect(page.root.querySelector('.away')).toBeNull();
    expect(page.html).toBe(wholeParse(`${words.repeat(4)}\n\n[1]: https://example.com\n`));
  });
});
