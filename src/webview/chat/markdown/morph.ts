import { codeBlockOf } from './codeBlock';
import { formulaOf } from './formula';

/**
 * Makes `shown` look like `fresh` with as few changes as it takes: selections and layout of what stays are kept.
 * `fresh` is used up. Returns the element that is in the page afterwards.
 */
export function morph(shown: Element, fresh: Element): Element {
  const code = codeBlockOf(shown);
  const freshCode = codeBlockOf(fresh);
  if (code && freshCode && code.info === freshCode.info) {
    code.setContent(freshCode.source);
    code.setClosed(freshCode.isClosed);
    return shown;
  }
  const formula = formulaOf(shown);
  const freshFormula = formulaOf(fresh);
  if (formula && freshFormula && formula.source === freshFormula.source) return shown;
  if (code || freshCode || formula || freshFormula || shown.tagName !== fresh.tagName) {
    shown.replaceWith(fresh);
    return fresh;
  }
  morphAttributes(shown, fresh);
  morphChildren(shown, fresh, 0);
  return shown;
}

/** Children of `shown` from index `from` on become those of `fresh`. */
export function morphChildren(shown: Node, fresh: Node, from: number): void {
  let old: ChildNode | null = shown.childNodes[from] ?? null;
  let next = fresh.firstChild;
  while (next) {
    const following: ChildNode | null = next.nextSibling;
    if (old === null) {
      shown.appendChild(next);
    } else {
      const after: ChildNode | null = old.nextSibling;
      morphNode(old, next);
      old = after;
    }
    next = following;
  }
  while (old) {
    const after: ChildNode | null = old.nextSibling;
    old.remove();
    old = after;
  }
}

function morphNode(shown: ChildNode, fresh: ChildNode): void {
  if (shown instanceof Text && fresh instanceof Text) {
    if (fresh.data.startsWith(shown.data)) {
      if (fresh.length > shown.length) shown.appendData(fresh.data.slice(shown.length));
    } else {
      shown.data = fresh.data;
    }
  } else if (shown instanceof Element && fresh instanceof Element) {
    morph(shown, fresh);
  } else {
    shown.replaceWith(fresh);
  }
}

function morphAttributes(shown: Element, fresh: Element): void {
  for (const name of shown.getAttributeNames()) {
    if (!fresh.hasAttribute(name)) shown.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  }
}
