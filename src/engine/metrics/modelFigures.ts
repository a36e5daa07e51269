import type { Clock } from '../../base/clock';
import { FigureWindows } from './figureWindows';
import { RequestFigures } from './requestFigures';
import type { Measurement } from './requestFigures';

/** Models with figures of their own: of more, the one not used for longest makes room. */
const MAX_MODELS = 20;

/** What turns came to: since the last reset, and in windows that end now. */
export class FigureSet {
  readonly sinceReset = new RequestFigures();
  readonly windows: FigureWindows;

  constructor(clock: Clock) {
    this.windows = new FigureWindows(clock);
  }
}

/** Figures of all turns and of each model, in bounded memory. */
export class ModelFigures {
  readonly all: FigureSet;
  readonly #clock: Clock;
  readonly #models = new Map<string, FigureSet>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.all = new FigureSet(clock);
  }

  /** Models, those not used for longest first. */
  get models(): ReadonlyMap<string, FigureSet> {
    return this.#models;
  }

  /** A turn of this window. */
  add(model: string, measurement: Measurement): void {
    for (const set of this.#setsOf(model, measurement)) {
      set.sinceReset.add(measurement);
      set.windows.add(measurement);
    }
  }

  /** A turn of another window, or of this one before it was reloaded: it ended so long ago, ms. */
  absorb(model: string, measurement: Measurement, agoMs: number): void {
    for (const set of this.#setsOf(model, measurement)) set.windows.add(measurement, agoMs);
  }

  /** A turn that never reached a model says nothing about it, but counts among all. */
  #setsOf(model: string, { turn, firstToken }: Measurement): readonly FigureSet[] {
    const reachedModel = firstToken !== undefined || turn.outcome === 'ok';
    return reachedModel ? [this.all, this.#setOf(model)] : [this.all];
  }

  #setOf(model: string): FigureSet {
    const set = this.#models.get(model) ?? new FigureSet(this.#clock);
    // Set again, so that the order of the map is that of use.
    this.#models.delete(model);
    this.#models.set(model, set);
    if (this.#models.size > MAX_MODELS) {
      const [unused] = this.#models.keys();
      if (unused !== undefined) this.#models.delete(unused);
    }
    return set;
  }
}
