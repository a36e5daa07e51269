import { element } from '../../shared/dom';

/** Children of a part before the next one starts: layout of one part more does not touch the full ones. */
const PART_SIZE = { blocks: 24, list: 100, table: 60 } as const;

/**
 * Children of one parent, in groups of fixed size, so that appending the ten thousandth costs what the first did and
 * what is far from the screen is not laid out. Keeps nothing: the elements are the state.
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

  append(child: Element): void {
    let part = this.#root.lastElementChild;
    if (part === null || this.#holder(part).childElementCount >= this.#size) {
      part?.classList.add('full');
      part = this.#makePart();
      this.#root.append(part);
    }
    this.#holder(part).append(child);
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
  #holder(part: Element): Element {
    return this.#kind === 'table' ? (part.querySelector('tbody') ?? part) : part;
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
