import type { DisposableLike } from './disposable';

/** Subscribes; dispose the result to unsubscribe. */
export type Event<T> = (listener: (event: T) => void) => DisposableLike;

/**
 * The private half of an event; owners expose `event` as `onX`.
 * A listener that throws does not keep the others from being called: its error is rethrown on a microtask,
 * where the process reports it.
 */
export class Emitter<T> implements DisposableLike {
  readonly #listeners = new Set<{ readonly call: (event: T) => void }>();
  #disposed = false;

  readonly event: Event<T> = (listener) => {
    const entry = { call: listener };
    if (!this.#disposed) this.#listeners.add(entry);
    return { dispose: () => void this.#listeners.delete(entry) };
  };

  get hasListeners(): boolean {
    return this.listenerCount > 0;
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  fire(event: T): void {
    for (const listener of this.#listeners) {
      try {
        listener.call(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#listeners.clear();
  }
}
