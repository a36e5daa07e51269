import { element, icon } from '../../shared/dom';
import { strings } from '../../shared/strings';
import type {
  ColourSpan,
  HighlightQueue,
  LineTokenizer,
  TokenizerState,
} from '../highlight/highlightQueue';

/** Lines in one group of the page: groups far from the screen are not laid out. */
const GROUP_SIZE = 100;

const blocks = new WeakMap<Element, CodeBlock>();

/** The code block that an element is, if it is one. */
export function codeBlockOf(node: Element): CodeBlock | undefined {
  return blocks.get(node);
}

export type CodeBlockFactory = (info: string) => CodeBlock;

/**
 * A block of code that only grows: finished lines are put into the page once, and coloured once, when the queue comes to it.
 * Until then they are there in plain text.
 */
export class CodeBlock {
  readonly element: HTMLElement;
  /** What follows the opening fence. */
  readonly info: string;
  readonly language: string;
  readonly #code = element('code');
  readonly #queue: HighlightQueue;
  readonly #uncoloured: HTMLElement[] = [];
  #firstUncoloured = 0;
  #tokenizer: LineTokenizer | undefined;
  #state: TokenizerState | undefined;
  #group: HTMLElement | undefined;
  #pending: HTMLElement | undefined;
  #pendingText = '';
  #finished = '';

  constructor(info: string, queue: HighlightQueue) {
    this.info = info;
    this.language = languageOf(info);
    this.#queue = queue;
    const label = this.language === '' ? strings.plainText : this.language;
    const copy = element('button', 'icon-button code-copy', icon('copy'));
    copy.type = 'button';
    copy.title = strings.copyCode;
    copy.ariaLabel = strings.copyCode;
    const scroller = element('pre', '', this.#code);
    scroller.tabIndex = 0;
    this.element = element(
      'div',
      'code-block',
      element('div', 'code-head', element('span', 'code-language', label), copy),
      scroller,
    );
    this.element.role = 'group';
    this.element.ariaLabel = strings.codeIn(label);
    blocks.set(this.element, this);
  }

  /** All text so far, exactly as written. */
  get source(): string {
    return this.#finished + this.#pendingText;
  }

  equals(other: CodeBlock): boolean {
    return this.info === other.info && this.source === other.source;
  }

  /** Takes whole lines, each with its line end, and drops the pending one. */
  append(lines: string): void {
    this.setPending('');
    if (lines === '') return;
    this.#finished += lines;
    let start = 0;
    for (let end = lines.indexOf('\n'); end >= 0; end = lines.indexOf('\n', start)) {
      this.#addLine(lines.slice(start, end + 1));
      start = end + 1;
    }
    this.#queue.add(this);
  }

  /** Shows the beginning of a line that is not finished. */
  setPending(text: string): void {
    if (text === this.#pendingText) return;
    this.#pendingText = text;
    if (text === '') {
      this.#pending?.remove();
      this.#pending = undefined;
      return;
    }
    if (!this.#pending) {
      this.#pending = element('span', 'line');
      this.#currentGroup().append(this.#pending);
    }
    this.#pending.textContent = text;
  }

  /** Shows `text` and nothing else; what is there already stays untouched where it can. */
  setContent(text: string): void {
    if (text === this.source) return;
    const end = text.lastIndexOf('\n') + 1;
    const lines = text.slice(0, end);
    if (!lines.startsWith(this.#finished)) this.#clear();
    if (lines.length > this.#finished.length) this.append(lines.slice(this.#finished.length));
    this.setPending(text.slice(end));
  }

  /** No more comes: a last line without its end is a line too. */
  finish(): void {
    const text = this.#pendingText;
    if (text === '') return;
    this.setPending('');
    this.#finished += text;
    this.#addLine(text);
    this.#queue.add(this);
  }

  /** Colours line after line while `timeLeft` says so; returns whether there is more to do. */
  highlight(tokenizer: LineTokenizer, timeLeft: () => boolean): boolean {
    if (this.#tokenizer !== tokenizer) {
      this.#tokenizer = tokenizer;
      this.#state = tokenizer.initial;
    }
    for (; this.#firstUncoloured < this.#uncoloured.length; this.#firstUncoloured++) {
      const line = this.#uncoloured[this.#firstUncoloured];
      if (!line || !this.#state) continue;
      if (!timeLeft()) return true;
      const text = line.textContent;
      const coloured = tokenizer.line(text.replace(/\n$/, ''), this.#state, timeLeft);
      if (!coloured) return true;
      this.#state = coloured.state;
      showColours(line, text, coloured.spans);
    }
    this.#uncoloured.length = 0;
    this.#firstUncoloured = 0;
    return false;
  }

  #addLine(text: string): void {
    const line = element('span', 'line', text);
    this.#currentGroup().append(line);
    this.#uncoloured.push(line);
  }

  #currentGroup(): HTMLElement {
    if (!this.#group || this.#group.childElementCount >= GROUP_SIZE) {
      this.#group?.classList.add('full');
      this.#group = element('span', 'lines');
      this.#code.append(this.#group);
    }
    return this.#group;
  }

  #clear(): void {
    this.setPending('');
    this.#code.replaceChildren();
    this.#group = undefined;
    this.#uncoloured.length = 0;
    this.#firstUncoloured = 0;
    this.#finished = '';
    this.#state = this.#tokenizer?.initial;
  }
}

function showColours(line: HTMLElement, text: string, spans: readonly ColourSpan[]): void {
  if (spans.length === 0) return;
  const coloured = document.createDocumentFragment();
  let at = 0;
  for (const { start, end, className } of spans) {
    if (start > at) coloured.append(text.slice(at, start));
    coloured.append(element('span', className, text.slice(start, end)));
    at = end;
  }
  coloured.append(text.slice(at));
  line.replaceChildren(coloured);
}

/** "ts {1,3} title=x", "{.python}", "language-js", "src/app.ts": the word that names the language, lower case. */
function languageOf(info: string): string {
  const word = /^[^\s,{:]+/.exec(info.trim().replace(/^\{\s*\.?/, ''))?.[0] ?? '';
  return word
    .replace(/\}$/, '')
    .replace(/^language-/, '')
    .toLowerCase();
}
