export interface DisposableLike {
  dispose(): void;
}

/** Told of every `Disposable` made and disposed; tests use it to fail on leaks. */
export interface DisposableTracker {
  created(disposable: DisposableLike): void;
  disposed(disposable: DisposableLike): void;
}

let tracker: DisposableTracker | undefined;

/** Installs (or with `undefined` removes) the tracker. For test suites only: the one piece of module state, off by default. */
export function trackDisposables(next: DisposableTracker | undefined): void {
  tracker = next;
}

export function toDisposable(dispose: () => void): DisposableLike {
  let done = false;
  return {
    dispose: () => {
      if (done) return;
      done = true;
      dispose();
    },
  };
}

/** Owner of resources: what is registered goes, last first, when the owner goes. Adding to a disposed owner disposes at once. */
export abstract class Disposable implements DisposableLike {
  readonly #owned = new Set<DisposableLike>();
  #disposed = false;

  constructor() {
    tracker?.created(this);
  }

  protected get isDisposed(): boolean {
    return this.#disposed;
  }

  protected _register<T extends DisposableLike>(resource: T): T {
    if (this.#disposed) resource.dispose();
    else this.#owned.add(resource);
    return resource;
  }

  /** Disposes one registered resource before its owner goes. */
  protected _release(resource: DisposableLike): void {
    if (this.#owned.delete(resource)) resource.dispose();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    tracker?.disposed(this);
    const owned = [...this.#owned].toReversed();
    this.#owned.clear();
    const errors: unknown[] = [];
    for (const resource of owned) {
      try {
        resource.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'errors while disposing');
  }
}
