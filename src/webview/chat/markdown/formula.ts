import type { SliceRunner } from '../../shared/sliceRunner';
import { element } from '../../shared/dom';
import { strings } from '../../shared/strings';
import { onReturn } from '../window/parking';

/** Typesets TeX into an empty element; returns what is wrong with it instead, if something is. */
export type Typesetter = (
  tex: string,
  target: HTMLElement,
  isDisplay: boolean,
) => string | undefined;

export interface Formula {
  /** As it was written, its marks included. */
  readonly source: string;
  readonly tex: string;
  readonly isDisplay: boolean;
}

export type FormulaFactory = (tex: string, markup: string) => HTMLElement;

const formulas = new WeakMap<Node, Formula>();

/** The formula that a node is, if it is one. */
export function formulaOf(node: Node): Formula | undefined {
  return formulas.get(node);
}

const CLOSING: Readonly<Record<string, string>> = { '\\(': '\\)', '\\[': '\\]' };

type Loaded =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly typeset: Typesetter }
  | { readonly kind: 'none' };

/** Formulas on the page: their source is there at once, and typeset when there is time. */
export class Formulas {
  readonly #slices: SliceRunner;
  readonly #load: () => Promise<Typesetter>;
  readonly #onFault: (error: unknown) => void;
  readonly #waiting = new Set<HTMLElement>();
  #loaded: Loaded = { kind: 'unknown' };

  /** `load` gets the library, when the first formula comes. */
  constructor(
    slices: SliceRunner,
    load: () => Promise<Typesetter>,
    onFault: (error: unknown) => void,
  ) {
    this.#slices = slices;
    this.#load = load;
    this.#onFault = onFault;
  }

  readonly make: FormulaFactory = (tex, markup) => {
    const source = markup + tex + (CLOSING[markup] ?? markup);
    const isDisplay = markup === '$$' || markup === '\\[';
    const made = element('span', isDisplay ? 'formula display' : 'formula', source);
    formulas.set(made, { source, tex, isDisplay });
    onReturn(made, () => this.#add(made));
    this.#add(made);
    return made;
  };

  #add(made: HTMLElement): void {
    if (this.#loaded.kind === 'none' || isSettled(made)) return;
    this.#waiting.add(made);
    if (this.#loaded.kind === 'unknown') this.#start();
    else if (this.#loaded.kind === 'ready') this.#slices.add(this.#run);
  }

  #start(): void {
    this.#loaded = { kind: 'loading' };
    this.#load().then(
      (typeset) => {
        this.#loaded = { kind: 'ready', typeset };
        this.#slices.add(this.#run);
      },
      (error: unknown) => {
        this.#loaded = { kind: 'none' };
        this.#waiting.clear();
        this.#onFault(error);
      },
    );
  }

  readonly #run = (timeLeft: () => boolean): boolean => {
    if (this.#loaded.kind !== 'ready') return false;
    for (const made of this.#waiting) {
      this.#waiting.delete(made);
      // Most were only compared with what is shown already, or are far from the screen, from where they come back.
      if (!made.isConnected || isSettled(made)) continue;
      this.#typeset(made, this.#loaded.typeset);
      if (!timeLeft()) return this.#waiting.size > 0;
    }
    return false;
  };

  #typeset(made: HTMLElement, typeset: Typesetter): void {
    const formula = formulas.get(made);
    if (!formula) return;
    const target = element('span');
    const problem = typeset(formula.tex, target, formula.isDisplay);
    if (problem === undefined) {
      made.classList.add('set');
      if (formula.isDisplay) made.tabIndex = 0;
      made.replaceChildren(...target.childNodes);
    } else {
      made.classList.add('failed');
      made.title = strings.formulaFailed(problem);
    }
  }
}

function isSettled(made: HTMLElement): boolean {
  return made.classList.contains('set') || made.classList.contains('failed');
}
