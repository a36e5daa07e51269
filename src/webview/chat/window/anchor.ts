import { isAway } from './parking';

/** What stays where it is on the screen while things above it change: a turn and how far its top is above the upper edge, px. */
export interface Anchor {
  readonly turnId: string;
  readonly offset: number;
  /** An element inside of the turn, where there is one, and where its top was below the upper edge, px. */
  readonly element: Element | undefined;
  readonly elementTop: number;
  /** Where the scroller was. */
  readonly scrollTop: number;
}

/** Elements that are looked into for something smaller that begins on the screen. */
const LOOK_INSIDE = new Set([
  'ARTICLE',
  'DIV',
  'SECTION',
  'UL',
  'OL',
  'LI',
  'BLOCKQUOTE',
  'TABLE',
  'TBODY',
  'PRE',
]);

/** The uppermost thing in `turn` that can be seen below `edge`, px of the viewport: as small as blocks of text are. */
export function uppermost(turn: Element, edge: number): Element {
  let found = turn;
  for (;;) {
    if (isAway(found) || !(LOOK_INSIDE.has(found.tagName) || isCode(found))) return found;
    const inner = firstBelow(found, edge);
    if (!inner) return found;
    if (inner.getBoundingClientRect().top >= edge) return inner;
    found = inner;
  }
}

function isCode(element: Element): boolean {
  return element.parentElement?.tagName === 'PRE' || element.classList.contains('lines');
}

function firstBelow(parent: Element, edge: number): Element | undefined {
  for (const child of parent.children) {
    if (child.classList.contains('visually-hidden')) continue;
    const box = child.getBoundingClientRect();
    if (box.bottom > edge && box.height > 0) return child;
  }
  return undefined;
}
