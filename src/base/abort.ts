import type { Clock } from './clock';
import type { DisposableLike } from './disposable';

/** The reason of an abort that a person or an owner asked for. Never shown as a fault. */
export class AbortError extends Error {
  override readonly name = 'AbortError';
  constructor(message = 'stopped') {
    super(message);
  }
}

/** Throws the signal's reason (as an `AbortError` when it gave none of its own) when it is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortReason(signal);
}

/** The reason as an `Error`; a bare `controller.abort()` becomes an `AbortError`. */
export function abortReason(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof DOMException && reason.name === 'AbortError') return new AbortError();
  return reason instanceof Error ? reason : new AbortError(String(reason));
}

/** Waits `delayMs`; rejects with the signal's reason as soon as it is aborted. */
export function sleep(
  delayMs: number,
  signal: AbortSignal | undefined,
  clock: Clock,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortReason(signal));
      return;
    }
    const onAbort = (): void => {
      timer.dispose();
      if (signal) reject(abortReason(signal));
    };
    const timer = clock.setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** The promise's outcome, or the signal's reason when that comes first. The promise itself goes on; its late rejection is handled. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(abortReason(signal));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.then(
      (value) => {
        signal.removeEventListener('abort', onAbort);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', onAbort);
        // Passed on as it is.
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors
        reject(error);
      },
    );
  });
}

/**
 * An abort of one's own that follows an outer signal until it is disposed of. For every request's path: `AbortSignal.any` leaves its
 * links to the garbage collector, which costs several times as much.
 */
export class LinkedAbort implements DisposableLike {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  #timer: DisposableLike | undefined;

  constructor(outer: AbortSignal | undefined) {
    this.#outer = outer;
    if (outer?.aborted) this.#follow();
    else outer?.addEventListener('abort', this.#follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason?: Error): void {
    this.#controller.abort(reason);
  }

  /** Aborts when the time is over and it was not disposed of before. */
  abortAfter(limitMs: number, clock: Clock, reason?: () => Error): void {
    this.#timer?.dispose();
    this.#timer = clock.setTimeout(() => this.abort(reason?.()), limitMs);
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#outer?.removeEventListener('abort', this.#follow);
  }

  readonly #follow = (): void => this.#controller.abort(this.#outer?.reason);
}

export interface JobLimit {
  readonly signal: AbortSignal | undefined;
  readonly limitMs: number;
  readonly clock: Clock;
  /** Why it was ended when the time is over. Default: an `AbortError`. */
  readonly reason?: () => Error;
}

/**
 * Runs the job with a signal that is aborted with the outer one and when the time is over. Then it rejects at once with that one's reason,
 * whatever the job itself makes of it.
 */
export async function limited<T>(
  job: (signal: AbortSignal) => Promise<T>,
  { signal: outer, limitMs, clock, reason }: JobLimit,
): Promise<T> {
  const limit = new LinkedAbort(outer);
  const { signal } = limit;
  limit.abortAfter(limitMs, clock, reason);
  try {
    return await abortable(job(signal), signal);
  } catch (error) {
    throw signal.aborted ? abortReason(signal) : error;
  } finally {
    limit.dispose();
  }
}

/**
 * The promise's outcome, or a rejection with `reason` when it takes longer than `limitMs`. The promise itself goes on; its late rejection
 * is handled. Costs a timer and nothing else.
 */
export function inTime<T>(
  promise: Promise<T>,
  limitMs: number,
  clock: Clock,
  reason: () => Error,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = clock.setTimeout(() => reject(reason()), limitMs);
    promise.then(
      (value) => {
        timer.dispose();
        resolve(value);
      },
      (error: unknown) => {
        timer.dispose();
        // Passed on as it is.
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors
        reject(error);
      },
    );
  });
}

/** The promise's value, or `undefined` when it takes longer than `limitMs`. The promise itself goes on; its late rejection is handled. */
export async function within<T>(
  promise: Promise<T>,
  limitMs: number,
  clock: Clock,
): Promise<T | undefined> {
  const ended = new AbortController();
  try {
    return await Promise.race([promise, sleep(limitMs, ended.signal, clock).then(() => undefined)]);
  } finally {
    ended.abort();
  }
}
