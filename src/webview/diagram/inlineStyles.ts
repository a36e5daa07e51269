/** Stands for `style` while markup is text: the parser itself would report an inline style, even where nothing is shown. */
const STAND_IN = 'data-inline-style';

type AnyMethod = (...args: unknown[]) => unknown;

/**
 * Mermaid writes inline styles, which the page's policy does not allow and shall not. A style that a script sets through
 * `element.style`, or a sheet with the page's nonce, is allowed: in this frame every inline style takes one of these ways.
 */
export function allowInlineStyles(nonce: string): void {
  nameStyleSheets(nonce);
  const { prototype } = Element;
  const setAttribute = method(prototype, 'setAttribute');
  prototype.setAttribute = function (this: Element, name: string, value: string): void {
    if (name.toLowerCase() === 'style') setStyle(this, value);
    else Reflect.apply(setAttribute, this, [name, value]);
  };
  const innerHtml = Object.getOwnPropertyDescriptor(prototype, 'innerHTML');
  const setHtml: unknown = innerHtml && Reflect.get(innerHtml, 'set');
  if (!isMethod(setHtml)) throw new TypeError('expected a setter of innerHTML');
  Object.defineProperty(prototype, 'innerHTML', {
    ...innerHtml,
    set(this: Element, html: unknown) {
      if (this instanceof HTMLStyleElement || this instanceof SVGStyleElement) {
        this.textContent = String(html);
        return;
      }
      Reflect.apply(setHtml, this, [withoutInline(String(html), nonce)]);
      for (const styled of this.querySelectorAll(`[${STAND_IN}]`)) {
        setStyle(styled, styled.getAttribute(STAND_IN) ?? '');
        styled.removeAttribute(STAND_IN);
      }
    },
  });
  const parse = method(DOMParser.prototype, 'parseFromString');
  DOMParser.prototype.parseFromString = function (
    this: DOMParser,
    ...[text, type]: Parameters<DOMParser['parseFromString']>
  ): Document {
    // DOMPurify hands over an object of the Trusted Types, whatever the types of the page's own methods say.
    const markup: unknown = text;
    const parsed = Reflect.apply(parse, this, [withoutInline(String(markup), nonce), type]);
    if (!(parsed instanceof Document)) throw new TypeError('expected a document');
    return parsed;
  };
}

function nameStyleSheets(nonce: string): void {
  const make = method(document, 'createElement');
  const makeIn = method(document, 'createElementNS');
  const named = (made: unknown): unknown => {
    if (made instanceof HTMLStyleElement || made instanceof SVGStyleElement) made.nonce = nonce;
    return made;
  };
  Object.assign(document, {
    createElement: (...args: unknown[]) => named(Reflect.apply(make, document, args)),
    createElementNS: (...args: unknown[]) => named(Reflect.apply(makeIn, document, args)),
  });
}

/** Markup whose sheets carry the nonce and whose inline styles wait under another name. */
function withoutInline(html: string, nonce: string): string {
  return html
    .replace(/<[a-z][^<>]*/gi, (tag) => tag.replace(/(["'\s/])style(?=\s*=)/gi, `$1${STAND_IN}`))
    .replace(/<style(?=[\s>])/gi, `<style nonce="${nonce}"`);
}

function setStyle(node: Element, css: string): void {
  if (node instanceof HTMLElement || node instanceof SVGElement) node.style.cssText = css;
}

function method(owner: object, name: string): AnyMethod {
  const found: unknown = Reflect.get(owner, name);
  if (!isMethod(found)) throw new TypeError(`expected the method ${name}`);
  return found;
}

function isMethod(value: unknown): value is AnyMethod {
  return typeof value === 'function';
}
