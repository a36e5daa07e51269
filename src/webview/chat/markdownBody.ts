import { element } from '../shared/dom';
import type { SliceRunner } from '../shared/sliceRunner';
import { MarkdownStream } from './markdown/markdownStream';
import type { MarkdownParser } from './markdown/parser';
import { BlockRenderer } from './markdown/renderBlock';
import type { LeafMakers } from './markdown/renderBlock';
import { CHANGED_INSIDE, MAKING_FAILED } from './window/parking';

/** Text shown in one step when much has to be caught up with, UTF-16 units: a few milliseconds' work. */
const STEP = 4_000;

/** What bodies share. */
export interface BodyDeps extends LeafMakers {
  readonly parser: MarkdownParser;
  readonly slices: SliceRunner;
  readonly onFault: (error: unknown) => void;
}

type State =
  | { readonly kind: 'streaming' }
  /** All text is there; `steps` make the page show exactly what the whole says. */
  | { readonly kind: 'finishing'; steps: Generator<undefined, void, undefined> | undefined }
  | { readonly kind: 'finished' }
  /** Rendering failed: the text is shown as it is. */
  | { readonly kind: 'plain' };

/** A text while it is on the page. */
interface Shown {
  readonly element: HTMLElement;
  readonly stream: MarkdownStream;
  /** The end of the text that is not shown yet. Kept as it came: parts cut out of the whole would keep all of it in memory. */
  waiting: string;
  state: State;
}

/**
 * One text in markdown: grows with the stream, catches up in small steps, is put right at its end. While it is not shown it is
 * only text; when it is shown (again), all that is there by then appears at once, what is far from the screen being put off.
 */
export class MarkdownBody {
  readonly #deps: BodyDeps;
  #text = '';
  #isEnded = false;
  #shown: Shown | undefined;

  constructor(deps: BodyDeps) {
    this.#deps = deps;
  }

  get text(): string {
    return this.#text;
  }

  /** The element on the page, while there is one. */
  get element(): HTMLElement | undefined {
    return this.#shown?.element;
  }

  /** No more comes, and the page says exactly what the whole text does. */
  get isSettled(): boolean {
    return this.#shown?.state.kind === 'finished' || this.#shown?.state.kind === 'plain';
  }

  /** Puts the text into the page, at the end of `place`. */
  show(place: Element): void {
    if (this.#shown) place.append(this.#shown.element);
    else place.append(this.#make().element);
  }

  /** Takes it out of the page; nothing of it is kept but the text. */
  hide(): void {
    this.#deps.slices.remove(this.#advance);
    this.#shown?.element.remove();
    this.#shown = undefined;
  }

  append(text: string): void {
    if (text === '') return;
    this.#text += text;
    this.#isEnded = false;
    const shown = this.#shown;
    if (!shown) return;
    if (shown.state.kind === 'plain') this.#showPlain(shown);
    else {
      shown.waiting += text;
      this.#reopen(shown);
      if (this.#advance(() => false)) this.#deps.slices.add(this.#advance);
    }
  }

  /** No more comes for now. */
  finish(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#shown?.state.kind !== 'streaming') return;
    this.#shown.state = { kind: 'finishing', steps: undefined };
    this.#deps.slices.add(this.#advance);
  }

  /** Becomes `text`, in the frames that follow; what is shown of it already stays. */
  replace(text: string): void {
    if (text === this.#text) return;
    const isLonger = text.startsWith(this.#text);
    const more = isLonger ? text.slice(this.#text.length) : '';
    this.#text = text;
    this.#isEnded = false;
    const shown = this.#shown;
    if (!shown) return;
    if (!isLonger || shown.state.kind === 'plain') {
      const place = shown.element.parentElement;
      this.hide();
      if (place) this.show(place);
      return;
    }
    shown.waiting += more;
    this.#reopen(shown);
    this.#deps.slices.add(this.#advance);
  }

  dispose(): void {
    this.hide();
  }

  #make(): Shown {
    const { parser, onFault } = this.#deps;
    const root = element('div', 'markdown');
    const stream = new MarkdownStream(root, parser, new BlockRenderer(parser, this.#deps));
    const state: State = { kind: this.#isEnded ? 'finished' : 'streaming' };
    const shown: Shown = { element: root, stream, waiting: '', state };
    this.#shown = shown;
    if (this.#text === '') return shown;
    const fail = (error: unknown): void => {
      onFault(error);
      this.#showPlain(shown);
    };
    root.addEventListener(MAKING_FAILED, (event) => {
      if (event instanceof CustomEvent && shown.state.kind !== 'plain') fail(event.detail);
    });
    try {
      const renderer = new BlockRenderer(parser, this.#deps, { isEnded: this.#isEnded });
      stream.showWhole(this.#text, renderer);
    } catch (error) {
      fail(error);
    }
    return shown;
  }

  /** Goes on where a text had ended. */
  #reopen(shown: Shown): void {
    if (shown.state.kind !== 'finishing' && shown.state.kind !== 'finished') return;
    shown.state = { kind: 'streaming' };
  }

  /** Does at least one step; returns whether there is more to do. */
  readonly #advance = (timeLeft: () => boolean): boolean => {
    const shown = this.#shown;
    if (!shown) return false;
    try {
      do {
        if (!this.#step(shown)) return false;
      } while (timeLeft());
      return true;
    } catch (error) {
      this.#deps.onFault(error);
      this.#showPlain(shown);
      return false;
    }
  };

  #step(shown: Shown): boolean {
    switch (shown.state.kind) {
      case 'streaming':
        return this.#showMore(shown);
      case 'finishing': {
        // What is not shown yet is cheaper to render whole than piece by piece.
        shown.stream.append(shown.waiting);
        shown.waiting = '';
        shown.state.steps ??= shown.stream.correction();
        if (shown.state.steps.next().done !== true) return true;
        shown.state = { kind: 'finished' };
        shown.element.dispatchEvent(new CustomEvent(CHANGED_INSIDE, { bubbles: true }));
        return false;
      }
      case 'finished':
      case 'plain':
        return false;
    }
  }

  #showMore(shown: Shown): boolean {
    const { waiting } = shown;
    const isAll = waiting.length <= STEP;
    shown.stream.append(isAll ? waiting : waiting.slice(0, STEP));
    shown.waiting = isAll ? '' : waiting.slice(STEP);
    shown.stream.render();
    return !isAll;
  }

  #showPlain(shown: Shown): void {
    shown.state = { kind: 'plain' };
    shown.element.replaceChildren(element('div', 'plain', this.#text));
  }
}
