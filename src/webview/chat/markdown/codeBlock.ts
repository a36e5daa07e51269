import { element } from '../../shared/dom';
import { strings } from '../../shared/strings';
import type { Diagrams } from '../../diagram/diagrams';
import { bringBack, onReturn, sendAway } from '../window/parking';
import type { HighlightQueue, LineTokenizer, TokenizerState } from '../highlight/highlightQueue';
import { CodeDiagram } from './codeDiagram';
import { codeHead, codeLabel } from './codeHead';
import { readInfo } from './codeInfo';
import { fillLine, showColours } from './codeLine';
import type { CodeMemory } from './codeMemory';

/** Lines in one group of the page: groups far from the screen are not in it. */
const GROUP_SIZE = 20;

/** Blocks with more lines can be folded; then they show as many as the style sheet says. */
const FOLDED_ABOVE = 30;

const blocks = new WeakMap<Element, CodeBlock>();

/** The code block that an element is, if it is one. */
export function codeBlockOf(node: Element): CodeBlock | undefined {
  return blocks.get(node);
}

export type CodeBlockFactory = (info: string) => CodeBlock;

/** What blocks of code share. */
export interface CodeDeps {
  readonly queue: HighlightQueue;
  readonly diagrams: Diagrams;
  readonly memory: CodeMemory;
}

/**
 * A block of code that only grows: finished lines are put into the page once, and coloured once, when the queue comes to it.
 * Until then they are there in plain text.
 */
export class CodeBlock {
  readonly element: HTMLElement;
  /** What follows the opening fence. */
  readonly info: string;
  readonly language: string;
  /** The file that the code is meant for. */
  readonly path: string | undefined;
  readonly #code = element('code');
  readonly #queue: HighlightQueue;
  readonly #memory: CodeMemory;
  readonly #diagram: CodeDiagram | undefined;
  readonly #uncoloured: HTMLElement[] = [];
  #firstUncoloured = 0;
  #tokenizer: LineTokenizer | undefined;
  #state: TokenizerState | undefined;
  /** What it was before the last line that is coloured. */
  #stateBefore: TokenizerState | undefined;
  #group: HTMLElement | undefined;
  #pending: HTMLElement | undefined;
  /** The beginning of the unfinished line that is told no more. */
  #settled = '';
  #pendingText = '';
  #finished = '';
  #isClosed = false;
  #fold: HTMLButtonElement | undefined;

  constructor(info: string, { queue, diagrams, memory }: CodeDeps) {
    this.info = info;
    const read = readInfo(info);
    this.language = read.language;
    this.path = read.path;
    this.#queue = queue;
    this.#memory = memory;
    const scroller = element('pre', '', this.#code);
    scroller.tabIndex = 0;
    this.element = element('div', 'code-block', codeHead(read), scroller);
    this.element.role = 'group';
    this.element.ariaLabel = codeLabel(read);
    if (read.language === 'mermaid')
      this.#diagram = new CodeDiagram(this.element, scroller, diagrams);
    blocks.set(this.element, this);
    onReturn(this.element, () => {
      if (this.#firstUncoloured < this.#uncoloured.length) this.#queue.add(this);
      if (this.#isClosed) this.#diagram?.show(this.source);
    });
  }

  /** Whether nothing more comes, as far as can be told. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isWrapped(): boolean {
    return this.element.classList.contains('wrapped');
  }

  get isFolded(): boolean {
    return this.element.classList.contains('folded');
  }

  /** All text so far, exactly as written. */
  get source(): string {
    return this.#finished + this.#settled + this.#pendingText;
  }

  equals(other: CodeBlock): boolean {
    return this.info === other.info && this.source === other.source;
  }

  /** Takes whole lines, each with its line end, of the unfinished one what follows its settled beginning. */
  append(text: string): void {
    this.setPending('');
    if (text === '') return;
    const lines = this.#settled + text;
    this.#dropPending();
    this.#finished += lines;
    let start = 0;
    for (let end = lines.indexOf('\n'); end >= 0; end = lines.indexOf('\n', start)) {
      this.#addLine(lines.slice(start, end + 1));
      start = end + 1;
    }
    this.#queue.add(this);
  }

  /** Shows the beginning of a line that is not finished, what of it is settled before it. */
  setPending(text: string): void {
    if (text === this.#pendingText) return;
    this.#pendingText = text;
    if (text === '' && this.#settled === '') {
      this.#dropPending();
      return;
    }
    if (!this.#pending) {
      this.#pending = element('span', 'line');
      this.#currentGroup().append(this.#pending);
    }
    fillLine(this.#pending, this.#settled, text);
  }

  /** What is pending stays: what is told next follows it in the same line. */
  settlePending(): void {
    this.#settled += this.#pendingText;
    this.#pendingText = '';
  }

  /** Shows `text` and nothing else; what is there already stays untouched where it can. */
  setContent(text: string): void {
    if (text === this.source) return;
    this.#pendingText = this.#settled + this.#pendingText;
    this.#settled = '';
    if (text.startsWith(this.source)) this.#reopenLine();
    const end = text.lastIndexOf('\n') + 1;
    const lines = text.slice(0, end);
    if (!lines.startsWith(this.#finished)) this.#clear();
    if (lines.length > this.#finished.length) this.append(lines.slice(this.#finished.length));
    this.setPending(text.slice(end));
  }

  /** No more comes: a last line without its end is a line too. */
  finish(): void {
    const text = this.#settled + this.#pendingText;
    if (text !== '') {
      this.#dropPending();
      this.#finished += text;
      this.#addLine(text);
      this.#queue.add(this);
    }
    this.setClosed(true);
  }

  /** Whether its end has come: what can be done with the whole of it is offered then. */
  setClosed(isClosed: boolean): void {
    if (isClosed) {
      this.#offerFold();
      this.#diagram?.show(this.source);
    }
    if (isClosed === this.#isClosed) return;
    this.#isClosed = isClosed;
    this.element.classList.toggle('closed', isClosed);
    if (!isClosed) {
      this.#diagram?.clear();
      this.setFolded(false);
      return;
    }
    if (this.#memory.get('wrapped', this.source) === true) this.setWrapped(true);
    if (this.#memory.get('source', this.source) === true) this.setSourceShown(true);
  }

  setWrapped(isWrapped: boolean): void {
    this.element.classList.toggle('wrapped', isWrapped);
    this.#memory.set('wrapped', this.source, isWrapped);
  }

  /** Whether a diagram's source is shown instead of it. */
  get isSourceShown(): boolean {
    return this.element.classList.contains('source');
  }

  setSourceShown(isShown: boolean): void {
    this.element.classList.toggle('source', isShown);
    this.element.querySelector('.code-diagram')?.setAttribute('aria-pressed', String(isShown));
    this.#memory.set('source', this.source, isShown);
  }

  zoom(direction: 1 | -1): void {
    this.#diagram?.zoom(direction);
  }

  /** Shows the first lines only, or all. The reader's choice is to be told to `remember`. */
  setFolded(isFolded: boolean): void {
    this.element.classList.toggle('folded', isFolded && this.#fold !== undefined);
    if (!this.#fold) return;
    this.#fold.ariaExpanded = String(!isFolded);
    this.#fold.textContent = isFolded ? strings.codeUnfold(this.#lineCount) : strings.codeFold;
  }

  /** The reader folded or unfolded it. */
  rememberFold(): void {
    this.#memory.set('expanded', this.source, !this.isFolded);
  }

  /** A long block that comes from the past is folded, unless the reader has unfolded it. One that is being read never is. */
  foldIfLong(): void {
    if (this.#fold && this.#memory.get('expanded', this.source) !== true) this.setFolded(true);
  }

  /** Takes all lines out of the page until they come near the screen. */
  parkLines(): void {
    const longest = this.#finished.split('\n').reduce((max, line) => Math.max(max, line.length), 0);
    for (const group of this.#code.children) {
      if (!(group instanceof HTMLElement)) continue;
      sendAway(group, `${String(group.childElementCount)}lh`, `${String(longest)}ch`);
    }
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
      this.#stateBefore = this.#state;
      this.#state = coloured.state;
      showColours(line, text, coloured.spans);
    }
    this.#uncoloured.length = 0;
    this.#firstUncoloured = 0;
    return false;
  }

  get #lineCount(): number {
    return this.#finished.split('\n').length - (this.#finished.endsWith('\n') ? 1 : 0);
  }

  #offerFold(): void {
    const isLong = this.#lineCount > FOLDED_ABOVE;
    if (isLong === (this.#fold !== undefined)) return;
    this.#fold?.remove();
    this.#fold = undefined;
    if (!isLong) return;
    this.#fold = element('button', 'code-fold');
    this.#fold.type = 'button';
    this.#fold.dataset['code'] = 'fold';
    this.element.append(this.#fold);
    this.setFolded(false);
  }

  #addLine(text: string): void {
    const line = element('span', 'line');
    fillLine(line, '', text);
    this.#currentGroup().append(line);
    this.#uncoloured.push(line);
  }

  #dropPending(): void {
    this.#pending?.remove();
    this.#pending = undefined;
    this.#pendingText = '';
    this.#settled = '';
  }

  /** A last line that was finished without its end goes on. */
  #reopenLine(): void {
    if (this.#finished === '' || this.#finished.endsWith('\n')) return;
    const start = this.#finished.lastIndexOf('\n') + 1;
    const line = this.#currentGroup(GROUP_SIZE + 1).lastElementChild;
    const text = this.#finished.slice(start);
    this.#finished = this.#finished.slice(0, start);
    line?.remove();
    if (this.#uncoloured.at(-1) === line) this.#uncoloured.pop();
    else this.#state = this.#stateBefore;
    this.setPending(text);
  }

  #currentGroup(size = GROUP_SIZE): HTMLElement {
    if (this.#group) bringBack(this.#group);
    if (!this.#group || this.#group.childElementCount >= size) {
      this.#group?.classList.add('full');
      this.#group = element('span', 'lines');
      this.#code.append(this.#group);
    }
    return this.#group;
  }

  #clear(): void {
    this.#dropPending();
    this.#code.replaceChildren();
    this.#group = undefined;
    this.#uncoloured.length = 0;
    this.#firstUncoloured = 0;
    this.#finished = '';
    this.#state = this.#tokenizer?.initial;
  }
}
