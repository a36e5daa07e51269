// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { MarkdownPage } from '../../helpers/markdownPage';

function shown(text: string): HTMLElement {
  const page = new MarkdownPage();
  page.write(text);
  page.correct();
  return page.root;
}

describe('text of a reply', () => {
  it('is never read as HTML', () => {
    const text = '<script>alert(1)</script>\n\n<img src=x onerror=alert(1)> <b>bold</b>\n';
    const root = shown(text);
    expect(root.querySelector('script, img, b')).toBeNull();
    expect(root.textContent).toContain('<img src=x onerror=alert(1)> <b>bold</b>');
  });

  it('loads no image: it becomes a link to it', () => {
    const root = shown('![a diagram](https://example.com/x.png)');
    expect(root.querySelector('img')).toBeNull();
    expect(root.querySelector('a')?.getAttribute('href')).toBe('https://example.com/x.png');
    expect(root.textContent).toContain('a diagram');
  });

  it.each(['https://example.com/', 'http://example.com/', 'mailto:a@example.com'])(
    'links to %s, and says where to',
    (href) => {
      const link = shown(`[here](${href})`).querySelector('a');
      expect(link?.getAttribute('href')).toBe(href);
      expect(link?.title).toBe(href);
    },
  );

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    '&#106;avascript&colon;alert(1)',
    'data:text/html,x',
    'command:workbench.action.quit',
    'vscode://settings',
    'file:///etc/passwd',
    'src/index.ts',
    '//example.com',
    '#top',
  ])('shows a link to %s as text only', (href) => {
    const root = shown(`[here](${href}) and ![there](${href}) and <${href}>`);
    expect(root.querySelector('a, img')).toBeNull();
    expect(root.textContent).toContain('here');
    expect(root.querySelectorAll('[href], [src], [onclick]')).toHaveLength(0);
  });

  it('finds bare web addresses, but guesses none', () => {
    const root = shown('See https://example.com/a_b?c=d, example.com and me@example.com.');
    expect([...root.querySelectorAll('a')].map((link) => link.textContent)).toEqual([
      'https://example.com/a_b?c=d',
    ]);
  });

  it('may nest deep, and deeper than anyone reads without harm', () => {
    expect(shown(`${'> '.repeat(40)}deep\n\n${'- '.repeat(40)}deep\n`).textContent).toContain(
      'deep',
    );
    expect(() => shown(`${'> '.repeat(900)}deep\n`)).not.toThrow();
  });
});
