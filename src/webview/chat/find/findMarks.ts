import { Disposable } from '../../../base/disposable';

/** Names of the highlights in the style sheet. */
const ALL = 'pulse-find';
const CURRENT = 'pulse-find-current';
/** What changes the page is answered to at most this often, ms. */
const PAUSE_MS = 150;

export interface Marked {
  readonly all: readonly Range[];
  readonly current: Range | undefined;
}

/**
 * Colours what was found without touching the page: in highlights of the browser's own. Where it has none, the current one is
 * selected. What comes into the page is coloured as it comes.
 */
export class FindMarks extends Disposable {
  readonly #find: () => Marked;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStale = false;

  constructor(content: Element, find: () => Marked) {
    super();
    this.#find = find;
    const changes = new MutationObserver(() => this.showSoon());
    changes.observe(content, { childList: true, characterData: true, subtree: true });
    this._register({
      dispose: () => {
        changes.disconnect();
        clearTimeout(this.#timer);
        highlights()?.delete(ALL);
        highlights()?.delete(CURRENT);
      },
    });
  }

  /** Colours what is found now. */
  show(): void {
    const { all, current } = this.#find();
    const registry = highlights();
    if (registry) {
      registry.set(ALL, new Highlight(...all));
      const top = new Highlight(...(current ? [current] : []));
      top.priority = 1;
      registry.set(CURRENT, top);
    }
    clearTimeout(this.#timer);
    this.#isStale = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isStale) this.show();
    }, PAUSE_MS);
  }

  /** The same, at most so often. */
  showSoon(): void {
    if (this.#timer === undefined) this.show();
    else this.#isStale = true;
  }
}

export function select(range: Range): void {
  const { startContainer, startOffset, endContainer, endOffset } = range;
  document.getSelection()?.setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
}

export function canMark(): boolean {
  return highlights() !== undefined;
}

/** Older browsers have none. */
function highlights(): HighlightRegistry | undefined {
  return 'highlights' in CSS && typeof Highlight === 'function' ? CSS.highlights : undefined;
}
