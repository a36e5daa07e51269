import { AbortError, sleep } from '../../../base/abort';
import type { Clock } from '../../../base/clock';
import { Disposable } from '../../../base/disposable';
import type { DisposableLike } from '../../../base/disposable';
import type { LimitShare, LimitUse } from '../../ports';

const INTERVAL_MS = 1_000;
/** An exchange that takes longer is given up; its answer, should one come, is of the past. */
const LIMIT_MS = 5_000;

export interface ShareExchangeOptions {
  readonly share: LimitShare;
  readonly scope: () => string;
  readonly clock: Clock;
  /** What other windows reserved between `since` and now (`Clock.now()`). */
  readonly onOthers: (uses: readonly LimitUse[], since: number) => void;
}

interface Counts {
  requests: number;
  inputTokens: number;
  outputTokens: number;
}

/**
 * Tells other windows what this one reserves and hears what they do: in the background, once a second while there is traffic. A
 * failure is no one's trouble: then this window paces as if it were alone, and the server's headers show the others as foreign.
 */
export class ShareExchange extends Disposable {
  readonly #options: ShareExchangeOptions;
  readonly #used = new Map<string, Counts>();
  #timer: DisposableLike | undefined;
  /** Aborted when the exchange that is under way has ended. */
  #running: AbortController | undefined;
  #scope: string | undefined;
  #lastAt: number;

  constructor(options: ShareExchangeOptions) {
    super();
    this.#options = options;
    this.#lastAt = options.clock.now();
  }

  reserved(family: string, inputTokens: number, outputTokens: number): void {
    const counts = this.#used.get(family);
    if (counts) {
      counts.requests++;
      counts.inputTokens += inputTokens;
      counts.outputTokens += outputTokens;
    } else this.#used.set(family, { requests: 1, inputTokens, outputTokens });
    if (!this.#timer && !this.#running) this.#schedule();
  }

  override dispose(): void {
    super.dispose();
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#running?.abort(new AbortError());
    this.#used.clear();
  }

  #schedule(): void {
    if (this.isDisposed) return;
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#timer = undefined;
      void this.#exchange();
    }, INTERVAL_MS);
  }

  /** Never rejects. */
  async #exchange(): Promise<void> {
    const { share, clock, onOthers } = this.#options;
    const running = new AbortController();
    this.#running = running;
    const since = this.#lastAt;
    this.#lastAt = clock.now();
    const used = Array.from(this.#used, ([family, counts]) => ({ family, ...counts }));
    this.#used.clear();
    try {
      const scope = this.#options.scope();
      const others = await Promise.race([
        share.exchange(scope, used),
        sleep(LIMIT_MS, running.signal, clock),
      ]);
      // What was heard of another key's windows (or long ago) is none of ours.
      if (others && others.length > 0 && scope === this.#scope && !this.isDisposed)
        onOthers(others, since);
      this.#scope = scope;
    } catch {
      // See the class: alone, then.
    } finally {
      running.abort(new AbortError());
      this.#running = undefined;
      if (this.#used.size > 0) this.#schedule();
    }
  }
}
