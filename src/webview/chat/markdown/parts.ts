import { element } from '../../shared/dom';
import { bringBack, contentOf, isAway, plan } from '../window/parking';

/**
 * Children of a part before the next one starts: layout of one part more does not touch the full ones, and parts far from the
 * screen leave the page, so that they are at most a screen or so.
 */
const PART_SIZE = { blocks: 12, list: 40, table: 30 } as const;

/**
 * Children of one parent, in groups of fixed size, so that appending the ten thousandth costs what the first did and
 * what is far from the screen can be away (see parking.ts). Keeps nothing: the elements are the state.
 */
export class Parts {
  readonly #root: Element;
  readonly #kind: keyof typeof PART_SIZE;
  readonly #size: number;

  constructor(root: Element, kind: keyof typeof PART_SIZE) {
    this.#root = root;
    this.#kind = kind;
    this.#size = PART_SIZE[kind];
  }

  get count(): number {
    const last = this.#root.lastElementChild;
    if (last === null) return 0;
    return (this.#root.childElementCount - 1) * this.#size + this.#holder(last).childElementCount;
  }

  at(index: number): Element | undefined {
    const part = this.#root.children[Math.floor(index / this.#size)];
    return part && this.#holder(part).children[index % this.#size];
  }

  /** Child `index`, its part put back into the page. */
  bring(index: number): Element | undefined {
    const part = this.#root.children[Math.floor(index / this.#size)];
    if (part instanceof HTMLElement) bringBack(part);
    return this.at(index);
  }

  /** Child `index`, unless its part is away. */
  inPage(index: number): Element | undefined {
    const part = this.#root.children[Math.floor(index / this.#size)];
    return part && !isAway(part) ? this.at(index) : undefined;
  }

  /** Place of the child that `node` is in; -1 where it is in none. */
  indexOf(node: Node): number {
    const parts = [...this.#root.children];
    const at = parts.findIndex((part) => part.contains(node));
    const part = parts[at];
    if (!part) return -1;
    const within = [...this.#holder(part).children].findIndex((child) => child.contains(node));
    return at * this.#size + Math.max(0, within);
  }

  append(child: Element): void {
    let part = this.#root.lastElementChild;
    if (part === null || this.#holder(part).childElementCount >= this.#size) {
      part?.classList.add('full');
      part = this.#makePart();
      this.#root.append(part);
    }
    if (part instanceof HTMLElement) bringBack(part);
    this.#holder(part).append(child);
  }

  /** Children that `make` gives when they come near the screen, into a root that has none yet; `lines` guesses their heights. */
  plan<T>(items: readonly T[], lines: (item: T) => number, make: (item: T) => Element): void {
    for (let at = 0; at < items.length; at += this.#size) {
      const group = items.slice(at, at + this.#size);
      const isFirst = at === 0;
      let part = isFirst ? this.#root.firstElementChild : null;
      if (!part) {
        part = this.#kind === 'table' ? element('div', 'part') : this.#makePart();
        this.#root.append(part);
      }
      if (at + this.#size < items.length) part.classList.add('full');
      // The widths of a table's columns come from its first part.
      if (this.#kind === 'table' && isFirst) this.#holder(part).append(...group.map(make));
      else if (part instanceof HTMLElement) {
        const height = group.reduce((sum, item) => sum + lines(item), 0);
        plan(part, height, () => this.#planned(group.map(make)));
      }
    }
  }

  /** Removes all from `count` on. */
  truncate(count: number): void {
    while (this.count > count) {
      const last = this.#root.lastElementChild;
      if (last === null) return;
      const within = this.#holder(last);
      within.lastElementChild?.remove();
      if (within.childElementCount > 0) continue;
      // The first part of a table carries its head.
      if (this.#root.childElementCount === 1 && this.#kind === 'table') return;
      last.remove();
      this.#root.lastElementChild?.classList.remove('full');
    }
  }

  /** The element of a part that has the children. */
  #holder(part: Element): Element | DocumentFragment {
    const content = contentOf(part);
    return this.#kind === 'table' ? (content.querySelector('tbody') ?? content) : content;
  }

  #planned(children: readonly Element[]): readonly Element[] {
    if (this.#kind !== 'table') return children;
    const table = continuedTable(this.#root);
    table.querySelector('tbody')?.append(...children);
    return [table];
  }

  #makePart(): Element {
    if (this.#kind === 'blocks') return element('div', 'part');
    if (this.#kind === 'table') {
      return element('div', 'part', continuedTable(this.#root));
    }
    const first = this.#root.firstElementChild;
    if (!(first instanceof HTMLOListElement)) return element('ul', 'part');
    const list = element('ol', 'part');
    list.start = first.start + this.#root.childElementCount * this.#size;
    return list;
  }
}

/** A table with columns as wide as in the first part, which has the head; wider only where a word needs it. */
function continuedTable(root: Element): HTMLElement {
  const table = element('table', '', element('tbody'));
  const heads = root.querySelectorAll('th');
  const widths = Array.from(heads, (head) => head.getBoundingClientRect().width);
  const total = widths.reduce((sum, width) => sum + width, 0);
  // Nothing is laid out where nothing is shown.
  if (total === 0) return table;
  const columns = widths.map((width) => {
    const column = element('col');
    column.style.width = `${String(width)}px`;
    return column;
  });
  table.prepend(element('colgroup', '', ...columns));
  table.style.width = `${String(total)}px`;
  return table;
}
