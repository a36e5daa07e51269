import { systemClock } from '../../../base/clock';
import { Disposable } from '../../../base/disposable';
import type { Panel } from '../panel';
import type { Screen } from '../window/bringIntoView';
import type { Hit } from './findIndex';
import { FindMarks, canMark, select } from './findMarks';
import { originAt, rangeOnPage, reveal, rootsIn } from './findPlace';
import { FindSearch } from './findSearch';
import type { FindState } from './findState';
import { rangesIn } from './pageText';

/** On one page there is no more than this; a single letter would be marked everywhere. */
const MOST_MARKS = 2_000;

/** While the find bar is open over a conversation: looks, goes to what was found, and marks it. */
export class Finder extends Disposable {
  readonly search: FindSearch;
  readonly #panel: Panel;
  readonly #screen: Screen;
  readonly #state: FindState;
  readonly #marks: FindMarks;

  constructor(panel: Panel, screen: Screen, content: Element, state: FindState) {
    super();
    this.#panel = panel;
    this.#screen = screen;
    this.#state = state;
    const { parser, slices } = panel.bodies;
    this.search = this._register(new FindSearch(parser, slices, systemClock));
    this.#marks = this._register(
      new FindMarks(content, () => {
        const { pattern, current } = this.search;
        if (!pattern) return { all: [], current: undefined };
        return {
          all: rootsIn(content).flatMap((root) => rangesIn(root, pattern, MOST_MARKS)),
          current: current && rangeOnPage(panel, screen, current, pattern),
        };
      }),
    );
    this.search.setTurns(panel.store.turns);
    this._register(panel.store.onTurns(() => this.search.setTurns(panel.store.turns)));
    this._register(this.search.onReach((hit) => this.#reach(hit)));
    this._register(this.search.onChange(() => this.#marks.showSoon()));
    this._register(state.onStep((step) => this.search.go(step, this.#origin)));
    this.start();
  }

  /** Looks for what the bar says now. */
  start(): void {
    const { query, isSeeded } = this.#state;
    this.search.start(query, this.search.current ?? this.#origin, isSeeded);
  }

  /** The text around the current hit, for who can't see it. */
  get currentLine(): string {
    const { current, pattern } = this.search;
    const range = current && pattern && rangeOnPage(this.#panel, this.#screen, current, pattern);
    const block = range?.startContainer.parentElement?.closest('p, li, td, th, .line, h1, h2, h3');
    return block?.textContent.trim().slice(0, 120) ?? '';
  }

  /** Leaves the current hit selected. */
  selectCurrent(): void {
    const { current, pattern } = this.search;
    const range = current && pattern && rangeOnPage(this.#panel, this.#screen, current, pattern);
    if (range) select(range);
  }

  get #origin(): ReturnType<typeof originAt> {
    return originAt(this.#screen, this.#panel.store.turns);
  }

  #reach(hit: Hit): void {
    const { pattern } = this.search;
    const range = pattern && reveal(this.#panel, this.#screen, hit, pattern);
    if (range && !canMark()) select(range);
    this.#marks.show();
  }
}
