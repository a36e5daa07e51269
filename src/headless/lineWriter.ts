import type { Writable } from 'node:stream';
import type { OutputLine } from './outputLine';

/**
 * Writes JSON lines as they come. While the reader is slow, lines of text wait here and grow together, so that what waits is
 * fewer and larger lines and never more than the reply itself.
 */
export class LineWriter {
  readonly #stream: Writable;
  readonly #onBroken: () => void;
  #waiting: OutputLine[] = [];
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

  write(line: OutputLine): void {
    if (this.#broken) return;
    if (!this.#blocked) {
      this.#blocked = !this.#stream.write(`${JSON.stringify(line)}\n`);
      return;
    }
    const last = this.#waiting.at(-1);
    if (last && isText(last) && isText(line) && last.type === line.type) {
      this.#waiting[this.#waiting.length - 1] = { type: last.type, text: last.text + line.text };
    } else {
      this.#waiting.push(line);
    }
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
    // What does not fit waits again.
    for (const line of waiting) this.write(line);
    if (!this.#blocked) this.#onIdle?.();
  }

  #break(): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#waiting = [];
    this.#onIdle?.();
    this.#onBroken();
  }
}

type TextLine = Extract<OutputLine, { type: 'text' | 'thinking' }>;

function isText(line: OutputLine): line is TextLine {
  return line.type === 'text' || line.type === 'thinking';
}
