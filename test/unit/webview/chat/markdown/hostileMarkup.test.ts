// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../helpers/seededRandom';
import { hostileDestinations, hostileTexts } from '../../helpers/hostileTexts';
import { MarkdownPage, writeInPieces } from '../../helpers/markdownPage';

/** All elements that an answer is made of. */
const ELEMENTS = new Set(
  'div p h1 h2 h3 h4 h5 h6 hr br blockquote ul ol li table thead tbody colgroup col tr th td pre code span em strong s sup a button'.split(
    ' ',
  ),
);
/** All attributes, but for `aria-` and `data-` ones. */
const ATTRIBUTES = new Set(['class', 'role', 'title', 'href', 'tabindex', 'type', 'start']);

/** What is on the page that an answer has no use for. */
function intruders(root: Element): string[] {
  const found: string[] = [];
  for (const element of root.querySelectorAll('*')) {
    const tag = element.localName;
    if (!ELEMENTS.has(tag)) found.push(`<${tag}>`);
    for (const { name, value } of element.attributes) {
      if (name === 'href' && (tag !== 'a' || !/^(?:https?:\/\/|mailto:)[^\s]/i.test(value)))
        found.push(`${tag} href=${value}`);
      if (!ATTRIBUTES.has(name) && !/^(?:aria|data)-[a-z]+$/.test(name))
        found.push(`${tag} ${name}`);
    }
    if (element instanceof HTMLAnchorElement && !/^(?:https?|mailto):$/.test(element.protocol))
      found.push(element.protocol);
  }
  return found;
}

describe('hostile markup', () => {
  const texts = hostileTexts();

  it('is a long list', () => {
    expect(texts.length).toBeGreaterThan(600);
  });

  it.each(Array.from({ length: 20 }, (_, part) => part))(
    'leaves nothing but text, links and blocks, part %d',
    (part) => {
      const size = Math.ceil(texts.length / 20);
      for (const [index, text] of texts.slice(part * size, (part + 1) * size).entries()) {
        const page = new MarkdownPage();
        writeInPieces(page, text, 40, seededRandom(index));
        expect(intruders(page.root), `while ${text} comes`).toEqual([]);
        page.correct();
        expect(intruders(page.root), text).toEqual([]);
      }
    },
  );

  it.each(hostileDestinations)('makes no link of %s', (to) => {
    const page = new MarkdownPage();
    page.write(`[words](${to}) and <${to}> and ![picture](${to})\n`);
    page.correct();
    const links = [...page.root.querySelectorAll('a')].map((link) => link.getAttribute('href'));
    expect(links).toEqual([]);
    expect(page.root.textContent).toContain('words');
  });

  it('notices what it looks for', () => {
    const root = document.createElement('div');
    root.innerHTML = '<img src=x onerror=y><a href="command:x">x</a><p style="color:red">x</p>';
    expect(intruders(root)).toEqual([
      '<img>',
      'img src',
      'img onerror',
      'a href=command:x',
      'command:',
      'p style',
    ]);
  });
});
