import { seededRandom } from '../../helpers/seededRandom';

const WORDS =
  'the a stream of text that grows while it is being read and every part keeps its place on the page so nothing waits for what follows because each block closes once it ended then stays as it was shown where readers find values names paths results limits errors and ways to go on'.split(
    ' ',
  );

/** Text with marks in it that can be found again on a page: what is shown of it can be told without knowing how. */
export interface MarkedText {
  readonly text: string;
  /** Where each mark ends, in UTF-16 units; the index is its number. */
  readonly markEnds: readonly number[];
}

/** Writes marked text. Same seed, same text. */
export class MarkedWriter {
  readonly random: () => number;
  readonly #markEnds: number[] = [];
  #text = '';

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  get length(): number {
    return this.#text.length;
  }

  /** "§" in it becomes a mark. */
  write(text: string): void {
    for (const [index, part] of text.split('§').entries()) {
      if (index > 0) {
        this.#text += `q${String(this.#markEnds.length).padStart(5, '0')}z`;
        this.#markEnds.push(this.#text.length);
      }
      this.#text += part;
    }
  }

  word(): string {
    return this.pick(WORDS);
  }

  words(count: number): string {
    return Array.from({ length: count }, () => this.word()).join(' ');
  }

  pick(from: readonly string[]): string {
    return from[Math.floor(this.random() * from.length)] ?? '';
  }

  done(): MarkedText {
    return { text: this.#text, markEnds: this.#markEnds };
  }
}
