import type { Clock } from '../base/clock';
import { Disposable } from '../base/disposable';
import type { DisposableLike } from '../base/disposable';

export interface ChoresOptions {
  readonly clock: Clock;
  /** Does some of what is to be done, and plans the rest. Never throws. */
  readonly work: () => void;
}

/** Runs what is to be done by the by: in short steps, so that calls come in between. */
export class Chores extends Disposable {
  readonly #options: ChoresOptions;
  #timer: DisposableLike | undefined;

  constructor(options: ChoresOptions) {
    super();
    this.#options = options;
  }

  /** Looks in `delayMs` what there is to do, whatever was planned before. `undefined`: nothing is. */
  plan(delayMs: number | undefined): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    if (delayMs === undefined || this.isDisposed) return;
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#timer = undefined;
      this.#options.work();
    }, delayMs);
  }

  override dispose(): void {
    this.plan(undefined);
    super.dispose();
  }
}
