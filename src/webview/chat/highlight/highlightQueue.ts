import type { SliceRunner } from '../../shared/sliceRunner';

/** What a grammar carries from one line to the next. */
export type TokenizerState = object;

export interface ColourSpan {
  readonly start: number;
  readonly end: number;
  readonly className: string;
}

export interface ColouredLine {
  /** In order, without overlap, plain text left out. */
  readonly spans: readonly ColourSpan[];
  readonly state: TokenizerState;
}

/** Colours one line at a time. */
export interface LineTokenizer {
  readonly initial: TokenizerState;
  /** `text` has no line end. `undefined` when there was no time for it: ask again, the next time gets further. */
  line(text: string, before: TokenizerState, timeLeft: () => boolean): ColouredLine | undefined;
}

/** A block with lines to colour. */
export interface Highlightable {
  readonly element: Element;
  readonly language: string;
  highlight(tokenizer: LineTokenizer, timeLeft: () => boolean): boolean;
}

/** The tokenizer of a language, loaded when first asked for; `undefined` when the language is not known. */
export type TokenizerLoader = (language: string) => Promise<LineTokenizer | undefined> | undefined;

type Loaded =
  | { readonly kind: 'loading'; readonly waiting: Set<Highlightable> }
  | { readonly kind: 'ready'; readonly tokenizer: LineTokenizer }
  | { readonly kind: 'none' };

/** Colours code when there is time for it; plain text is on screen before. */
export class HighlightQueue {
  readonly #slices: SliceRunner;
  readonly #load: TokenizerLoader;
  readonly #onFault: (error: unknown) => void;
  readonly #languages = new Map<string, Loaded>();
  readonly #blocks = new Set<Highlightable>();

  constructor(slices: SliceRunner, load: TokenizerLoader, onFault: (error: unknown) => void) {
    this.#slices = slices;
    this.#load = load;
    this.#onFault = onFault;
  }

  /** The block has lines that are not coloured. */
  add(block: Highlightable): void {
    const loaded = this.#languages.get(block.language) ?? this.#start(block.language);
    if (loaded.kind === 'loading') loaded.waiting.add(block);
    if (loaded.kind !== 'ready') return;
    this.#blocks.add(block);
    this.#slices.add(this.#run);
  }

  #start(language: string): Loaded {
    const loading = this.#load(language);
    const loaded: Loaded = loading ? { kind: 'loading', waiting: new Set() } : { kind: 'none' };
    this.#languages.set(language, loaded);
    if (!loading || loaded.kind !== 'loading') return loaded;
    loading.then(
      (tokenizer) => {
        this.#languages.set(language, tokenizer ? { kind: 'ready', tokenizer } : { kind: 'none' });
        for (const block of loaded.waiting) this.add(block);
      },
      (error: unknown) => {
        this.#languages.set(language, { kind: 'none' });
        this.#onFault(error);
      },
    );
    return loaded;
  }

  readonly #run = (timeLeft: () => boolean): boolean => {
    for (const block of this.#blocks) {
      const loaded = this.#languages.get(block.language);
      // Blocks that were replaced before their turn came are not in the page.
      if (loaded?.kind === 'ready' && block.element.isConnected) {
        if (block.highlight(loaded.tokenizer, timeLeft)) return true;
      }
      this.#blocks.delete(block);
    }
    return false;
  };
}
