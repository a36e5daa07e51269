import type { BlockNode, ItemNode } from './blockTree';
import type { ParseContext } from './parser';

/** Length of an unfinished line, UTF-16 units, that can't still turn into a rule, a marker or a heading's underline. */
const TELLING_LENGTH = 200;

/** What a long line stays, whatever its end: a rule or a fence may still turn out to be text. */
const LASTING: ReadonlySet<string> = new Set(['paragraph', 'heading', 'list', 'item', 'quote']);

/** Source of one parse, and what its lines say about what is finished. Offsets are in UTF-16 units. */
export class ParsedText {
  readonly source: string;
  /** Offset where the stand-ins end and the open text starts. */
  readonly start: number;
  /** Number of lines that are complete: only the last can still be growing. */
  readonly complete: number;
  readonly context: ParseContext;
  readonly #lineStarts: readonly number[];

  constructor(source: string, start: number, context: ParseContext) {
    this.source = source;
    this.start = start;
    this.context = context;
    const starts = [0];
    for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1))
      starts.push(at + 1);
    this.#lineStarts = starts;
    this.complete = starts.length - 1;
  }

  lineStart(line: number): number {
    return this.#lineStarts[line] ?? this.source.length;
  }

  /** A line without its end. */
  line(line: number): string {
    return this.source.slice(this.lineStart(line), this.#lineEnd(line));
  }

  /** Where a block goes on: the start of its unfinished line, or its end. */
  openFrom(node: BlockNode): number {
    return this.lineStart(Math.min(node.endLine, this.complete));
  }

  /**
   * Whether no later text can change where a block ends: when another block has begun in a complete line, or by its kind.
   * A short unfinished line proves nothing: "#" may become "#1".
   */
  isClosed(node: BlockNode | ItemNode, next: BlockNode | ItemNode | undefined): boolean {
    if (next && this.#isThere(next)) return true;
    switch (node.kind) {
      case 'heading':
      case 'rule':
        return node.endLine <= this.complete;
      case 'code':
        return node.fence === 'closed' && node.endLine <= this.complete;
      case 'paragraph':
      case 'table':
        // The complete line that follows is not part of it: it is blank, or outside of what it is in.
        return node.endLine < this.complete;
      case 'quote':
      case 'list':
      case 'item':
      case 'footnote':
      case 'definition':
        return false;
    }
  }

  #isThere(node: BlockNode | ItemNode): boolean {
    return node.startLine < this.complete || (LASTING.has(node.kind) && this.hasBegun(node));
  }

  /** Whether what a block is can't change any more: its first line is complete, or so long that its beginning has told. */
  hasBegun(node: BlockNode | ItemNode): boolean {
    return node.startLine < this.complete || this.line(node.startLine).length > TELLING_LENGTH;
  }

  /** Offset in the source of offset `at` in the text of a paragraph: inside containers its lines lack what marks those. */
  offsetIn(node: BlockNode, content: string, at: number): number {
    const lineIndex = content.slice(0, at).split('\n').length - 1;
    const newline = content.indexOf('\n', at);
    const lineEnd = newline < 0 ? content.length : newline;
    const line = node.startLine + lineIndex;
    const raw = this.line(line);
    // Only the last line of a paragraph is trimmed.
    const length = newline < 0 ? raw.trimEnd().length : raw.length;
    return this.lineStart(line) + length - (lineEnd - at);
  }

  #lineEnd(line: number): number {
    const next = this.#lineStarts[line + 1];
    return next === undefined ? this.source.length : next - 1;
  }
}
