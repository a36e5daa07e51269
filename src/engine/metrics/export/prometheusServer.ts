import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Clock } from '../../../base/clock';
import { Disposable } from '../../../base/disposable';
import type { DisposableLike } from '../../../base/disposable';
import { Emitter } from '../../../base/event';
import { PROMETHEUS_CONTENT_TYPE } from './prometheusText';

const HOST = '127.0.0.1';
const NAMES = [HOST, 'localhost'];
export const METRICS_PATH = '/metrics';

/** The windows of an editor share one port: the next one takes it when its window is closed. Ms. */
const RETRY_MS = 60_000;
/** A scraper asks once in a while, over one connection. */
const MAX_CONNECTIONS = 8;
/** For a request to arrive, and for an idle connection to be closed, ms. */
const REQUEST_LIMIT_MS = 5_000;
const SOCKET_LIMIT_MS = 10_000;
const MAX_HEADER_BYTES = 8_192;

/**
 * - `taken`: another window or program has the port; it is tried again every minute
 * - `failed`: likewise tried again; `message` is the system's
 */
export type PrometheusState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'taken'; readonly port: number }
  | { readonly kind: 'failed'; readonly message: string };

export interface PrometheusServerOptions {
  readonly port: number;
  readonly clock: Clock;
  /** What is told when it is asked for. */
  readonly text: () => string;
}

/** Metrics for a scraper on this machine: `GET /metrics` on 127.0.0.1, nothing else, for nobody else. */
export class PrometheusServer extends Disposable {
  readonly #options: PrometheusServerOptions;
  readonly #changed = this._register(new Emitter<PrometheusState>());
  #state: PrometheusState = { kind: 'starting' };
  #server: Server | undefined;
  #retry: DisposableLike | undefined;

  readonly onStateChange = this.#changed.event;

  /** @throws RangeError for a port that can't be said to others */
  constructor(options: PrometheusServerOptions) {
    super();
    const { port } = options;
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new RangeError(`expected a port from 1 to 65535, got ${port}`);
    }
    this.#options = options;
    this._register({ dispose: () => this.#close() });
    this._register({ dispose: () => this.#retry?.dispose() });
    this.#listen();
  }

  get state(): PrometheusState {
    return this.#state;
  }

  #listen(): void {
    const { port } = this.#options;
    const server = createServer(
      {
        headersTimeout: REQUEST_LIMIT_MS,
        requestTimeout: REQUEST_LIMIT_MS,
        keepAliveTimeout: SOCKET_LIMIT_MS,
        maxHeaderSize: MAX_HEADER_BYTES,
      },
      (request, response) => this.#answer(request, response),
    );
    server.maxConnections = MAX_CONNECTIONS;
    server.setTimeout(SOCKET_LIMIT_MS);
    server.on('error', (error) => this.#failed(error));
    server.listen({ port, host: HOST, exclusive: true }, () => {
      this.#change({ kind: 'listening', url: `http://${HOST}:${port}${METRICS_PATH}` });
    });
    this.#server = server;
  }

  #failed(error: Error): void {
    if (this.isDisposed) return;
    this.#close();
    const isTaken = 'code' in error && error.code === 'EADDRINUSE';
    this.#change(
      isTaken
        ? { kind: 'taken', port: this.#options.port }
        : { kind: 'failed', message: error.message },
    );
    this.#retry?.dispose();
    this.#retry = this.#options.clock.setTimeout(() => this.#listen(), RETRY_MS);
  }

  #close(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#server = undefined;
  }

  #change(state: PrometheusState): void {
    const isSame = state.kind === this.#state.kind;
    this.#state = state;
    if (!isSame && !this.isDisposed) this.#changed.fire(state);
  }

  #answer({ method, url, headers }: IncomingMessage, response: ServerResponse): void {
    // A page that lets its own name point at this machine could read what is answered to that name.
    if (!this.#isOwnName(headers.host)) {
      refuse(response, 403, 'Only 127.0.0.1 and localhost are answered to.');
    } else if (url?.split('?', 1)[0] !== METRICS_PATH) {
      refuse(response, 404, `Only ${METRICS_PATH} is here.`);
    } else if (method !== 'GET') {
      response.setHeader('allow', 'GET');
      refuse(response, 405, 'Only GET is answered.');
    } else {
      this.#tell(response);
    }
  }

  #isOwnName(host: string | undefined): boolean {
    return NAMES.some((name) => host === `${name}:${this.#options.port}`);
  }

  #tell(response: ServerResponse): void {
    let text: string;
    try {
      text = this.#options.text();
    } catch {
      refuse(response, 500, 'The metrics could not be read.');
      return;
    }
    response.writeHead(200, { ...HEADERS, 'content-type': PROMETHEUS_CONTENT_TYPE }).end(text);
  }
}

const HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

function refuse(response: ServerResponse, status: number, why: string): void {
  response
    .writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' })
    .end(`${why}\n`);
}
