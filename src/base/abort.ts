import type { Clock } from './clock';

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
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
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
