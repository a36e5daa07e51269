import type { MarkdownParser } from '../markdown/parser';
import type { TurnModel } from '../turnModel';
import { mayShow, spansIn } from './findQuery';
import type { FindQuery } from './findQuery';
import { shownTexts } from './shownText';
import type { BlockTexts } from './shownText';

/** Parts of a turn that are looked into, in the order in which they are shown. */
export const PARTS = ['question', 'thinking', 'answer'] as const;
export type TurnPart = (typeof PARTS)[number];

/** Something that was found: match number `index` of a top-level block, all counted from 0. */
export interface Hit {
  readonly turnId: string;
  readonly part: TurnPart;
  readonly block: number;
  readonly index: number;
}

export function textOf(turn: TurnModel, part: TurnPart): string {
  if (part === 'question') return turn.facts.prompt;
  return part === 'thinking' ? turn.thinking : turn.answer.text;
}

interface Parsed {
  readonly source: string;
  readonly blocks: readonly BlockTexts[];
}

/** What turns show as text; what was parsed once is kept until its text changes. */
export class FindIndex {
  readonly #parser: MarkdownParser;
  readonly #parsed = new WeakMap<TurnModel, Map<TurnPart, Parsed>>();

  constructor(parser: MarkdownParser) {
    this.#parser = parser;
  }

  /** The hits of a turn, at most `most`; yields nothing after a piece of work without a hit, so that the caller may stop. */
  *hits(
    turn: TurnModel,
    query: FindQuery,
    pattern: RegExp,
    most: number,
  ): Generator<Hit | undefined, void, undefined> {
    let left = most;
    for (const part of PARTS) {
      const source = textOf(turn, part);
      if (source === '' || left <= 0 || !mayShow(source, query)) continue;
      let block = 0;
      for (const texts of part === 'question' ? [[source]] : this.#blocks(turn, part, source)) {
        let index = 0;
        for (const text of texts) {
          for (const _ of spansIn(text, pattern, left)) {
            yield { turnId: turn.id, part, block, index: index++ };
            left--;
          }
        }
        block++;
        yield undefined;
      }
    }
    yield undefined;
  }

  *#blocks(turn: TurnModel, part: TurnPart, source: string): Generator<BlockTexts> {
    let parts = this.#parsed.get(turn);
    if (!parts) this.#parsed.set(turn, (parts = new Map<TurnPart, Parsed>()));
    const known = parts.get(part);
    if (known?.source === source) {
      yield* known.blocks;
      return;
    }
    const blocks: BlockTexts[] = [];
    for (const texts of shownTexts(this.#parser, source)) {
      blocks.push(texts);
      yield texts;
    }
    parts.set(part, { source, blocks });
  }
}
