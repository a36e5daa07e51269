import type { IncomingHttpHeaders } from 'node:http';
import { abortable } from '../base/abort';
import { Deferred } from '../base/deferred';
import { Emitter } from '../base/event';
import type { RequestAuth } from './requests/access';

export interface SimulatorCounters {
  readonly openConnections: number;
  /** Requests whose answer has not ended. */
  readonly openRequests: number;
  /** Replies of /v1/messages that are being generated. */
  readonly activeStreams: number;
  /** Since the start: connections opened, requests received, and how these ended. */
  readonly connections: number;
  readonly requests: number;
  /** The whole answer was sent (an error's, or one that a fault cut short, too). */
  readonly answered: number;
  /** The client went before the end. */
  readonly left: number;
  /** A fault cut the connection. */
  readonly cut: number;
  /** Requests that met a fault. */
  readonly faulted: number;
  /** Requests that were refused with 429 because an enforced rate limit was reached. */
  readonly rateLimited: number;
}

/** A request as it was received. Keys are not kept. */
export interface LoggedRequest {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Without `authorization` and `x-api-key`. */
  readonly headers: IncomingHttpHeaders;
  readonly auth: RequestAuth;
  readonly requestId: string;
  /** The parsed JSON body; `undefined` without one. */
  readonly body: unknown;
  /** Faults that it met, as they were written. */
  readonly faults: readonly string[];
  /** `undefined` while there is no answer. */
  readonly status: number | undefined;
  readonly outcome: 'open' | 'answered' | 'left' | 'cut';
  /** Milliseconds from the request to the end of the answer; `undefined` while open. */
  readonly tookMs: number | undefined;
}

const COUNTERS = [
  'openConnections',
  'openRequests',
  'activeStreams',
  'connections',
  'requests',
  'answered',
  'left',
  'cut',
  'faulted',
  'rateLimited',
] as const satisfies readonly (keyof SimulatorCounters)[];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What happened on the server: counters and the last requests. */
export class Activity {
  readonly #counters: Mutable<SimulatorCounters> = {
    openConnections: 0,
    openRequests: 0,
    activeStreams: 0,
    connections: 0,
    requests: 0,
    answered: 0,
    left: 0,
    cut: 0,
    faulted: 0,
    rateLimited: 0,
  };
  readonly #log: LoggedRequest[] = [];
  readonly #changed = new Emitter<SimulatorCounters>();
  readonly #ended = new Emitter<LoggedRequest>();

  readonly onEnded = this.#ended.event;

  readonly logLimit: number;

  constructor(logLimit: number) {
    this.logLimit = logLimit;
  }

  get counters(): SimulatorCounters {
    return { ...this.#counters };
  }

  get log(): readonly LoggedRequest[] {
    return this.#log;
  }

  change(changes: Partial<Record<keyof SimulatorCounters, number>>): void {
    for (const key of COUNTERS) this.#counters[key] += changes[key] ?? 0;
    this.#changed.fire(this.counters);
  }

  add(request: LoggedRequest): void {
    this.#log.push(request);
    if (this.#log.length > this.logLimit) this.#log.shift();
    this.change({ requests: 1, openRequests: 1 });
  }

  end(request: LoggedRequest): void {
    this.change({
      openRequests: -1,
      answered: Number(request.outcome === 'answered'),
      left: Number(request.outcome === 'left'),
      cut: Number(request.outcome === 'cut'),
      faulted: Number(request.faults.length > 0),
    });
    this.#ended.fire(request);
  }

  /** Resolves as soon as the counters fit; rejects with the signal's reason. */
  async until(fits: (counters: SimulatorCounters) => boolean, signal: AbortSignal): Promise<void> {
    if (fits(this.counters)) return;
    const reached = new Deferred<void>();
    const listener = this.#changed.event((counters) => {
      if (fits(counters)) reached.resolve();
    });
    try {
      await abortable(reached.promise, signal);
    } finally {
      listener.dispose();
    }
  }
}
