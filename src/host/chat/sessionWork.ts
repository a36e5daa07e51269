import type { AbortError } from '../../base/abort';
import { Deferred } from '../../base/deferred';

/** What one conversation does: one thing at a time, and what of it is not on disk yet. */
export class SessionWork {
  #running:
    { readonly stop: (reason: AbortError) => void; readonly over: Deferred<void> } | undefined;
  #settled: Promise<unknown> = Promise.resolve();

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** Resolves when all so far has ended and is on disk. */
  get settled(): Promise<unknown> {
    return this.#settled;
  }

  begin(stop: (reason: AbortError) => void): void {
    this.#running = { stop, over: new Deferred() };
  }

  end(): void {
    const ended = this.#running;
    this.#running = undefined;
    ended?.over.resolve();
  }

  stop(reason: AbortError): void {
    this.#running?.stop(reason);
  }

  /** Resolves when what runs now has its end. */
  async over(): Promise<void> {
    await this.#running?.over.promise;
  }

  /** `work` is to be waited for, too. It does not reject. */
  add(work: Promise<unknown>): void {
    this.#settled = Promise.all([this.#settled, work]);
  }
}
