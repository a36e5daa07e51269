import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';

/** Drawn at most this often while figures change, ms. */
const REFRESH_MS = 250;

export interface RefreshPaceOptions {
  readonly clock: Clock;
  readonly isVisible: () => boolean;
  /** Draws what is shown. Returns in how many ms it is another without anything having happened; `undefined` for never. */
  readonly draw: () => number | undefined;
}

/** When something that shows live figures is drawn again: soon after a change, as time goes by, and never while nobody sees it. */
export class RefreshPace extends Disposable {
  readonly #options: RefreshPaceOptions;
  /** After a change. */
  #soon: DisposableLike | undefined;
  /** As time goes by. */
  #later: DisposableLike | undefined;

  constructor(options: RefreshPaceOptions) {
    super();
    this.#options = options;
    this._register({ dispose: () => this.#stop() });
  }

  /** Figures are others, or it has become visible or hidden. */
  changed(): void {
    if (this.isDisposed || !this.#options.isVisible()) {
      this.#stop();
      return;
    }
    this.#soon ??= this.#options.clock.setTimeout(() => this.#draw(), REFRESH_MS);
  }

  /** It was drawn just now, and is another in so many ms (`undefined`: not by time alone). */
  drawn(nextMs: number | undefined): void {
    this.#later?.dispose();
    this.#later =
      nextMs === undefined || this.isDisposed || !this.#options.isVisible()
        ? undefined
        : this.#options.clock.setTimeout(() => this.#draw(), nextMs);
  }

  #draw(): void {
    this.#stop();
    if (this.#options.isVisible()) this.drawn(this.#options.draw());
  }

  #stop(): void {
    this.#soon?.dispose();
    this.#later?.dispose();
    this.#soon = undefined;
    this.#later = undefined;
  }
}
