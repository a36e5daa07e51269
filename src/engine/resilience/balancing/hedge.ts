import { AbortError, abortReason, throwIfAborted } from '../../../base/abort';
import type { Clock } from '../../../base/clock';
import { Deferred } from '../../../base/deferred';
import type { DisposableLike } from '../../../base/disposable';

export interface HedgeOptions<T> {
  /** Time that the first branch has to itself. */
  readonly delayMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Asked just before the second goes out: budget, breaker. Must not throw. */
  readonly mayHedge: () => boolean;
  /** Does the work of one branch; ends soon after `branch.signal` is aborted. */
  readonly run: (branch: HedgeBranch) => Promise<T>;
}

export interface HedgeBranch {
  readonly index: 0 | 1;
  readonly signal: AbortSignal;
  /**
   * To be called at the first sign of life (first thinking or text), before anything of it is told. `true`: this branch has won, also
   * when asked again. `false`: the other has, or it was stopped; nothing more of this one may be told.
   */
  claim(): boolean;
}

type BranchState<T> =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Runs the work, and when that has claimed nothing after `delayMs`, runs it a second time beside it. The first to claim (or to end
 * well without) wins; the other is aborted. A failure before anything was claimed leaves the other running; a failure while there is
 * no other ends it all, since repeating is the retry's business. Ends when both branches have ended.
 * Source: gRPC A6, "client retries", hedging policy.
 * @throws what the winner threw; without one what the first branch threw, or after an abort what was thrown last; the signal's reason
 *   when it was aborted before the start
 */
export async function hedged<T>(options: HedgeOptions<T>): Promise<T> {
  throwIfAborted(options.signal);
  return new Race(options).run();
}

class Race<T> {
  readonly #options: HedgeOptions<T>;
  readonly #result = new Deferred<T>();
  readonly #branches: Branch<T>[] = [];
  #running = 0;
  #winner: Branch<T> | undefined;
  #timer: DisposableLike | undefined;

  constructor(options: HedgeOptions<T>) {
    this.#options = options;
  }

  async run(): Promise<T> {
    const { signal, clock, delayMs, mayHedge } = this.#options;
    const onAbort = (): void => {
      this.#timer?.dispose();
      for (const branch of this.#branches) branch.abort(abortReason(signal));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#timer = clock.setTimeout(() => {
      if (mayHedge()) this.#launch(1);
    }, delayMs);
    this.#launch(0);
    try {
      return await this.#result.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #launch(index: 0 | 1): void {
    const branch: Branch<T> = new Branch(index, () => this.#claim(branch));
    this.#branches.push(branch);
    this.#running += 1;
    void this.#follow(branch);
  }

  async #follow(branch: Branch<T>): Promise<void> {
    try {
      const value = await this.#options.run(branch);
      branch.state = { kind: 'done', value };
      this.#win(branch);
    } catch (error) {
      branch.state = { kind: 'failed', error };
    }
    this.#running -= 1;
    if (this.#running === 0) this.#finish(this.#winner ?? this.#spokesman(branch));
  }

  #claim(branch: Branch<T>): boolean {
    if (this.#winner) return this.#winner === branch;
    if (branch.signal.aborted || branch.state.kind !== 'running') return false;
    this.#win(branch);
    return true;
  }

  #win(branch: Branch<T>): void {
    if (this.#winner) return;
    this.#winner = branch;
    this.#timer?.dispose();
    for (const other of this.#branches) {
      if (other !== branch) other.abort(new AbortError('the other request was faster'));
    }
  }

  /** Whose failure counts where none has won: the second request makes nothing worse. After an abort the last one knows of it. */
  #spokesman(last: Branch<T>): Branch<T> {
    return this.#options.signal.aborted ? last : (this.#branches[0] ?? last);
  }

  #finish({ state }: Branch<T>): void {
    this.#timer?.dispose();
    if (state.kind === 'done') this.#result.resolve(state.value);
    else if (state.kind === 'failed') this.#result.reject(state.error);
  }
}

class Branch<T> implements HedgeBranch {
  readonly index: 0 | 1;
  readonly claim: () => boolean;
  state: BranchState<T> = { kind: 'running' };
  readonly #controller = new AbortController();

  constructor(index: 0 | 1, claim: () => boolean) {
    this.index = index;
    this.claim = claim;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.#controller.abort(reason);
  }
}
