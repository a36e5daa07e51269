import { element, icon } from '../../shared/dom';
import { strings } from '../../shared/strings';
import type { Diagrams } from '../../diagram/diagrams';
import type { DiagramView } from '../../diagram/diagramView';

type State =
  | { readonly kind: 'none' }
  | { readonly kind: 'waiting' | 'drawn'; readonly view: DiagramView }
  | { readonly kind: 'failed' };

/** The drawing of a block of Mermaid: beside its source, of which one is shown. */
export class CodeDiagram {
  readonly #block: HTMLElement;
  readonly #scroller: HTMLElement;
  readonly #diagrams: Diagrams;
  #state: State = { kind: 'none' };
  #source = '';

  /** `scroller` shows the source, and the diagram is put before it. */
  constructor(block: HTMLElement, scroller: HTMLElement, diagrams: Diagrams) {
    this.#block = block;
    this.#scroller = scroller;
    this.#diagrams = diagrams;
  }

  /** The source is complete: draws it, if the block is in the page, where it is called again when it comes back. */
  show(source: string): void {
    if (source !== this.#source) this.clear();
    this.#source = source;
    if (this.#state.kind !== 'none' || source.trim() === '') return;
    // The block may be only about to be put into the page, or made to be compared with one that is there.
    queueMicrotask(() => this.#start());
  }

  clear(): void {
    if (this.#state.kind === 'waiting' || this.#state.kind === 'drawn') this.#state.view.remove();
    this.#block.querySelector(':scope > .code-note')?.remove();
    this.#block.classList.remove('drawn');
    this.#state = { kind: 'none' };
    this.#source = '';
  }

  zoom(direction: 1 | -1): void {
    if (this.#state.kind === 'drawn') this.#state.view.zoom(direction);
  }

  #start(): void {
    if (this.#state.kind !== 'none' || this.#source === '' || !this.#block.isConnected) return;
    const kind =
      /^\s*(?:---[^]*?\n---\s*)?(?:%%[^\n]*\n\s*)*([\w-]+)/.exec(this.#source)?.[1] ?? '';
    const view = this.#diagrams.draw(this.#source, strings.diagram(kind), {
      drawn: () => {
        this.#state = { kind: 'drawn', view };
        this.#block.classList.add('drawn');
      },
      failed: (problem) => this.#failed(problem),
      dropped: () => this.clear(),
    });
    if (this.#isFailed()) return;
    this.#state = { kind: 'waiting', view };
    const size = this.#diagrams.sizeOf(this.#source);
    if (size) {
      view.reserve(size);
      this.#block.classList.add('drawn');
    }
    this.#scroller.before(view.element);
  }

  #isFailed(): boolean {
    return this.#state.kind === 'failed';
  }

  #failed(problem: string): void {
    this.#state = { kind: 'failed' };
    this.#block.classList.remove('drawn');
    const text = strings.diagramFailed(problem);
    this.#scroller.after(element('p', 'code-note', icon('info'), element('span', '', text)));
  }
}
