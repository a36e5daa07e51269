export interface GfmExample {
  readonly section: string;
  readonly markdown: string;
  /** What the page shows of it: selectors, and how often each is found. */
  readonly shows: Readonly<Record<string, number>>;
}

/** What GitHub's dialect adds to CommonMark, one example for each rule of its specification. */
export const gfmExamples: readonly GfmExample[] = [
  // Tables
  ex('Tables', '| foo | bar |\n| --- | --- |\n| baz | bim |\n', { table: 1, th: 2, td: 2 }),
  ex('Tables', '| abc | defghi |\n:-: | -----------:\nbar | baz\n', {
    'th.align-center': 1,
    'td.align-right': 1,
  }),
  ex('Tables', '| f\\|oo  |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |\n', {
    'tbody tr': 2,
    'td code': 1,
    'td strong': 1,
  }),
  ex('Tables', '| abc | def |\n| --- | --- |\n| bar | baz |\n> bar\n', {
    'tbody tr': 1,
    blockquote: 1,
  }),
  ex('Tables', '| abc | def |\n| --- | --- |\n| bar | baz |\nbar\n\nbar\n', {
    'tbody tr': 2,
    ':not(li) > p, .part > p': 1,
  }),
  ex('Tables', '| abc | def |\n| --- |\n| bar |\n', { table: 0, p: 1 }),
  ex('Tables', '| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |\n', {
    'tbody tr': 2,
    td: 4,
  }),
  ex('Tables', '| abc | def |\n| --- | --- |\n', { th: 2, 'tbody tr': 0 }),
  ex('Tables', '- | a | b |\n  |---|---|\n  | 1 | 2 |\n\n> | c |\n> |---|\n> | 3 |\n', {
    'li table': 1,
    'blockquote table': 1,
  }),
  ex('Tables', '| a | b |\n|:--|--:|\n| ~~x~~ [l](https://e.com) | $y$ |\n', {
    'td s': 1,
    'td a': 1,
    'td .formula': 1,
  }),
  // Task lists
  ex('Task list items', '- [ ] foo\n- [x] bar\n', { '.task-box': 2 }),
  ex('Task list items', '- [x] foo\n  - [ ] bar\n  - [x] baz\n- [ ] bim\n', {
    '.task-box': 4,
    'li li .task-box': 2,
  }),
  ex('Task list items', '1. [X] one\n2. [ ]two\n3. [y] three\n', { '.task-box': 1 }),
  ex('Task list items', '> - [ ] in a quote\n>   with more\n', { 'blockquote .task-box': 1 }),
  // Strikethrough
  ex('Strikethrough', '~~Hi~~ Hello, ~there~ world!\n', { s: 2 }),
  ex('Strikethrough', 'This ~~has a\n\nnew paragraph~~.\n', { s: 0, p: 2 }),
  ex('Strikethrough', 'This will ~~~not~~~ strike.\n', { s: 0 }),
  ex('Strikethrough', '~~**bold** and `code`~~\n', { 's strong': 1, 's code': 1 }),
  // Autolinks
  ex('Autolinks', 'www.commonmark.org\n', { 'a[href="http://www.commonmark.org"]': 1 }),
  ex('Autolinks', 'Visit www.commonmark.org/help for more information.\n', {
    'a[href="http://www.commonmark.org/help"]': 1,
  }),
  ex('Autolinks', 'Visit www.commonmark.org.\n\nVisit www.commonmark.org/a.b.\n', {
    'a[href="http://www.commonmark.org"]': 1,
    'a[href="http://www.commonmark.org/a.b"]': 1,
  }),
  ex('Autolinks', 'www.google.com/search?q=Markup+(business)\n\n(www.google.com/search?q=Markup+(business))\n', {
    'a[href="http://www.google.com/search?q=Markup+(business)"]': 2,
  }),
  ex('Autolinks', 'www.commonmark.org/he<lp\n', { 'a[href="http://www.commonmark.org/he"]': 1 }),
  ex('Autolinks', 'http://commonmark.org\n\n(Visit https://encrypted.google.com/search?q=Markup+(business))\n', {
    a: 2,
  }),
  ex('Autolinks', '<https://e.com/x> and <mailto:me@e.com> and <me@e.com>\n', {
    'a[href^="mailto:"]': 2,
    'a[href^="https:"]': 1,
  }),
  ex('Autolinks', 'ftp://foo.bar.baz and xmpp:foo@bar.baz\n', { a: 0 }),
  // Raw HTML is never taken for markup here
  ex('Disallowed raw HTML', '<strong> <title> <style> <em>\n\n<blockquote>\n  <xmp> is disallowed.\n</blockquote>\n', {
    'strong, title, style, em, xmp': 0,
  }),
  // Footnotes
  ex('Footnotes', 'Here[^1] and there[^note].\n\n[^1]: One.\n[^note]: Two,\n    more of it.\n', {
    '.footnote-ref': 2,
    '.footnote': 2,
  }),
  ex('Footnotes', '[^a]: First.\n\n    Second paragraph.\n\n    - a list\n\nAfter it[^a].\n', {
    '.footnote-text > p': 2,
    '.footnote li': 1,
    '.footnote-ref': 1,
  }),
  ex('Footnotes', 'Not defined[^no]. `[^1]` is code.\n\n[^1]: x\n', { '.footnote-ref': 0 }),
]; // prettier-ignore

function ex(
  section: string,
  markdown: string,
  shows: Readonly<Record<string, number>>,
): GfmExample {
  return { section, markdown, shows };
}
