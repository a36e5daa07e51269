/**
 * Children of an element that are not in the page: they were there and are kept, or they are only planned and are made when
 * they are needed. The element itself stays, as high as they were or are guessed to be.
 */
type Content =
  | { readonly kind: 'kept'; readonly nodes: DocumentFragment }
  | { readonly kind: 'planned'; readonly make: () => readonly Element[] };

/** Fired, with the error as its detail, at an element whose planned children could not be made. */
export const MAKING_FAILED = 'making-failed';

/**
 * Fired at what changed without the transcript's size telling: it grew inside of something with a height of its own, or parts that
 * were away came back to be corrected.
 */
export const CHANGED_INSIDE = 'changed-inside';

/** Tells it of `element`, once what is being drawn is there, and before it is painted. */
export function tellChangedInside(element: Element | null): void {
  queueMicrotask(() => {
    element?.dispatchEvent(new CustomEvent(CHANGED_INSIDE, { bubbles: true }));
  });
}

/** Marks elements whose children are away, for styles and queries. */
const AWAY = 'away';

const contents = new WeakMap<Element, Content>();
const returns = new WeakMap<Element, () => void>();

export function isAway(element: Element): boolean {
  return contents.has(element);
}

/** Leaves `element` empty until its children are needed; `lines` is how high they will be, in lines of text. */
export function plan(element: HTMLElement, lines: number, make: () => readonly Element[]): void {
  contents.set(element, { kind: 'planned', make });
  element.style.height = `${lines.toFixed(1)}lh`;
  element.classList.add(AWAY);
}

/** Takes the children out of the page; the sizes, as CSS lengths, keep their place. */
export function sendAway(element: HTMLElement, height: string, minWidth = ''): void {
  if (isAway(element)) return;
  const nodes = document.createDocumentFragment();
  nodes.append(...element.childNodes);
  contents.set(element, { kind: 'kept', nodes });
  element.style.height = height;
  element.style.minWidth = minWidth;
  element.classList.add(AWAY);
}

export function bringBack(element: HTMLElement): void {
  if (!isAway(element)) return;
  const nodes = contentOf(element);
  contents.delete(element);
  element.append(nodes);
  element.style.removeProperty('height');
  element.style.removeProperty('min-width');
  if (element.style.length === 0) element.removeAttribute('style');
  element.classList.remove(AWAY);
  for (const back of element.querySelectorAll('.code-block, .formula')) returns.get(back)?.();
}

/** Whether `shown` is as `fresh`, what is away from it included, which stays away. Texts that came in parts are joined. */
export function isSame(shown: Element, fresh: Element): boolean {
  if (!isAway(shown) && shown.querySelector(`.${AWAY}`) === null) {
    if (shown.isEqualNode(fresh)) return true;
    shown.normalize();
    return shown.isEqualNode(fresh);
  }
  if (!shell(shown).isEqualNode(fresh.cloneNode(false))) return false;
  const content = contentOf(shown);
  content.normalize();
  const { childNodes } = fresh;
  if (content.childNodes.length !== childNodes.length) return false;
  return [...content.childNodes].every((child, at) => {
    const other = childNodes[at];
    if (child instanceof Element && other instanceof Element) return isSame(child, other);
    return child.isEqualNode(other ?? null);
  });
}

/** The element as it is with its children in the page, without them. */
function shell(element: Element): Node {
  const copy = element.cloneNode(false);
  if (copy instanceof HTMLElement && isAway(element)) {
    copy.classList.remove(AWAY);
    copy.removeAttribute('style');
  }
  return copy;
}

/** Brings back all that is away inside of an element, and the element's own children. */
export function bringBackAll(element: Element): void {
  if (element instanceof HTMLElement) bringBack(element);
  for (const inner of element.querySelectorAll<HTMLElement>(`.${AWAY}`)) bringBackAll(inner);
}

/** What has an element's children: itself, or what they were moved into. Children that were only planned are made. */
export function contentOf(element: Element): Element | DocumentFragment {
  const content = contents.get(element);
  if (!content) return element;
  if (content.kind === 'kept') return content.nodes;
  const nodes = document.createDocumentFragment();
  // Set first: what fails is not tried again.
  contents.set(element, { kind: 'kept', nodes });
  try {
    nodes.append(...content.make());
  } catch (error) {
    element.dispatchEvent(new CustomEvent(MAKING_FAILED, { bubbles: true, detail: error }));
  }
  return nodes;
}

/** Calls whenever a code block or a formula is put back into the page. */
export function onReturn(made: Element, run: () => void): void {
  returns.set(made, run);
}
