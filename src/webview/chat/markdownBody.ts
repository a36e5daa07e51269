import { element } from '../shared/dom';
import type { SliceRunner } from '../shared/sliceRunner';
import type { CodeBlockFactory } from './markdown/codeBlock';
import { MarkdownStream } from './markdown/markdownStream';
import type { MarkdownParser } from './markdown/parser';
import { BlockRenderer } from './markdown/renderBlock';

/** Text shown in one step when much has to be caught up with, UTF-16 units: a few milliseconds' work. */
const STEP = 4_000;

/** What bodies share. */
export interface BodyDeps {
  readonly parser: MarkdownParser;
  readonly makeCode: CodeBlockFactory;
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

/** One text in markdown on the page: grows with the stream, catches up in small steps, is put right at its end. */
export class MarkdownBody {
  readonly element = element('div', 'markdown');
  readonly #deps: BodyDeps;
  #text = '';
  #shown = 0;
  #stream: MarkdownStream;
  #state: State = { kind: 'streaming' };

  constructor(deps: BodyDeps) {
    this.#deps = deps;
    this.#stream = this.#makeStream();
  }

  get text(): string {
    return this.#text;
  }

  append(text: string): void {
    if (text === '') return;
    this.#text += text;
    if (this.#state.kind === 'finishing' || this.#state.kind === 'finished') this.#restart();
    if (this.#state.kind === 'plain') this.#showPlain();
    else if (this.#advance(() => false)) this.#deps.slices.add(this.#advance);
  }

  /** No more comes for now. */
  finish(): void {
    if (this.#state.kind !== 'streaming') return;
    this.#state = { kind: 'finishing', steps: undefined };
    this.#deps.slices.add(this.#advance);
  }

  /** Becomes `text`, in the frames that follow; what is shown of it already stays. */
  replace(text: string): void {
    if (text === this.#text) return;
    const isLonger = text.startsWith(this.#text) && this.#state.kind === 'streaming';
    this.#text = text;
    if (this.#state.kind === 'plain') this.#showPlain();
    else if (!isLonger) this.#restart();
    this.#deps.slices.add(this.#advance);
  }

  dispose(): void {
    this.#deps.slices.remove(this.#advance);
    this.element.remove();
  }

  /** Does at least one step; returns whether there is more to do. */
  readonly #advance = (timeLeft: () => boolean): boolean => {
    try {
      do {
        if (!this.#step()) return false;
      } while (timeLeft());
      return true;
    } catch (error) {
      this.#deps.onFault(error);
      this.#state = { kind: 'plain' };
      this.#showPlain();
      return false;
    }
  };

  #step(): boolean {
    switch (this.#state.kind) {
      case 'streaming':
        return this.#showMore();
      case 'finishing': {
        // What is not shown yet is cheaper to render whole than piece by piece.
        this.#stream.append(this.#text.slice(this.#shown));
        this.#shown = this.#text.length;
        this.#state.steps ??= this.#stream.correction();
        if (this.#state.steps.next().done !== true) return true;
        this.#state = { kind: 'finished' };
        return false;
      }
      case 'finished':
      case 'plain':
        return false;
    }
  }

  #showMore(): boolean {
    const until = Math.min(this.#text.length, this.#shown + STEP);
    this.#stream.append(this.#text.slice(this.#shown, until));
    this.#shown = until;
    this.#stream.render();
    return until < this.#text.length;
  }

  #restart(): void {
    this.element.replaceChildren();
    this.#stream = this.#makeStream();
    this.#shown = 0;
    this.#state = { kind: 'streaming' };
  }

  #makeStream(): MarkdownStream {
    const { parser, makeCode } = this.#deps;
    return new MarkdownStream(this.element, parser, new BlockRenderer(parser, makeCode));
  }

  #showPlain(): void {
    this.element.replaceChildren(element('div', 'plain', this.#text));
  }
}
