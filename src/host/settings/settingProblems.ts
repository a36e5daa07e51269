import type { Clock } from '../../base/clock';
import { Disposable, toDisposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';

/** Settings are read by several parts within this time after they have changed: all that is wrong is told together. Ms. */
const GATHER_MS = 300;

/** Gathers what is wrong with settings and tells it once: several faults together, and no fault again while it lasts. */
export class SettingProblems extends Disposable {
  readonly #clock: Clock;
  readonly #tell: (problems: readonly string[]) => void;
  /** What each reader found at its last look. */
  readonly #known = new Map<string, ReadonlySet<string>>();
  readonly #untold = new Set<string>();
  #timer: DisposableLike | undefined;

  /** @param tell gets new problems, each a line */
  constructor(clock: Clock, tell: (problems: readonly string[]) => void) {
    super();
    this.#clock = clock;
    this.#tell = tell;
    this._register(toDisposable(() => this.#timer?.dispose()));
  }

  /** All that one reader found wrong when it looked now; one that it no longer finds is told again when it comes back. */
  report(reader: string, problems: readonly string[]): void {
    const known = this.#known.get(reader);
    this.#known.set(reader, new Set(problems));
    for (const problem of problems) {
      if (!known?.has(problem)) this.#untold.add(problem);
    }
    for (const problem of known ?? []) {
      if (!problems.includes(problem)) this.#untold.delete(problem);
    }
    if (this.#untold.size === 0 || this.isDisposed) return;
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, GATHER_MS);
  }

  #flush(): void {
    const problems = [...this.#untold];
    this.#untold.clear();
    if (problems.length > 0) this.#tell(problems);
  }
}
