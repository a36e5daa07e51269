// @vitest-environment jsdom
import { beforeAll, describe, expect, it } from 'vitest';
import { allowInlineStyles } from '../../../../src/webview/diagram/inlineStyles';

/** Attributes that were set by the browser's own method: a style among them would be against the policy. */
const attributesSet: string[] = [];

beforeAll(() => {
  // jsdom has none. It stays: the page's own methods ask for it until the page is gone.
  Object.defineProperty(globalThis, 'SVGStyleElement', { value: HTMLStyleElement });
  const setAttribute: unknown = Reflect.get(Element.prototype, 'setAttribute');
  if (typeof setAttribute !== 'function') throw new Error('expected a method');
  Element.prototype.setAttribute = function (this: Element, name: string, value: string): void {
    attributesSet.push(name.toLowerCase());
    Reflect.apply(setAttribute, this, [name, value]);
  };
  allowInlineStyles('NONCE');
});

/** Parses as mermaid's sanitizer does, which hands over an object of the Trusted Types. */
function parsed(text: unknown): Document {
  const parse: unknown = Reflect.get(DOMParser.prototype, 'parseFromString');
  if (typeof parse !== 'function') throw new Error('expected a method');
  const document: unknown = Reflect.apply(parse, new DOMParser(), [text, 'text/html']);
  if (document instanceof Document) return document;
  throw new Error('expected a document');
}

describe('inline styles in the frame of a diagram', () => {
  it('are set by script where they are set as attributes', () => {
    const made = document.createElement('div');
    made.setAttribute('STYLE', 'color: red');
    made.setAttribute('class', 'x');
    expect(made.style.color).toBe('red');
    expect(made.className).toBe('x');
    expect(attributesSet).toContain('class');
    expect(attributesSet).not.toContain('style');
  });

  it('wait under another name in what is only parsed, be it a text or a trusted object', () => {
    const markup = '<p style="color: red" class="x">style="kept"</p><style>a{}</style>';
    for (const text of [markup, { toString: () => markup }]) {
      const paragraph = parsed(text).querySelector('p');
      expect(paragraph?.getAttribute('data-inline-style')).toBe('color: red');
      expect(paragraph?.getAttribute('style')).toBeNull();
      expect(paragraph?.textContent).toBe('style="kept"');
    }
  });

  it('are allowed in sheets by the nonce of the page', () => {
    expect(document.createElement('style').nonce).toBe('NONCE');
    const sheet = parsed('<svg><style>a{}</style></svg>').querySelector('style');
    expect(sheet?.getAttribute('nonce')).toBe('NONCE');
  });
});
