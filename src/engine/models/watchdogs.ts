import { abortReason } from '../../base/abort';
import { assertNever } from '../../base/assertNever';
import type { Clock } from '../../base/clock';
import type { DisposableLike } from '../../base/disposable';
import { EngineError } from '../errors';
import type { EngineSettings } from '../settings';

/** Milliseconds. */
export interface WatchLimits {
  /** To open a connection. The connector keeps it; here it is the longest that the wait for the first event is put off. */
  readonly connectMs: number;
  /** From the open connection to the first event. */
  readonly firstEventMs: number;
  /** Between events that are not pings: progress. */
  readonly idleMs: number;
  /** Without a single byte, pings included: the socket. */
  readonly silenceMs: number;
}

/** Milliseconds after `connectMs` in which the connector must have told its outcome: its timers are that coarse. */
const CONNECT_SLACK_MS = 2_000;

/** What the watchdogs wait for now. */
type Watch =
  | { readonly state: 'unsent' }
  | { readonly state: 'connecting'; readonly since: number }
  | { readonly state: 'firstEvent'; readonly since: number }
  | { readonly state: 'streaming' }
  | { readonly state: 'over' };

/** The limits for a request of so many input tokens. */
export function watchLimits(
  timeouts: EngineSettings['timeouts'],
  inputTokens: number,
): WatchLimits {
  const { connectMs, firstEventMs, firstEventPerThousandTokensMs, idleMs, silenceMs } = timeouts;
  return {
    connectMs,
    firstEventMs: firstEventMs + (inputTokens / 1_000) * firstEventPerThousandTokensMs,
    idleMs,
    silenceMs,
  };
}

/**
 * Watches one request. When it takes too long, or its owner stops it, `signal` is aborted with the EngineError to report. Costs one
 * timer at a time, however many events arrive.
 */
export class Watchdogs implements DisposableLike {
  readonly #clock: Clock;
  readonly #limits: WatchLimits;
  readonly #outer: AbortSignal;
  readonly #controller = new AbortController();
  readonly #stop = (): void => {
    this.#fail(stopped(this.#outer));
  };
  #watch: Watch = { state: 'unsent' };
  #timer: DisposableLike | undefined;
  #lastByteAt = 0;
  #lastEventAt = 0;

  constructor(outer: AbortSignal, limits: WatchLimits, clock: Clock) {
    this.#outer = outer;
    this.#limits = limits;
    this.#clock = clock;
    if (outer.aborted) this.#stop();
    else outer.addEventListener('abort', this.#stop, { once: true });
  }

  /** Aborted by the owner's signal and by each limit. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why `signal` was aborted. */
  get failure(): EngineError | undefined {
    const reason: unknown = this.signal.reason;
    return reason instanceof EngineError ? reason : undefined;
  }

  /** @throws EngineError the reason, once `signal` is aborted */
  throwIfOver(): void {
    if (this.failure) throw this.failure;
  }

  /**
   * A connection is being opened: the first event is due later by as long as that takes. The clock runs on all the same, since it may
   * be another request's connection, and `sent` may never be called for it.
   */
  connecting(): void {
    if (this.#watch.state === 'firstEvent') {
      this.#enter({ state: 'connecting', since: this.#clock.now() });
    }
  }

  /** The request is on its way, or the opening of a connection has ended; the first event is due. */
  sent(): void {
    if (this.#watch.state === 'unsent' || this.#watch.state === 'connecting') {
      this.#enter({ state: 'firstEvent', since: this.#clock.now() });
    }
  }

  /** Bytes arrived, with an event that was not a ping or without. */
  received(now: number, progress: boolean): void {
    this.#lastByteAt = now;
    if (!progress) return;
    this.#lastEventAt = now;
    if (this.#watch.state !== 'streaming') this.#enter({ state: 'streaming' });
  }

  dispose(): void {
    this.#enter({ state: 'over' });
    this.#outer.removeEventListener('abort', this.#stop);
  }

  #enter(watch: Watch): void {
    if (this.#watch.state === 'over') return;
    this.#watch = watch;
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#check();
  }

  /** Looks at the clock, and sleeps until the next limit could be reached: events only note their time. */
  #check(): void {
    const due = this.#nextDue();
    if (due === undefined) return;
    const { atMs, error } = due;
    const leftMs = atMs - this.#clock.now();
    if (leftMs <= 0) this.#fail(error());
    else this.#timer = this.#clock.setTimeout(() => this.#check(), leftMs);
  }

  #nextDue(): { readonly atMs: number; readonly error: () => EngineError } | undefined {
    const watch = this.#watch;
    const { connectMs, firstEventMs } = this.#limits;
    switch (watch.state) {
      case 'unsent':
      case 'over':
        return undefined;
      case 'connecting':
        return {
          atMs: watch.since + connectMs + CONNECT_SLACK_MS + firstEventMs,
          error: () => firstEventTimeout(firstEventMs),
        };
      case 'firstEvent':
        return {
          atMs: watch.since + firstEventMs,
          error: () => firstEventTimeout(firstEventMs),
        };
      case 'streaming': {
        const silentAt = this.#lastByteAt + this.#limits.silenceMs;
        const idleAt = this.#lastEventAt + this.#limits.idleMs;
        return silentAt <= idleAt
          ? { atMs: silentAt, error: () => silenceTimeout(this.#limits.silenceMs) }
          : { atMs: idleAt, error: () => idleTimeout(this.#limits.idleMs) };
      }
      default:
        return assertNever(watch);
    }
  }

  #fail(error: EngineError): void {
    this.dispose();
    this.#controller.abort(error);
  }
}

/** The error of a request that its owner stopped; an EngineError given as the reason is passed on. */
export function stopped(signal: AbortSignal): EngineError {
  const reason = abortReason(signal);
  return reason instanceof EngineError ? reason : new EngineError('aborted', 'Stopped.');
}

function firstEventTimeout(limitMs: number): EngineError {
  return new EngineError(
    'timeout_first_event',
    `The server took the request but sent nothing for ${seconds(limitMs)}. Try again, choose a faster model, or raise timeouts.firstEventMs.`,
  );
}

function idleTimeout(limitMs: number): EngineError {
  return new EngineError(
    'timeout_idle',
    `The reply made no progress for ${seconds(limitMs)}: the server only kept the connection alive. Try again, or raise timeouts.idleMs.`,
  );
}

function silenceTimeout(limitMs: number): EngineError {
  return new EngineError(
    'timeout_idle',
    `The connection went silent in the middle of the reply for ${seconds(limitMs)}. Try again; if it happens often, check the network and any proxy on the way.`,
  );
}

function seconds(ms: number): string {
  return `${Number((ms / 1_000).toPrecision(3))} s`;
}
