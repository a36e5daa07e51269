import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import type { FrameSource } from './frames';

/** Part of a long job: works while `timeLeft` says so and returns whether there is more to do. */
export type Slice = (timeLeft: () => boolean) => boolean;

/** Time that long jobs may take of one frame, ms: the rest of 16 is for the stream, layout and paint. */
const BUDGET_MS = 5;

/** Ms in which there are no two frames, even on a fast screen. */
const SAME_FRAME_MS = 6;

/** Does long jobs a few milliseconds a frame, first come first served, so that the page never stands still. */
export class SliceRunner extends Disposable {
  readonly #frames: FrameSource;
  readonly #slices = new Set<Slice>();
  #scheduled: DisposableLike | undefined;
  #isWithin = false;
  #ranAt = Number.NEGATIVE_INFINITY;

  constructor(frames: FrameSource) {
    super();
    this.#frames = frames;
    this._register({ dispose: () => this.#scheduled?.dispose() });
  }

  /** Adding one that is already there changes nothing. */
  add(slice: Slice): void {
    this.#slices.add(slice);
    this.#schedule();
  }

  remove(slice: Slice): void {
    this.#slices.delete(slice);
  }

  /** To be called before a paint: does `work`, and then what it has added as far as there is time, without a frame of its own. */
  within(work: () => void): void {
    this.#isWithin = true;
    try {
      work();
    } finally {
      this.#isWithin = false;
      if (this.#frames.now() - this.#ranAt < SAME_FRAME_MS) this.#goOn();
      else this.#run();
    }
  }

  #schedule(): void {
    if (this.isDisposed || this.#isWithin) return;
    this.#scheduled ??= this.#frames.beforePaint(() => this.#run());
  }

  #goOn(): void {
    if (this.#slices.size > 0) this.#schedule();
  }

  #run(): void {
    this.#scheduled?.dispose();
    this.#scheduled = undefined;
    try {
      this.#runSlices();
    } finally {
      this.#ranAt = this.#frames.now();
      this.#goOn();
    }
  }

  #runSlices(): void {
    const end = this.#frames.now() + BUDGET_MS;
    const timeLeft = (): boolean => this.#frames.now() < end;
    for (const slice of this.#slices) {
      // Taken off first: a job that fails is not tried again every frame.
      this.#slices.delete(slice);
      if (slice(timeLeft)) {
        this.#slices.add(slice);
        break;
      }
      if (!timeLeft()) break;
    }
  }
}
