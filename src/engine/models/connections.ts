import { Disposable } from '../../base/disposable';
import { EndpointPool } from './endpointPool';
import type { ConnectionStats, PoolLimits, PoolOptions } from './endpointPool';

export interface ConnectionManagerOptions extends PoolOptions {
  /**
   * Connections of one endpoint at most: the larger of the setting `pool.connections` and the endpoint's concurrency with a spare or
   * two, so that what may run at once never waits for a connection, nor the list of models behind replies that stream.
   */
  readonly maxConnections: () => number;
  /** Milliseconds after which an unused connection is closed; earlier where the server announces that it will. */
  readonly idleMs: () => number;
}

interface PoolEntry extends PoolLimits {
  readonly owner: string;
  /** Once it is loaded and made. */
  pool: EndpointPool | undefined;
  making: Promise<EndpointPool> | undefined;
  /** Requests that have got the pool and no answer yet: until then it may not be closed. */
  leases: number;
  /** No new request gets it. */
  retired: boolean;
}

/**
 * Keeps connections: one pool with keep-alive for each endpoint and server (scheme, host, port), so that two endpoints at one server do
 * not take connections from each other. A pool is loaded and made with the first request. Other limits apply at once: the next
 * request gets a new pool, those under way end on the old one, which then closes.
 */
export class ConnectionManager extends Disposable {
  readonly #options: ConnectionManagerOptions;
  /** By owner and origin: what new requests get. */
  readonly #current = new Map<string, PoolEntry>();
  /** All that are not closed yet. */
  readonly #entries = new Set<PoolEntry>();

  constructor(options: ConnectionManagerOptions) {
    super();
    this.#options = options;
  }

  /**
   * The pool for this base URL, for one request: call its `begin` and `ended` once. `owner`: the endpoint's id.
   * @throws TypeError when it is no URL or the manager is disposed
   */
  async pool(baseURL: string, owner: string): Promise<EndpointPool> {
    const { origin } = new URL(baseURL);
    if (this.isDisposed) throw new TypeError('the connections are disposed');
    const entry = this.#entry(origin, owner);
    entry.leases++;
    if (entry.pool) return entry.pool;
    entry.making ??= this.#make(entry);
    return entry.making;
  }

  /** Sockets of all pools, those of ending ones included. All 0 where VS Code brings connections of its own. */
  get stats(): ConnectionStats {
    return this.#sum(() => true);
  }

  /** Of the server at this base URL; with `owner` those of one endpoint. */
  statsOf(baseURL: string, owner?: string): ConnectionStats {
    const origin = URL.canParse(baseURL) ? new URL(baseURL).origin : undefined;
    return this.#sum(
      (entry) => entry.origin === origin && (owner === undefined || entry.owner === owner),
    );
  }

  /** Closes the connections to this server as soon as their requests are done. A later request opens new ones. */
  retire(baseURL: string): void {
    if (!URL.canParse(baseURL)) return;
    const { origin } = new URL(baseURL);
    for (const entry of this.#entries) if (entry.origin === origin) this.#retire(entry);
  }

  override dispose(): void {
    for (const { pool } of this.#entries) if (pool) destroy(pool);
    this.#entries.clear();
    this.#current.clear();
    super.dispose();
  }

  #entry(origin: string, owner: string): PoolEntry {
    const connections = this.#options.maxConnections();
    const idleMs = this.#options.idleMs();
    const key = `${owner}\n${origin}`;
    const known = this.#current.get(key);
    if (known?.connections === connections && known.idleMs === idleMs) return known;
    if (known) this.#retire(known);
    const entry: PoolEntry = {
      origin,
      owner,
      connections,
      idleMs,
      pool: undefined,
      making: undefined,
      leases: 0,
      retired: false,
    };
    this.#current.set(key, entry);
    this.#entries.add(entry);
    return entry;
  }

  async #make(entry: PoolEntry): Promise<EndpointPool> {
    try {
      const pool = await EndpointPool.create(this.#options, entry, () => this.#ended(entry));
      entry.pool = pool;
      if (this.isDisposed) destroy(pool);
      return pool;
    } catch (error) {
      this.#retire(entry);
      this.#entries.delete(entry);
      throw error;
    }
  }

  #ended(entry: PoolEntry): void {
    entry.leases--;
    this.#closeIfUnused(entry);
  }

  #retire(entry: PoolEntry): void {
    if (entry.retired) return;
    entry.retired = true;
    this.#current.delete(`${entry.owner}\n${entry.origin}`);
    this.#closeIfUnused(entry);
  }

  /** Closing waits for replies that stream, but would refuse a request that has not reached the pool yet. */
  #closeIfUnused(entry: PoolEntry): void {
    if (!entry.retired || entry.leases > 0 || !entry.pool) return;
    entry.pool.agent
      .close()
      .catch(() => undefined)
      .finally(() => this.#entries.delete(entry));
  }

  #sum(counts: (entry: PoolEntry) => boolean): ConnectionStats {
    const total = { open: 0, busy: 0, idle: 0, waiting: 0, elsewhere: false };
    for (const entry of this.#entries) {
      if (!entry.pool || !counts(entry)) continue;
      const stats = entry.pool.stats;
      total.open += stats.open;
      total.busy += stats.busy;
      total.idle += stats.idle;
      total.waiting += stats.waiting;
      total.elsewhere ||= stats.elsewhere;
    }
    return total;
  }
}

function destroy(pool: EndpointPool): void {
  pool.agent.destroy().catch(() => undefined);
}
