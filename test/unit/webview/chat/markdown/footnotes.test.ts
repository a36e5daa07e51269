// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { footnoteClick } from '../../../../../src/webview/chat/markdown/footnoteClicks';
import { isAway, sendAway } from '../../../../../src/webview/chat/window/parking';
import { MarkdownPage, wholeParse } from '../../helpers/markdownPage';

const TEXT = 'First[^b], then[^a], again[^b].\n\n[^a]: Note **A**.\n[^b]: Note B.\n';

let page: MarkdownPage;
beforeEach(() => {
  document.body.replaceChildren();
  Element.prototype.scrollIntoView = () => undefined;
  page = new MarkdownPage();
  const body = document.body.appendChild(document.createElement('div'));
  body.className = 'markdown';
  body.append(page.root);
});

function find(selector: string): HTMLElement {
  const found = page.root.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`expected ${selector}`);
  return found;
}

describe('footnotes', () => {
  it('are numbered by their definitions, and named for screen readers', () => {
    page.write(TEXT);
    page.correct();
    const references = [...page.root.querySelectorAll('.footnote-ref')];
    expect(references.map((reference) => reference.textContent)).toEqual(['2', '1', '2']);
    expect(references[0]?.getAttribute('aria-label')).toBe('Footnote 2, show');
    expect(find('.footnote').getAttribute('aria-label')).toBe('Footnote 1');
    expect(find('.footnote').getAttribute('role')).toBe('note');
  });

  it('keep their numbers while text comes and when it is put right', () => {
    page.write('[^a]: A.\n\nSee[^a].\n\n');
    const reference = find('.footnote-ref');
    page.write('[^b]: B.\n\nAnd[^b].\n\n[^a]: once more\n');
    page.correct();
    expect(find('.footnote-ref')).toBe(reference);
    const numbers = [...page.root.querySelectorAll('.footnote-ref')].map((one) => one.textContent);
    expect(numbers).toEqual(['1', '2']);
    // The first definition counts; the other is there, but no place to go to.
    expect(page.root.querySelectorAll('.footnote')).toHaveLength(3);
    expect(page.root.querySelectorAll('.footnote[data-footnote="1"]')).toHaveLength(1);
  });

  it('stay text without a definition, and in code', () => {
    page.write('Not[^no], `[^a]`.\n\n[^a]: x\n');
    page.correct();
    expect(page.root.querySelector('.footnote-ref')).toBeNull();
    expect(page.root.textContent).toContain('Not[^no]');
  });

  it('are no link definitions, and links with such labels still work', () => {
    page.write('[^a]: https://e.com\n\n[x]: https://e.com/x\n\n[x] and [^a]\n');
    expect(find('a').getAttribute('href')).toBe('https://e.com');
    expect(page.root.querySelectorAll('.footnote')).toHaveLength(1);
    expect(page.html).toBe(
      wholeParse('[^a]: https://e.com\n\n[x]: https://e.com/x\n\n[x] and [^a]\n'),
    );
  });

  it('are gone to and back from, by their buttons', () => {
    page.write(TEXT);
    page.correct();
    expect(footnoteClick(find('.footnote-ref'))).toBe(true);
    expect(document.activeElement?.textContent).toContain('Note B');
    expect(footnoteClick(find('.footnote[data-footnote="2"] .footnote-back'))).toBe(true);
    expect(document.activeElement).toBe(find('.footnote-ref'));
    expect(footnoteClick(find('strong'))).toBe(false);
  });

  it('are found where they are away from the page', () => {
    page.write(`See[^1].\n\n${'Text.\n\n'.repeat(40)}[^1]: Far away.\n\nend\n`);
    page.correct();
    const part = find('.footnote').closest<HTMLElement>('.part');
    if (!part) throw new Error('expected a part');
    sendAway(part, '100px');
    expect(page.root.querySelector('.footnote')).toBeNull();
    footnoteClick(find('.footnote-ref'));
    expect(isAway(part)).toBe(false);
    expect(document.activeElement?.textContent).toContain('Far away');
  });
});
