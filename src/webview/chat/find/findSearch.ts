import type { Clock } from '../../../base/clock';
import { Disposable } from '../../../base/disposable';
import type { DisposableLike } from '../../../base/disposable';
import { Emitter } from '../../../base/event';
import type { SliceRunner } from '../../shared/sliceRunner';
import type { MarkdownParser } from '../markdown/parser';
import type { TurnModel } from '../turnModel';
import { FindIndex, PARTS, textOf } from './findIndex';
import type { Hit } from './findIndex';
import { patternOf } from './findQuery';
import type { FindQuery } from './findQuery';

/** More are not counted: nobody goes through them, and they would be kept. */
export const MAX_HITS = 20_000;
/** Texts that grow are looked into again this often, ms. */
const LOOK_AGAIN_MS = 1_000;

/** Where the reader is: hits from there on come first. */
export type Origin = Omit<Hit, 'index'>;

interface Scan {
  readonly turn: TurnModel;
  readonly signature: string;
  readonly steps: Generator<Hit | undefined, void, undefined>;
  readonly hits: Hit[];
}

interface Found {
  /** What of the turn it was found in. */
  readonly signature: string;
  readonly hits: readonly Hit[];
}

/**
 * Everything in a conversation that matches, found a few milliseconds a frame, and which of it the reader is at. Starts where the
 * reader is. Text that comes later is looked into, too, which changes the count and never the place.
 */
export class FindSearch extends Disposable {
  readonly #index: FindIndex;
  readonly #slices: SliceRunner;
  readonly #clock: Clock;
  readonly #changed = this._register(new Emitter<void>());
  readonly #reached = this._register(new Emitter<Hit>());
  #query: FindQuery = { text: '', isCaseSensitive: false, isWholeWord: false };
  #pattern: RegExp | undefined;
  #turns: readonly TurnModel[] = [];
  #order = new Map<string, number>();
  #found = new Map<string, Found>();
  #count = 0;
  #waiting: TurnModel[] = [];
  #scan: Scan | undefined;
  #current: Hit | undefined;
  /** Where to begin, until the first hit is reached. */
  #seeking: { readonly origin: Origin | undefined } | undefined;
  #again: DisposableLike | undefined;

  /** The count, the place or the pattern changed. */
  readonly onChange = this.#changed.event;
  /** The reader is to be brought there. */
  readonly onReach = this.#reached.event;

  constructor(parser: MarkdownParser, slices: SliceRunner, clock: Clock) {
    super();
    this.#index = new FindIndex(parser);
    this.#slices = slices;
    this.#clock = clock;
    this._register({ dispose: () => this.#stop() });
  }

  get query(): FindQuery {
    return this.#query;
  }

  get pattern(): RegExp | undefined {
    return this.#pattern;
  }

  get current(): Hit | undefined {
    return this.#current;
  }

  get count(): number {
    return this.#count;
  }

  get isRunning(): boolean {
    return this.#scan !== undefined || this.#waiting.length > 0;
  }

  /** Which of the hits is the current one, from 1; 0 for none. */
  get position(): number {
    const current = this.#current;
    if (!current) return 0;
    let before = 0;
    for (const turn of this.#turns) {
      const hits = this.#hitsOf(turn.id);
      if (turn.id !== current.turnId) before += hits.length;
      else return before + 1 + hits.findIndex((hit) => isSame(hit, current));
    }
    return 0;
  }

  /** Looks for something else, or for nothing. `goes`: to the first hit from `origin` on; else all are only counted. */
  start(query: FindQuery, origin: Origin | undefined, goes = true): void {
    this.#stop();
    this.#query = query;
    this.#pattern = patternOf(query);
    this.#found = new Map();
    this.#count = 0;
    this.#current = undefined;
    this.#seeking = undefined;
    if (this.#pattern) {
      if (goes) this.#seeking = { origin };
      const from = Math.max(0, this.#orderOf(origin));
      this.#waiting = [...this.#turns.slice(from), ...this.#turns.slice(0, from)];
      this.#slices.add(this.#work);
      this.#lookAgainLater();
    }
    this.#changed.fire();
  }

  setTurns(turns: readonly TurnModel[]): void {
    if (turns === this.#turns) return;
    this.#turns = turns;
    this.#order = new Map(turns.map(({ id }, index) => [id, index]));
    for (const id of this.#found.keys()) if (!this.#order.has(id)) this.#forget(id);
    if (this.#current && !this.#order.has(this.#current.turnId)) this.#current = undefined;
    this.#waiting = this.#waiting.filter(({ id }) => this.#order.has(id));
    if (this.#scan && !this.#order.has(this.#scan.turn.id)) this.#scan = undefined;
    this.#lookAgain();
    this.#changed.fire();
  }

  /** To the next (1) or the previous (-1) hit, around the ends; from `origin` where there is no current one. */
  go(step: 1 | -1, origin: Origin | undefined): void {
    const next = this.#beside(step, origin);
    if (!next) return;
    this.#seeking = undefined;
    this.#reach(next);
    this.#changed.fire();
  }

  #reach(hit: Hit): void {
    this.#current = hit;
    this.#reached.fire(hit);
  }

  #beside(step: 1 | -1, origin: Origin | undefined): Hit | undefined {
    const from = this.#current ?? (origin && { ...origin, index: step > 0 ? -1 : 0 });
    const turns = this.#turns;
    const isPlaced = from && this.#order.has(from.turnId);
    const start = isPlaced ? this.#orderOf(from) : step > 0 ? 0 : turns.length - 1;
    for (let away = 0; away <= turns.length; away++) {
      const turn = turns[(start + step * away + turns.length * 2) % turns.length];
      if (!turn) return undefined;
      const hits = this.#hitsOf(turn.id);
      const isBeyond = (hit: Hit): boolean =>
        !isPlaced || away > 0 || Math.sign(compare(hit, from)) === step;
      const found = step > 0 ? hits.find(isBeyond) : hits.findLast(isBeyond);
      if (found) return found;
    }
    return undefined;
  }

  /** Works at least one step; returns whether there is more to do. */
  readonly #work = (timeLeft: () => boolean): boolean => {
    const before = this.#count;
    do this.#step();
    while (this.isRunning && timeLeft());
    if (!this.isRunning) this.#seekFromStart();
    if (before !== this.#count || !this.isRunning) this.#changed.fire();
    return this.isRunning;
  };

  #step(): void {
    const scan = (this.#scan ??= this.#nextScan());
    if (!scan) return;
    const { value, done } = scan.steps.next();
    if (value) scan.hits.push(value);
    if (done !== true) return;
    this.#scan = undefined;
    const { turn, signature, hits } = scan;
    this.#forget(turn.id);
    this.#found.set(turn.id, { signature, hits });
    this.#count += hits.length;
    this.#keepCurrent(turn.id, hits);
    this.#seek(turn, hits);
  }

  #nextScan(): Scan | undefined {
    const turn = this.#waiting.shift();
    if (!turn || !this.#pattern) return undefined;
    const most = MAX_HITS - this.#count + this.#hitsOf(turn.id).length;
    const steps = this.#index.hits(turn, this.#query, this.#pattern, most);
    return { turn, signature: signatureOf(turn), steps, hits: [] };
  }

  /** The reader stays at the same hit; where it is gone, before the one that follows. */
  #keepCurrent(turnId: string, hits: readonly Hit[]): void {
    const current = this.#current;
    if (current?.turnId !== turnId || hits.some((hit) => isSame(hit, current))) return;
    this.#current = hits.findLast((hit) => compare(hit, current) <= 0) ?? hits[0];
  }

  #seek(turn: TurnModel, hits: readonly Hit[]): void {
    const seeking = this.#seeking;
    if (!seeking) return;
    const { origin } = seeking;
    const isFirst = turn.id === origin?.turnId;
    const found = isFirst
      ? hits.find((hit) => compare(hit, { ...origin, index: 0 }) >= 0)
      : hits[0];
    if (!found) return;
    this.#seeking = undefined;
    this.#reach(found);
  }

  /** All was looked through: what is left are hits before the reader's place. */
  #seekFromStart(): void {
    if (!this.#seeking) return;
    this.#seeking = undefined;
    const first = this.#beside(1, undefined);
    if (first) this.#reach(first);
  }

  #lookAgainLater(): void {
    this.#again = this.#clock.setTimeout(() => {
      this.#lookAgain();
      this.#lookAgainLater();
    }, LOOK_AGAIN_MS);
  }

  #lookAgain(): void {
    if (!this.#pattern || this.isRunning) return;
    this.#waiting = this.#turns.filter(
      (turn) => this.#found.get(turn.id)?.signature !== signatureOf(turn),
    );
    if (this.#waiting.length > 0) this.#slices.add(this.#work);
  }

  #hitsOf(turnId: string): readonly Hit[] {
    return this.#found.get(turnId)?.hits ?? [];
  }

  #forget(turnId: string): void {
    this.#count -= this.#hitsOf(turnId).length;
    this.#found.delete(turnId);
  }

  #orderOf(place: Pick<Hit, 'turnId'> | undefined): number {
    return place ? (this.#order.get(place.turnId) ?? -1) : -1;
  }

  #stop(): void {
    this.#slices.remove(this.#work);
    this.#again?.dispose();
    this.#waiting = [];
    this.#scan = undefined;
  }
}

function signatureOf(turn: TurnModel): string {
  return PARTS.map((part) => String(textOf(turn, part).length)).join();
}

function isSame(a: Hit, b: Hit): boolean {
  return a.turnId === b.turnId && compare(a, b) === 0;
}

/** Order of two hits of the same turn. */
function compare(a: Hit, b: Hit): number {
  return PARTS.indexOf(a.part) - PARTS.indexOf(b.part) || a.block - b.block || a.index - b.index;
}
