// oxlint-disable-next-line typescript/triple-slash-reference -- ambient declarations can't be imported, and the tests' project has only files that are
/// <reference path="./undiciParts.d.ts" />
import type { buildConnector as Connect, Dispatcher } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import type { Clock } from '../../base/clock';

/** Who wants to know how the opening of a connection ends; one of the two is called. */
export interface ConnectOutcome {
  connected(connectMs: number): void;
  failed(): void;
}

export interface ObservedAgentOptions {
  /** Of all its requests. */
  readonly origin: string;
  readonly clock: Clock;
  readonly connections: number;
  /** Milliseconds an unused connection is kept. */
  readonly keepAliveMs: number;
  /** Milliseconds to open a connection; read for each. */
  readonly connectMs: () => number;
  /** A request has reached this agent. */
  readonly onDispatch: () => void;
  /** A connection is being opened; the result is told how that ends. */
  readonly onConnect: () => ConnectOutcome;
}

/**
 * undici's pool for one server, telling what it does. Its own limits on headers and body are off: watchdogs do that. Not undici's
 * `Agent`: that one lets go of a pool whose last connection closes, although another one is just being opened in it, which is then
 * neither counted nor kept nor closed with the rest.
 */
export class ObservedAgent extends Pool {
  readonly #onDispatch: () => void;

  constructor(options: ObservedAgentOptions) {
    super(options.origin, {
      connections: options.connections,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: options.keepAliveMs,
      keepAliveMaxTimeout: options.keepAliveMs,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: observedConnector(options),
    });
    this.#onDispatch = options.onDispatch;
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    this.#onDispatch();
    return super.dispatch(options, handler);
  }
}

/** One connector for each limit that was ever set, since the limit is fixed with the connector and TLS sessions live in it. */
function observedConnector({
  clock,
  connectMs,
  onConnect,
}: ObservedAgentOptions): Connect.connector {
  const connectors = new Map<number, Connect.connector>();
  return (options, callback) => {
    const timeout = connectMs();
    const connector = connectors.get(timeout) ?? buildConnector({ timeout, allowH2: false });
    connectors.set(timeout, connector);
    const startedAt = clock.now();
    const outcome = onConnect();
    connector(options, (...result) => {
      if (result[0] === null) outcome.connected(clock.now() - startedAt);
      else outcome.failed();
      callback(...result);
    });
  };
}
