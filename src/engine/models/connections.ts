import type { Clock } from '../../base/clock';
import { Disposable } from '../../base/disposable';
import type { ConnectOutcome, ObservedAgent } from './observedAgent';

const KEEP_ALIVE_MS = 60_000;

export interface ConnectionManagerOptions {
  readonly clock: Clock;
  /** Milliseconds to open a connection; read for each. */
  readonly connectMs: () => number;
  /** Connections to one server at most; a pool that is smaller than this is replaced by the next request. */
  readonly maxConnections: () => number;
}

export interface ConnectionStats {
  readonly open: number;
  /** Carrying a request. */
  readonly busy: number;
  readonly idle: number;
  /** Requests waiting for a connection. */
  readonly waiting: number;
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

/** The connections to one server. */
export class EndpointPool {
  readonly agent: ObservedAgent;
  /** Requests handed to `fetch` that have not reached the agent yet, oldest first. */
  readonly #handedOver: ConnectionWatch[] = [];
  /** Requests in the agent without an answer yet, oldest first. */
  readonly #waiting: ConnectionWatch[] = [];

  private constructor(make: (pool: EndpointPool) => ObservedAgent) {
    this.agent = make(this);
  }

  static async create(
    options: ConnectionManagerOptions,
    connections: number,
  ): Promise<EndpointPool> {
    // Loaded late: it is large, and activation must not pay for it.
    const { ObservedAgent } = await import('./observedAgent');
    return new EndpointPool(
      (pool) =>
        new ObservedAgent({
          clock: options.clock,
          connections,
          keepAliveMs: KEEP_ALIVE_MS,
          connectMs: options.connectMs,
          onDispatch: () => pool.#dispatched(),
          onConnect: () => pool.#connecting(),
        }),
    );
  }

  /** Call right before `fetch`; call `ended` when the response's headers are here or it failed. */
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
  }

  get stats(): ConnectionStats {
    const total = { open: 0, busy: 0, idle: 0, waiting: 0 };
    for (const pool of Object.values(this.agent.stats)) {
      total.open += 'free' in pool ? pool.connected : Number(pool.connected);
      total.busy += pool.running;
      total.waiting += pool.pending;
    }
    total.idle = Math.max(0, total.open - total.busy);
    return total;
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

interface PoolEntry {
  readonly connections: number;
  readonly making: Promise<EndpointPool>;
}

/**
 * Keeps connections: for each server (scheme, host, port) one pool with keep-alive of 60 s, loaded and made with the first request.
 * Unused connections close by themselves.
 */
export class ConnectionManager extends Disposable {
  readonly #options: ConnectionManagerOptions;
  readonly #pools = new Map<string, PoolEntry>();
  readonly #live = new Map<string, EndpointPool>();

  constructor(options: ConnectionManagerOptions) {
    super();
    this.#options = options;
  }

  /** The pool for this base URL. @throws TypeError when it is no URL or the manager is disposed */
  async pool(baseURL: string): Promise<EndpointPool> {
    const { origin } = new URL(baseURL);
    const connections = this.#options.maxConnections();
    const known = this.#pools.get(origin);
    if (known && known.connections >= connections) return known.making;
    if (this.isDisposed) throw new TypeError('the connections are disposed');
    if (known) this.retire(baseURL);
    const entry = { connections, making: EndpointPool.create(this.#options, connections) };
    this.#pools.set(origin, entry);
    try {
      const pool = await entry.making;
      if (this.isDisposed) destroy(pool);
      else if (this.#pools.get(origin) === entry) this.#live.set(origin, pool);
      return pool;
    } catch (error) {
      if (this.#pools.get(origin) === entry) this.#pools.delete(origin);
      throw error;
    }
  }

  get stats(): ConnectionStats {
    const total = { open: 0, busy: 0, idle: 0, waiting: 0 };
    for (const { stats } of this.#live.values()) {
      total.open += stats.open;
      total.busy += stats.busy;
      total.idle += stats.idle;
      total.waiting += stats.waiting;
    }
    return total;
  }

  /** Closes the connections to this server as soon as their requests are done. A later request opens new ones. */
  retire(baseURL: string): void {
    if (!URL.canParse(baseURL)) return;
    const { origin } = new URL(baseURL);
    const pool = this.#live.get(origin);
    this.#pools.delete(origin);
    this.#live.delete(origin);
    pool?.agent.close().catch(() => undefined);
  }

  override dispose(): void {
    for (const pool of this.#live.values()) destroy(pool);
    this.#live.clear();
    this.#pools.clear();
    super.dispose();
  }
}

function destroy(pool: EndpointPool): void {
  pool.agent.destroy().catch(() => undefined);
}
