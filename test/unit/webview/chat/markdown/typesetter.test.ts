// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Typesetter } from '../../../../../src/webview/chat/markdown/formula';
import { loadTypesetter } from '../../../../../src/webview/chat/markdown/typesetter';

let typeset: Typesetter;

beforeEach(async () => {
  // jsdom loads no fonts and no style sheets.
  Object.defineProperty(document, 'fonts', {
    configurable: true,
    value: { load: () => Promise.resolve([]) },
  });
  vi.stubGlobal('MathMLElement', SVGElement);
  const loading = loadTypesetter();
  document.head.querySelector('link')?.dispatchEvent(new Event('load'));
  typeset = await loading;
});
afterEach(() => document.head.replaceChildren());

function set(tex: string, isDisplay = false): { target: HTMLElement; problem: string | undefined } {
  const target = document.createElement('span');
  return { problem: typeset(tex, target, isDisplay), target };
}

describe('the typesetter', () => {
  it('gives MathML to screen readers, with the source, and hides the boxes from them', () => {
    const { target, problem } = set('\\frac{a}{b}');
    expect(problem).toBeUndefined();
    expect(target.querySelector('math mfrac')).not.toBeNull();
    expect(target.querySelector('annotation')?.textContent).toBe('\\frac{a}{b}');
    expect(target.querySelector('.katex-html')?.getAttribute('aria-hidden')).toBe('true');
  });

  it('sets no style attribute as text: the policy of the page would not allow it', () => {
    const setAttribute = vi.spyOn(Element.prototype, 'setAttribute');
    set('\\vec{v} \\fbox{x} \\colorbox{red}{y} \\sqrt{z} \\begin{CD} A @>>> B \\end{CD}', true);
    expect(setAttribute.mock.calls.map(([name]) => name)).not.toContain('style');
  });

  it.each([
    '\\href{https://evil.example}{x}',
    '\\url{https://evil.example}',
    '\\includegraphics{https://evil.example/x.png}',
    '\\htmlStyle{color:red}{x}',
    '\\htmlClass{a}{x}',
    '\\htmlId{a}{x}',
    '\\htmlData{a=b}{x}',
  ])('refuses %s', (tex) => {
    const { target, problem } = set(tex);
    expect(problem).toContain('not allowed');
    expect(target.childNodes).toHaveLength(0);
  });

  it.each([
    '\\frac{a}{',
    '\\nosuchcommand',
    '\\def\\a{\\a\\a}\\a',
    '\\newcommand{\\a}{xx}\\a',
    '\\gdef\\a{x}',
    'x'.repeat(1_600),
    '&'.repeat(400),
    '{'.repeat(60) + '}'.repeat(60),
    '\\left('.repeat(60) + '\\right)'.repeat(60),
  ])('says what is wrong with %s', (tex) => {
    expect(set(tex).problem).toMatch(/\S/);
  });

  it('bounds the size of what a formula asks for', () => {
    const { target, problem } = set('\\rule{1000000em}{1000000em}');
    expect(problem).toBeUndefined();
    const sizes = [...target.querySelectorAll<HTMLElement>('.katex-html *')].map(({ style }) =>
      Math.max(Number.parseFloat(style.width) || 0, Number.parseFloat(style.height) || 0),
    );
    expect(Math.max(...sizes)).toBeLessThanOrEqual(40);
  });
});
