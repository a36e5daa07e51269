// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Citations } from '../../../../src/webview/chat/turn/citations';
import { PanelPage } from '../helpers/panelPage';

let page: PanelPage;
beforeEach(() => {
  page = new PanelPage();
});
afterEach(() => page.remove());

describe('the sources below an answer', () => {
  it('are named and quoted, those on the web as links', () => {
    page.show(
      <Citations
        citations={[
          { title: 'report.pdf', quote: 'It grew.' },
          { title: 'A page', quote: '', href: 'https://e.com/a' },
          { title: 'Not a link', quote: '', href: 'javascript:alert(1)' },
        ]}
      />,
    );
    expect(page.find('.citations').ariaLabel).toBe('Sources that this answer cites');
    const items = [...page.root.querySelectorAll('li')].map((item) => item.textContent);
    expect(items).toEqual(['report.pdfIt grew.', 'A page', 'Not a link']);
    const links = [...page.root.querySelectorAll('a')].map((link) => link.getAttribute('href'));
    expect(links).toEqual(['https://e.com/a']);
  });
});
