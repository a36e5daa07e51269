import { codeBlockOf } from '../markdown/codeBlock';
import { formulaOf } from '../markdown/formula';
import { contentOf } from './parking';

/** A place in the page as ranges have it. */
export interface Boundary {
  readonly node: Node;
  readonly offset: number;
}

/** Code is raw where it is all that was selected, and fenced among other things. */
type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string; readonly info: string };

/** What belongs to the panel and not to what was said. */
const OURS =
  'button, iframe, footer, .code-head, .question-bar, .thinking-head, .code-note, [aria-hidden="true"], .visually-hidden:not(.speaker)';
/** Lines of these are lines of the text. */
const AS_WRITTEN = '.question-text, pre';
const CONTAINERS = 'article, div, section, ul, ol, dl, details';

/**
 * The selected part of a turn as text: blocks as markdown has them (lists, quotes, tables, fences), what is in their lines as it is
 * read, formulas as they were written. Also what is away, and no line twice.
 */
export class SelectedText {
  readonly #start: Boundary | undefined;
  readonly #end: Boundary | undefined;
  #isStarted: boolean;
  #isEnded = false;

  /** From and up to where; `undefined` for all. */
  constructor(start: Boundary | undefined, end: Boundary | undefined) {
    this.#start = start;
    this.#end = end;
    this.#isStarted = start === undefined;
  }

  of(root: Element): string {
    const blocks = this.#blocksOf(root);
    const [only] = blocks;
    if (only && blocks.length === 1) return only.text;
    return blocks.map(written).join('\n\n');
  }

  /** Calls `visit` for each child; the boundaries between them are passed. */
  #each(parent: Element, visit: (child: ChildNode) => void): void {
    const nodes = contentOf(parent).childNodes;
    for (const [index, child] of [...nodes].entries()) {
      this.#pass(parent, index);
      visit(child);
    }
    this.#pass(parent, nodes.length);
  }

  #pass(node: Node, offset: number): void {
    if (this.#start?.node === node && this.#start.offset <= offset) this.#isStarted = true;
    if (this.#end?.node === node && this.#end.offset <= offset) this.#isEnded = true;
  }

  /** Runs `read` and returns what it gives if some of it is selected. */
  #ifTouched<T>(read: (isFromStart: boolean) => T): T | undefined {
    const isFromStart = this.#isStarted;
    if (this.#isEnded) return undefined;
    const value = read(isFromStart);
    return this.#isStarted ? value : undefined;
  }

  #blocksOf(parent: Element): Block[] {
    const blocks: Block[] = [];
    let line = '';
    const end = (): void => {
      if (line.trim() !== '') blocks.push({ kind: 'text', text: line.trim() });
      line = '';
    };
    this.#each(parent, (child) => {
      const made = child instanceof Element ? this.#block(child) : undefined;
      if (!made) {
        line += this.#inline(child);
        return;
      }
      end();
      blocks.push(...made);
    });
    end();
    return blocks;
  }

  /** `undefined` for what stands in a line. */
  #block(element: Element): readonly Block[] | undefined {
    if (element.matches(OURS)) {
      this.#skip(element);
      return [];
    }
    if (element.matches('.code-block')) return this.#code(element);
    if (element.matches('.table')) return this.#table(element);
    if (element.matches('.list')) return this.#list(element);
    if (element.matches(AS_WRITTEN)) return this.#asWritten(element);
    if (element.matches('p')) return this.#lines(element, '');
    if (/^H[1-6]$/.test(element.tagName)) {
      return this.#lines(element, `${'#'.repeat(Number(element.tagName.slice(1)))} `);
    }
    if (element.matches('blockquote')) return this.#quote(element);
    if (element.matches('hr')) return this.#ifTouched(() => [textBlock('---')]) ?? [];
    return element.matches(CONTAINERS) ? this.#blocksOf(element) : undefined;
  }

  #skip(element: Element): void {
    if (this.#start && element.contains(this.#start.node)) this.#isStarted = true;
    if (this.#end && element.contains(this.#end.node)) this.#isEnded = true;
  }

  #lines(element: Element, mark: string): Block[] {
    const isWhole = this.#isStarted;
    const text = this.#inlineOf(element).trim();
    return text === '' ? [] : [textBlock((isWhole ? mark : '') + text)];
  }

  #asWritten(element: Element): Block[] {
    const text = this.#raw(element);
    return text.trim() === '' ? [] : [textBlock(text.replace(/\n$/, ''))];
  }

  #code(element: Element): Block[] {
    const pre = element.querySelector(':scope > pre');
    let text = '';
    this.#each(element, (child) => {
      if (child === pre) text = this.#raw(pre);
      else if (child instanceof Element) this.#skip(child);
    });
    const info = codeBlockOf(element)?.info ?? '';
    return text.trim() === '' ? [] : [{ kind: 'code', text: text.replace(/\n$/, ''), info }];
  }

  #quote(element: Element): Block[] {
    const inside = this.#blocksOf(element).map(written).join('\n\n');
    return inside === '' ? [] : [textBlock(inside.replace(/^(?=.)/gm, '> ').replace(/^$/gm, '>'))];
  }

  #list(element: Element): Block[] {
    const isLoose = element.classList.contains('loose');
    const items: string[] = [];
    this.#each(element, (part) => {
      if (!(part instanceof Element)) return;
      let number = part instanceof HTMLOListElement ? part.start : undefined;
      this.#each(part, (child) => {
        const mark = number === undefined ? '- ' : `${String(number++)}. `;
        const item = child instanceof Element ? this.#item(child, mark, isLoose) : undefined;
        if (item !== undefined) items.push(item);
      });
    });
    return items.length === 0 ? [] : [textBlock(items.join(isLoose ? '\n\n' : '\n'))];
  }

  #item(element: Element, mark: string, isLoose: boolean): string | undefined {
    return this.#ifTouched((isFromStart) => {
      const inside = this.#blocksOf(element)
        .map(written)
        .join(isLoose ? '\n\n' : '\n');
      const indent = ' '.repeat(mark.length);
      const text = inside.replace(/\n(?=.)/g, `\n${indent}`);
      return isFromStart ? mark + text : text;
    });
  }

  #table(element: Element): Block[] {
    const rows: string[][] = [];
    let headRows = 0;
    const read = (parent: Element): void =>
      this.#each(parent, (child) => {
        if (!(child instanceof Element)) return;
        if (!child.matches('tr')) return read(child);
        const cells = this.#ifTouched(() => this.#cells(child));
        if (!cells || cells.length === 0) return;
        rows.push(cells);
        if (child.matches('thead tr')) headRows = rows.length;
      });
    read(element);
    if (rows.length === 0) return [];
    const [first] = rows;
    if (rows.length === 1 && first?.length === 1) return [textBlock(first[0] ?? '')];
    const lines = rows.map((cells) => `| ${cells.map(cellText).join(' | ')} |`);
    const columns = first?.length ?? 0;
    if (headRows > 0) lines.splice(headRows, 0, `|${' --- |'.repeat(columns)}`);
    return [textBlock(lines.join('\n'))];
  }

  #cells(row: Element): string[] {
    const cells: string[] = [];
    this.#each(row, (cell) => {
      if (!(cell instanceof Element)) return;
      const text = this.#ifTouched(() => this.#inlineOf(cell).trim());
      if (text !== undefined) cells.push(text);
    });
    return cells;
  }

  #inlineOf(element: Element): string {
    let text = '';
    this.#each(element, (child) => {
      text += this.#inline(child);
    });
    return text;
  }

  #inline(node: ChildNode): string {
    // A line's end in the source is a blank on the page.
    if (node instanceof Text) return this.#selected(node).replace(/\s*\n\s*/g, ' ');
    if (!(node instanceof Element)) return '';
    const formula = formulaOf(node);
    if (formula) {
      const isOver = this.#isEnded;
      this.#skip(node);
      return this.#isStarted && !isOver ? formula.source : '';
    }
    if (node.matches('br')) return this.#isIn ? '\n' : '';
    if (node.matches('.task-box')) {
      if (!this.#isIn) return '';
      return node.classList.contains('codicon-pass-filled') ? '[x] ' : '[ ] ';
    }
    if (node.matches(OURS)) {
      this.#skip(node);
      return '';
    }
    return this.#inlineOf(node);
  }

  #raw(element: Element): string {
    let text = '';
    this.#each(element, (child) => {
      if (child instanceof Text) text += this.#selected(child);
      else if (child instanceof Element) text += this.#raw(child);
    });
    return text;
  }

  get #isIn(): boolean {
    return this.#isStarted && !this.#isEnded;
  }

  #selected(node: Text): string {
    if (this.#isEnded) return '';
    const from = this.#start?.node === node ? this.#start.offset : 0;
    const to = this.#end?.node === node ? this.#end.offset : node.length;
    if (this.#start?.node === node) this.#isStarted = true;
    const text = this.#isStarted ? node.data.slice(from, to) : '';
    if (this.#end?.node === node) this.#isEnded = true;
    return text;
  }
}

function textBlock(text: string): Block {
  return { kind: 'text', text };
}

function written(block: Block): string {
  if (block.kind === 'text') return block.text;
  const runs = block.text.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${fence}${block.info}\n${block.text}\n${fence}`;
}

function cellText(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\n/g, ' ');
}
