import { getHeapStatistics } from 'node:v8';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';

const EVERY_MS = 60_000;
/** An hour. */
const MAX_SAMPLES = 60;
/** Fewer, and the least of a stretch may be one that no collection came before. */
const MIN_SAMPLES = 12;
const STRETCHES = 4;

export interface MemorySample {
  /** Milliseconds on the monotonic clock. */
  readonly at: number;
  readonly heldBytes: number;
}

/** What the objects of this process take now, buffers outside of the heap with them. Of all extensions: they share the process. */
export function heldBytes(): number {
  const { used_heap_size: used, external_memory: external } = getHeapStatistics();
  return used + external;
}

/** How much memory was held in the last hour: a sample a minute, which takes microseconds. */
export class MemoryWatch extends Disposable {
  readonly #clock: Clock;
  readonly #heldBytes: () => number;
  #samples: MemorySample[] = [];
  #timer: DisposableLike;

  constructor(clock: Clock, held: () => number) {
    super();
    this.#clock = clock;
    this.#heldBytes = held;
    this.#timer = clock.setTimeout(this.#take, EVERY_MS);
    this._register({ dispose: () => this.#timer.dispose() });
  }

  /** Oldest first. */
  get samples(): readonly MemorySample[] {
    return this.#samples;
  }

  readonly #take = (): void => {
    this.#timer = this.#clock.setTimeout(this.#take, EVERY_MS);
    const sample = { at: this.#clock.now(), heldBytes: this.#heldBytes() };
    this.#samples = [...this.#samples, sample].slice(-MAX_SAMPLES);
  };
}

export interface MemoryGrowth {
  readonly bytes: number;
  readonly overMs: number;
  /** Of what was held at first. */
  readonly share: number;
}

/**
 * By how much the memory that collections do not free has grown; `undefined` where it has not, or too little is known. What lies around
 * between two collections comes and goes, so the least of each quarter of the time counts: all of them must be above the one before.
 */
export function steadyGrowth(samples: readonly MemorySample[]): MemoryGrowth | undefined {
  const [first] = samples;
  const last = samples.at(-1);
  if (!first || !last || samples.length < MIN_SAMPLES) return undefined;
  const floors = Array.from({ length: STRETCHES }, (_, index) => {
    const from = Math.floor((index * samples.length) / STRETCHES);
    const to = Math.floor(((index + 1) * samples.length) / STRETCHES);
    return Math.min(...samples.slice(from, to).map((sample) => sample.heldBytes));
  });
  const [lowest = 0] = floors;
  const isSteady = floors.every((floor, index) => index === 0 || floor > (floors[index - 1] ?? 0));
  if (!isSteady) return undefined;
  const bytes = (floors.at(-1) ?? lowest) - lowest;
  return { bytes, overMs: last.at - first.at, share: bytes / Math.max(1, lowest) };
}
