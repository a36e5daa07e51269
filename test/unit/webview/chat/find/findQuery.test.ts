import { describe, expect, it } from 'vitest';
import { mayShow, patternOf, spansIn } from '../../../../../src/webview/chat/find/findQuery';
import type { FindQuery } from '../../../../../src/webview/chat/find/findQuery';
import { shownTexts } from '../../../../../src/webview/chat/find/shownText';
import { MarkdownParser } from '../../../../../src/webview/chat/markdown/parser';

const query = (text: string, over: Partial<FindQuery> = {}): FindQuery => ({
  text,
  isCaseSensitive: false,
  isWholeWord: false,
  ...over,
});

function found(text: string, what: FindQuery): readonly string[] {
  const pattern = patternOf(what);
  return pattern ? spansIn(text, pattern).map(([start, end]) => text.slice(start, end)) : [];
}

describe('what is looked for', () => {
  it('is text, never a pattern', () => {
    expect(found('a.b axb (a|b)* [x]', query('a.b'))).toEqual(['a.b']);
    expect(found('a.b axb (a|b)* [x]', query('(a|b)*'))).toEqual(['(a|b)*']);
  });

  it('matches any case unless it is to be the same', () => {
    expect(found('Straße STRASSE straße', query('STRAßE'))).toEqual(['Straße', 'straße']);
    expect(found('Ab ab', query('ab', { isCaseSensitive: true }))).toEqual(['ab']);
  });

  it('can be whole words, of other scripts, too', () => {
    expect(found('cat cats über überall', query('cat', { isWholeWord: true }))).toEqual(['cat']);
    expect(found('über überall', query('über', { isWholeWord: true }))).toEqual(['über']);
  });

  it('takes any white space for white space, as paragraphs wrap', () => {
    expect(found('two\nwords two   words', query('two words'))).toEqual([
      'two\nwords',
      'two   words',
    ]);
  });

  it('is nothing where nothing is typed', () => {
    expect(patternOf(query(''))).toBeUndefined();
  });

  it.each([
    ['a **bo**ld word', 'bold word', true],
    ['a `code` word', 'a code', true],
    ['caf&eacute;', 'café', true],
    ['see [the docs](http://x) now', 'the docs now', true],
    ['something else', 'needle', false],
  ])('may be shown by %j: %j, %s', (source, text, expected) => {
    expect(mayShow(source, query(text))).toBe(expected);
  });
});

describe('what markdown shows', () => {
  const texts = (source: string): unknown => [...shownTexts(new MarkdownParser(), source)];

  it('is a text for each paragraph, cell and line of code of each block', () => {
    const source =
      '# A *head*\n\n- one\n- [x] two\n\n```js\nlet a;\nlet b;\n```\n\n| a | b |\n|---|---|\n| c | `d` |\n';
    expect(texts(source)).toEqual([
      ['A head'],
      ['one', 'two'],
      ['let a;', 'let b;'],
      ['a', 'b', 'c', 'd'],
    ]);
  });

  it('counts blocks as the page does, which has none for a definition', () => {
    expect(texts('One [x].\n\n[x]: https://example.com\n\nTwo.\n')).toEqual([['One x.'], ['Two.']]);
  });
});
