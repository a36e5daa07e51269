import { AbortError, abortReason } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';

/** So long somebody who was called is expected to come; then the next one is called. */
const INVITED_MS = 1_000;

/** What there is to give out. */
export interface Places {
  readonly free: number;
  /** When time alone may free another one (a clock's reading); `Infinity` where only somebody who leaves does. */
  readonly nextAt: number;
}

interface Waiter {
  readonly signal: AbortSignal;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
  readonly onAbort: () => void;
}

/**
 * Callers that wait for a place, called in the order of their arrival and no more at a time than there are places: the rest of a
 * crowd would only come to be sent back. Who was called holds no place yet; one who never comes (stopped meanwhile, or gone
 * elsewhere) delays the next by a second.
 * There is a timer only while somebody waits. Disposing rejects those who wait with an `AbortError`.
 */
export class WaitingRoom extends Disposable {
  readonly #clock: Clock;
  readonly #places: (now: number) => Places;
  readonly #waiters = new Set<Waiter>();
  /** Called, and not come yet; forgotten at `#invitedUntil`. */
  #invited = 0;
  #invitedUntil = 0;
  #timer: DisposableLike | undefined;

  constructor(clock: Clock, places: (now: number) => Places) {
    super();
    this.#clock = clock;
    this.#places = places;
  }

  /** Resolves when called; rejects with the signal's reason. */
  wait(signal: AbortSignal): Promise<void> {
    if (this.isDisposed) return Promise.reject(new AbortError());
    if (signal.aborted) return Promise.reject(abortReason(signal));
    const called = new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiters.delete(waiter);
        reject(abortReason(signal));
        this.serve();
      };
      const waiter: Waiter = { signal, resolve, reject, onAbort };
      this.#waiters.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
    this.serve();
    return called;
  }

  /** Somebody asked for a place: most likely one who was called. */
  came(): void {
    if (this.#invited > 0) this.#invited--;
  }

  /** Calls as many as there are places that nobody was called for, and sees to the next ones. */
  serve(): void {
    const now = this.#clock.now();
    // Asked first: what the answer sets off may end up here as well.
    const places = this.#waiters.size > 0 ? this.#places(now) : undefined;
    this.#timer?.dispose();
    this.#timer = undefined;
    if (!places) return;
    const { free, nextAt } = places;
    if (now >= this.#invitedUntil) this.#invited = 0;
    const called = this.#call(free - this.#invited);
    if (called > 0) {
      this.#invited += called;
      this.#invitedUntil = now + INVITED_MS;
    }
    const at = this.#invited > 0 ? Math.min(nextAt, this.#invitedUntil) : nextAt;
    if (this.#waiters.size === 0 || !Number.isFinite(at)) return;
    this.#timer = this.#clock.setTimeout(() => this.serve(), at - now);
  }

  override dispose(): void {
    super.dispose();
    this.#timer?.dispose();
    this.#timer = undefined;
    for (const waiter of this.#waiters) {
      this.#remove(waiter);
      waiter.reject(new AbortError());
    }
  }

  #call(count: number): number {
    let called = 0;
    for (const waiter of this.#waiters) {
      if (called >= count) break;
      this.#remove(waiter);
      waiter.resolve();
      called++;
    }
    return called;
  }

  #remove(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    waiter.signal.removeEventListener('abort', waiter.onAbort);
  }
}
