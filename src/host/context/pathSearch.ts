import type { Clock } from '../../base/clock';
import { fuzzyPlaces, fuzzyScore, fuzzyWords, letterMask } from './fuzzyMatch';
import type { FuzzyWord } from './fuzzyMatch';

/** How long the extension host is held at a time. Ms. */
const SLICE_MS = 5;
/** Between two looks at the clock. */
const STEP = 256;
/** A query that grows looks only at what fitted before, unless that is more than this share of all: then a copy gains little. */
const MAX_KEPT_SHARE = 0.5;
/** Deep paths lose a little against shallow ones. */
const DEPTH_COST = 1;
const LENGTH_COST = 0.1;

/** Paths prepared for searching: four flat lists, so that 50,000 of them cost megabytes and not tens. */
export interface PathTable {
  readonly paths: readonly string[];
  readonly lower: readonly string[];
  readonly nameStarts: Uint16Array;
  readonly masks: Int32Array;
}

/** Builds a table in slices; `undefined` when aborted. */
export async function pathTable(
  paths: readonly string[],
  pause: SlicePause,
  signal: AbortSignal,
): Promise<PathTable | undefined> {
  const lower: string[] = [];
  const nameStarts = new Uint16Array(paths.length);
  const masks = new Int32Array(paths.length);
  for (const [index, path] of paths.entries()) {
    // A few letters change their length with their case: then places would be wrong.
    const low = path.toLowerCase();
    lower.push(low.length === path.length ? low : path);
    nameStarts[index] = path.lastIndexOf('/') + 1;
    masks[index] = letterMask(low);
    if (index % STEP === 0 && pause.isDue() && !(await pause.wait(signal))) return undefined;
  }
  return { paths, lower, nameStarts, masks };
}

export interface PathHit {
  /** Place in the table. */
  readonly index: number;
  readonly score: number;
}

/** Gives the event loop its turn every few milliseconds. */
export class SlicePause {
  readonly #clock: Clock;
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  isDue(): boolean {
    return this.#clock.now() - this.#since >= SLICE_MS;
  }

  /** `false` when aborted meanwhile. */
  async wait(signal: AbortSignal): Promise<boolean> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    this.#since = this.#clock.now();
    return !signal.aborted;
  }
}

/** Searches one table; remembers what fitted, so that each further letter looks at less. */
export class PathSearch {
  readonly #table: PathTable;
  readonly #clock: Clock;
  #kept: { readonly query: string; readonly indexes: Uint32Array } | undefined;

  constructor(table: PathTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /**
   * The best `limit` places, best first; `undefined` when aborted. `bonus`: by path, for what was opened before. The order is total:
   * score, then the path.
   */
  async search(
    query: string,
    limit: number,
    bonus: ReadonlyMap<string, number>,
    signal: AbortSignal,
  ): Promise<readonly PathHit[] | undefined> {
    const words = fuzzyWords(query);
    if (words.length === 0) return [];
    const candidates = this.#candidates(query);
    const count = candidates?.length ?? this.#table.paths.length;
    const fitting = new Uint32Array(count);
    let fitted = 0;
    const best = new BestHits(limit, this.#table.paths);
    const pause = new SlicePause(this.#clock);
    for (let at = 0; at < count; at++) {
      if (at % STEP === 0 && pause.isDue() && !(await pause.wait(signal))) return undefined;
      const index = candidates ? (candidates[at] ?? 0) : at;
      const score = this.#score(words, index);
      if (score === Number.NEGATIVE_INFINITY) continue;
      fitting[fitted++] = index;
      best.add({ index, score: score + (bonus.get(this.#table.paths[index] ?? '') ?? 0) });
    }
    const isWorthIt = fitted <= this.#table.paths.length * MAX_KEPT_SHARE;
    this.#kept = isWorthIt ? { query, indexes: fitting.slice(0, fitted) } : undefined;
    return best.sorted();
  }

  /** Places in the path's own name that fit the query, from the name's start. */
  placesInName(query: string, index: number): number[] {
    const nameStart = this.#table.nameStarts[index] ?? 0;
    const lower = this.#table.lower[index] ?? '';
    const places = new Set(
      fuzzyWords(query).flatMap(({ text }) => fuzzyPlaces(text, lower, nameStart)),
    );
    return [...places]
      .filter((place) => place >= nameStart)
      .map((place) => place - nameStart)
      .sort((a, b) => a - b);
  }

  /** What fitted the beginning of this query; whatever does not fit that does not fit this. */
  #candidates(query: string): Uint32Array | undefined {
    return this.#kept && query.startsWith(this.#kept.query) ? this.#kept.indexes : undefined;
  }

  #score(words: readonly FuzzyWord[], index: number): number {
    const { paths, lower, nameStarts, masks } = this.#table;
    const mask = masks[index] ?? 0;
    for (const word of words) if ((word.mask & mask) !== word.mask) return Number.NEGATIVE_INFINITY;
    const path = paths[index] ?? '';
    const low = lower[index] ?? '';
    const nameStart = nameStarts[index] ?? 0;
    let score = -path.length * LENGTH_COST;
    for (const { text } of words) {
      score += fuzzyScore(text, path, low, nameStart);
      if (score === Number.NEGATIVE_INFINITY) return score;
    }
    for (let at = low.indexOf('/'); at >= 0; at = low.indexOf('/', at + 1)) score -= DEPTH_COST;
    return score;
  }
}

/** The best few of many: a sorted list that most do not get into. */
class BestHits {
  readonly #limit: number;
  readonly #paths: readonly string[];
  readonly #hits: PathHit[] = [];

  constructor(limit: number, paths: readonly string[]) {
    this.#limit = limit;
    this.#paths = paths;
  }

  add(hit: PathHit): void {
    const worst = this.#hits.at(-1);
    if (worst && this.#hits.length >= this.#limit && this.#compare(hit, worst) >= 0) return;
    let low = 0;
    let high = this.#hits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#hits[middle];
      if (other && this.#compare(hit, other) < 0) high = middle;
      else low = middle + 1;
    }
    this.#hits.splice(low, 0, hit);
    if (this.#hits.length > this.#limit) this.#hits.pop();
  }

  sorted(): readonly PathHit[] {
    return this.#hits;
  }

  #compare(a: PathHit, b: PathHit): number {
    if (a.score !== b.score) return b.score - a.score;
    return (this.#paths[a.index] ?? '') < (this.#paths[b.index] ?? '') ? -1 : 1;
  }
}
