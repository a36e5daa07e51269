import { abortReason, AbortError } from '../../base/abort';
import { Deferred } from '../../base/deferred';

/** One caller's part in a request that several may share. */
export interface SharedCall<E, T> {
  /** Ends this caller's part only. */
  readonly signal: AbortSignal;
  /** Called synchronously, in order. When it throws, this caller's part ends with that error. */
  readonly onEvent: (event: E) => void;
  /** Called once, before any event, when the request was under way already. */
  readonly onShared: () => void;
  /** Called for the first caller of a key, at once. The signal is aborted when nobody is left, and only then. */
  readonly start: (io: WorkIO<E>) => Promise<T>;
  /** Makes the replay for a late caller small. Merging merged events with later ones must give the same as merging all. */
  readonly merge: (events: readonly E[]) => readonly E[];
}

interface WorkIO<E> {
  readonly signal: AbortSignal;
  readonly onEvent: (event: E) => void;
}

/** Past so many events kept for late callers they are merged. */
const MERGE_FROM = 256;

/**
 * Identical requests under way share one: each caller gets all events from the beginning, a late one those that came before at once
 * and merged, and each can stop alone. The work stops when the last caller has gone; who asks after that starts anew. A failure of the
 * work is the failure of all who still wait for it.
 */
export class InFlight<E, T> {
  readonly #works = new Map<string, Work<E, T>>();

  /** Requests under way. */
  get size(): number {
    return this.#works.size;
  }

  /** @throws what the work or the caller's own `onEvent` or `onShared` throws; the reason of the caller's signal */
  run(key: string, call: SharedCall<E, T>): Promise<T> {
    if (call.signal.aborted) return Promise.reject(abortReason(call.signal));
    const running = this.#works.get(key);
    if (running) return running.join(call);
    const work = new Work<E, T>(call.merge, () => this.#works.delete(key));
    this.#works.set(key, work);
    return work.begin(call);
  }
}

/** A caller that still waits. */
interface Caller<E, T> {
  readonly onEvent: (event: E) => void;
  readonly outcome: Deferred<T>;
  readonly stopListening: () => void;
}

class Work<E, T> {
  readonly #controller = new AbortController();
  readonly #merge: (events: readonly E[]) => readonly E[];
  /** Called once, as soon as nobody can join any more. */
  readonly #onEnd: () => void;
  /** Replaced, never changed: who joins or leaves while an event is told does not disturb the telling. */
  #callers: readonly Caller<E, T>[] = [];
  /** Told so far, for those who come late. */
  #told: E[] = [];
  #mergeAt = MERGE_FROM;
  /** Events that arrive while others are being told; they wait, so that all callers get them in one order. */
  readonly #arrived: E[] = [];
  #isTelling = false;
  #isOver = false;

  constructor(merge: (events: readonly E[]) => readonly E[], onEnd: () => void) {
    this.#merge = merge;
    this.#onEnd = onEnd;
  }

  begin(call: SharedCall<E, T>): Promise<T> {
    const caller = this.#admit(call);
    const onEvent = (event: E): void => this.#receive(event);
    let work: Promise<T>;
    try {
      work = call.start({ signal: this.#controller.signal, onEvent });
    } catch (error) {
      work = Promise.reject(error);
    }
    work.then(
      (value) => this.#end(({ outcome }) => outcome.resolve(value)),
      (error: unknown) => this.#end(({ outcome }) => outcome.reject(error)),
    );
    return caller.outcome.promise;
  }

  join(call: SharedCall<E, T>): Promise<T> {
    const replay = this.#merge(this.#told);
    const caller = this.#admit(call);
    this.#whileTelling(() => {
      this.#guard(caller, call.onShared);
      for (const event of replay) this.#tell(caller, event);
    });
    return caller.outcome.promise;
  }

  #admit({ signal, onEvent }: SharedCall<E, T>): Caller<E, T> {
    const onAbort = (): void => this.#leave(caller, abortReason(signal));
    const stopListening = (): void => signal.removeEventListener('abort', onAbort);
    const caller: Caller<E, T> = { onEvent, outcome: new Deferred(), stopListening };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#callers = [...this.#callers, caller];
    return caller;
  }

  #receive(event: E): void {
    if (this.#isOver) return;
    if (this.#isTelling) this.#arrived.push(event);
    else this.#whileTelling(() => this.#tellAll(event));
  }

  #whileTelling(tell: () => void): void {
    const isOuter = !this.#isTelling;
    this.#isTelling = true;
    tell();
    if (!isOuter) return;
    // Also goes through what arrives on the way.
    for (const event of this.#arrived) this.#tellAll(event);
    this.#arrived.length = 0;
    this.#isTelling = false;
  }

  #tellAll(event: E): void {
    if (this.#isOver) return;
    this.#told.push(event);
    if (this.#told.length >= this.#mergeAt) {
      this.#told = [...this.#merge(this.#told)];
      this.#mergeAt = Math.max(MERGE_FROM, 2 * this.#told.length);
    }
    for (const caller of this.#callers) this.#tell(caller, event);
  }

  #tell(caller: Caller<E, T>, event: E): void {
    this.#guard(caller, () => caller.onEvent(event));
  }

  /** Calls back a caller that is still there; one that throws has left. */
  #guard(caller: Caller<E, T>, callBack: () => void): void {
    if (caller.outcome.settled) return;
    try {
      callBack();
    } catch (error) {
      this.#leave(caller, error);
    }
  }

  #leave(caller: Caller<E, T>, reason: unknown): void {
    if (caller.outcome.settled) return;
    caller.stopListening();
    caller.outcome.reject(reason);
    this.#callers = this.#callers.filter((other) => other !== caller);
    if (this.#callers.length > 0) return;
    this.#finish();
    this.#controller.abort(new AbortError('nobody waits for this reply any more'));
  }

  #end(settle: (caller: Caller<E, T>) => void): void {
    if (this.#isOver) return;
    const callers = this.#callers;
    this.#finish();
    for (const caller of callers) {
      caller.stopListening();
      settle(caller);
    }
  }

  #finish(): void {
    this.#isOver = true;
    this.#callers = [];
    this.#told = [];
    this.#arrived.length = 0;
    this.#onEnd();
  }
}
