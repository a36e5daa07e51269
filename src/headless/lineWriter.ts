import type { Writable } from 'node:stream';
import { lineJSON } from './outputLine';
import type { OutputLine } from './outputLine';

/** A line that was not taken yet. */
interface WaitingLine {
  line: OutputLine;
  readonly id: string | undefined;
}

/**
 * Writes JSON lines as they come. While the reader is slow, lines of text wait here and grow together, so that what waits is
 * fewer and larger lines and never more than the replies themselves. The lines of one request keep their order.
 */
export class LineWriter {
  readonly #stream: Writable;
  readonly #onBroken: () => void;
  #waiting: WaitingLine[] = [];
  /** The newest waiting line of each request. */
  readonly #newest = new Map<string | undefined, WaitingLine>();
  #blocked = false;
  #broken = false;
  #onIdle: (() => void) | undefined;

  /** `onBroken` is called once when nobody reads any more; what is written after that is dropped. */
  constructor(stream: Writable, onBroken: () => void) {
    this.#stream = stream;
    this.#onBroken = onBroken;
    stream.on('drain', () => this.#resume());
    stream.on('error', () => this.#break());
  }

  /** `id`: that of one request among several, which marks its lines. */
  write(line: OutputLine, id?: string): void {
    if (this.#broken) return;
    if (!this.#blocked) {
      this.#blocked = !this.#stream.write(`${lineJSON(line, id)}\n`);
      return;
    }
    const last = this.#newest.get(id);
    if (last && isText(last.line) && isText(line) && last.line.type === line.type) {
      last.line = { type: line.type, text: last.line.text + line.text };
      return;
    }
    const waiting = { line, id };
    this.#waiting.push(waiting);
    this.#newest.set(id, waiting);
  }

  /** Resolves when all lines have been handed to the reader, or nobody reads any more. */
  async finish(): Promise<void> {
    if (this.#blocked && !this.#broken) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    if (this.#broken) return;
    await new Promise<void>((resolve) => {
      this.#stream.write('', () => resolve());
    });
  }

  #resume(): void {
    this.#blocked = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#newest.clear();
    // What does not fit waits again.
    for (const { line, id } of waiting) this.write(line, id);
    if (!this.#blocked) this.#onIdle?.();
  }

  #break(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#waiting = [];
    this.#newest.clear();
    this.#onIdle?.();
    this.#onBroken();
  }
}

type TextLine = Extract<OutputLine, { type: 'text' | 'thinking' }>;

function isText(line: OutputLine): line is TextLine {
  return line.type === 'text' || line.type === 'thinking';
}
