import type { Clock } from '../../base/clock';
import type { ConnectOutcome, ObservedAgent } from './observedAgent';

export interface PoolOptions {
  readonly clock: Clock;
  /** Milliseconds to open a connection; read for each. */
  readonly connectMs: () => number;
}

export interface PoolLimits {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly connections: number;
  /** Milliseconds after which an unused connection is closed. */
  readonly idleMs: number;
}

export interface ConnectionStats {
  readonly open: number;
  /** Carrying a request. */
  readonly busy: number;
  readonly idle: number;
  /** Requests waiting for a connection. */
  readonly waiting: number;
  /** Whether the last answer came over a connection of another's, which can't be counted: VS Code puts its own in the place of ours. */
  readonly elsewhere: boolean;
}

export interface ConnectionListener {
  /** A new connection is being opened for the request. */
  onConnecting(): void;
  onConnected(connectMs: number): void;
  /** It could not be opened. With several requests at once it may have been another one's: then this request goes on. */
  onFailed(): void;
}

/** What can be seen of one request's connection. */
export class ConnectionWatch {
  readonly #listener: ConnectionListener;
  /** Whether our pool carries the request; where VS Code put its own in place, nothing is seen. */
  seen = false;
  #opening = false;
  #openedInMs: number | undefined;

  constructor(listener: ConnectionListener) {
    this.#listener = listener;
  }

  /** Milliseconds to open the connection, 0 for a kept one, `undefined` where that can't be seen. */
  get connectMs(): number | undefined {
    return this.seen ? (this.#openedInMs ?? 0) : undefined;
  }

  get opening(): boolean {
    return this.#opening;
  }

  connecting(): void {
    this.#opening = true;
    this.#listener.onConnecting();
  }

  connected(connectMs: number): void {
    this.#openedInMs = connectMs;
    this.#listener.onConnected(connectMs);
  }

  failed(): void {
    this.#opening = false;
    this.#listener.onFailed();
  }
}

/** The connections of one endpoint. */
export class EndpointPool {
  readonly agent: ObservedAgent;
  #elsewhere = false;
  readonly #limits: PoolLimits;
  readonly #onEnded: () => void;
  /** Requests handed to `fetch` that have not reached the agent yet, oldest first. */
  readonly #handedOver: ConnectionWatch[] = [];
  /** Requests in the agent without an answer yet, oldest first. */
  readonly #waiting: ConnectionWatch[] = [];

  private constructor(
    limits: PoolLimits,
    onEnded: () => void,
    make: (pool: EndpointPool) => ObservedAgent,
  ) {
    this.#limits = limits;
    this.#onEnded = onEnded;
    this.agent = make(this);
  }

  /** `onEnded` is called at each `ended`. */
  static async create(
    options: PoolOptions,
    limits: PoolLimits,
    onEnded: () => void,
  ): Promise<EndpointPool> {
    // Loaded late: it is large, and activation must not pay for it.
    const { ObservedAgent } = await import('./observedAgent');
    return new EndpointPool(
      limits,
      onEnded,
      (pool) =>
        new ObservedAgent({
          clock: options.clock,
          origin: limits.origin,
          connections: limits.connections,
          keepAliveMs: limits.idleMs,
          connectMs: options.connectMs,
          onDispatch: () => pool.#dispatched(),
          onConnect: () => pool.#connecting(),
        }),
    );
  }

  /** Whether one more connection would spare the next request the wait for one. */
  get wantsSpare(): boolean {
    if (this.#handedOver.length > 0) return false;
    const { idle, open, waiting } = this.stats;
    return idle === 0 && waiting === 0 && open < this.#limits.connections;
  }

  /** Call before `fetch`, once for each pool got; call `ended` when the response's headers are here or it failed. */
  begin(listener: ConnectionListener): ConnectionWatch {
    const watch = new ConnectionWatch(listener);
    this.#handedOver.push(watch);
    return watch;
  }

  ended(watch: ConnectionWatch): void {
    for (const list of [this.#handedOver, this.#waiting]) {
      const at = list.indexOf(watch);
      if (at !== -1) list.splice(at, 1);
    }
    this.#onEnded();
  }

  /** The request was answered: whose connection it took is known now. */
  answered(watch: ConnectionWatch): void {
    this.#elsewhere = !watch.seen;
  }

  get stats(): ConnectionStats {
    const { connected, running, pending } = this.agent.stats;
    return {
      open: connected,
      busy: running,
      idle: Math.max(0, connected - running),
      waiting: pending,
      elsewhere: this.#elsewhere,
    };
  }

  /** `fetch` hands its requests over in the order in which it got them. */
  #dispatched(): void {
    const watch = this.#handedOver.shift();
    if (!watch) return;
    watch.seen = true;
    this.#waiting.push(watch);
  }

  /**
   * undici does not say for which request it opens a connection. It opens one when the request that came last found none free,
   * so that one it is. With several at once they change places: a watch may hear of another request's connection.
   */
  #connecting(): ConnectOutcome {
    const watch = this.#waiting.findLast(({ opening }) => !opening);
    watch?.connecting();
    return {
      connected: (connectMs) => watch?.connected(connectMs),
      failed: () => watch?.failed(),
    };
  }
}
