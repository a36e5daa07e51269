import { abortable, inTime, limited, LinkedAbort } from '../../base/abort';
import type { Clock } from '../../base/clock';
import { EngineError } from '../errors';
import type { KeySource } from '../ports';
import type { Endpoint } from '../types';
import type { ConnectionManager } from './connections';
import type { ConnectionListener, ConnectionWatch } from './endpointPool';
import { hostOf, safeCause, type ErrorContext } from './errorText';
import { requestIdOf, serverError, unexpectedAnswer } from './httpErrors';
import { networkError } from './networkErrors';
import { USER_AGENT, requestHeaders } from './requestHeaders';
import { parseBody, readText } from './responseBody';
import type { SdkClient } from './sdkClient';
import { stopped } from './watchdogs';

/** Of an error's body no more is read: the status alone says enough. */
const ERROR_BODY = { maxBytes: 65_536, maxMs: 3_000 };
/** A list of models or a token count. */
const JSON_BODY = { maxBytes: 4 * 1024 * 1024, maxMs: 10_000 };
/** Milliseconds for a small request, from sending it to its whole answer. */
const SMALL_REQUEST_MS = 15_000;
/** Milliseconds for the store of keys to answer: a locked keyring may wait for a password that nobody sees asked for. */
const KEY_MS = 15_000;
/** Milliseconds to warm a connection, and in which one that was warmed needs no other. */
const WARM_MS = 5_000;
/** What answers a warming request is read so far, to get the connection free. */
const WARM_BODY = { maxBytes: 65_536, maxMs: 1_000 };

export interface EndpointClientOptions {
  readonly endpoint: Endpoint;
  readonly keys: KeySource;
  readonly clock: Clock;
  readonly connections: ConnectionManager;
  readonly fetch: typeof globalThis.fetch;
}

export interface EndpointRequest {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON by POST; without one the request is a GET. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly connection?: ConnectionListener;
  /** The request goes to the network now. */
  readonly onSent?: () => void;
  /** The status and headers of an answer are here, good or bad. */
  readonly onAnswer?: (answer: AnswerHead) => void;
}

export interface AnswerHead {
  /** Milliseconds; 0 on a kept connection, `undefined` where that can't be seen. */
  readonly connectMs: number | undefined;
  readonly requestId: string | undefined;
  readonly status: number;
  /** With those of the rate limits. */
  readonly headers: Headers;
}

export interface EndpointResponse {
  readonly response: Response;
  /** For errors that are found later, in the body. Holds the key: keep it no longer than the request. */
  readonly context: ErrorContext;
}

/** Sends requests to one endpoint: key, headers, connections, and typed errors for all that goes wrong. */
export class EndpointClient {
  readonly #options: EndpointClientOptions;
  /** By the request's headers, which the SDK hands on as they are. */
  readonly #calls = new Map<Headers, Call>();
  #loading: Promise<SdkClient> | undefined;
  #warmedAt = Number.NEGATIVE_INFINITY;

  constructor(options: EndpointClientOptions) {
    this.#options = options;
  }

  get endpoint(): Endpoint {
    return this.#options.endpoint;
  }

  /**
   * An answer with a good status, its body unread.
   * @throws EngineError; on abort at once, with the signal's reason when that is one, else `aborted`
   */
  async send(request: EndpointRequest): Promise<EndpointResponse> {
    const { signal } = request;
    try {
      if (signal?.aborted) throw stopped(signal);
      checkBaseURL(this.endpoint);
      return await abortable(this.#send(request), signal);
    } catch (error) {
      // Whatever it looks like, an abort is the reason when there was one.
      if (signal?.aborted) throw stopped(signal);
      throw error instanceof EngineError ? error : unexpected(error, this.endpoint);
    }
  }

  /** A small JSON answer. @throws EngineError; `protocol` when it is no JSON, `timeout_first_event` 15 s after it was sent */
  async getJson(
    path: string,
    options: Pick<EndpointRequest, 'query' | 'body' | 'signal'> = {},
  ): Promise<unknown> {
    const { clock } = this.#options;
    const limit = new LinkedAbort(options.signal);
    const { signal } = limit;
    // Not before: the store of keys has a limit and an error of its own.
    const onSent = (): void => {
      limit.abortAfter(SMALL_REQUEST_MS, clock, () => slowAnswer(this.endpoint));
    };
    try {
      const { response, context } = await this.send({ ...options, path, signal, onSent });
      const { text } = await abortable(readText(response, JSON_BODY, clock), signal);
      const body = parseBody(text);
      if (typeof body === 'object' && body !== null) return body;
      throw unexpectedAnswer(response, text, context);
    } catch (error) {
      if (signal.aborted) throw stopped(signal);
      throw error;
    } finally {
      limit.dispose();
    }
  }

  /**
   * Loads what a request needs and has an idle connection open for it, by asking the server for its options: without key, headers of
   * the endpoint or content, and so at no cost; whatever it answers will do. Does nothing while a connection is idle, or within 5 s of
   * the last time. Never rejects; ends within 5 s and on abort. Where VS Code puts a pool of its own in place it warms that one.
   */
  async warm(signal?: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    if (signal?.aborted || clock.now() - this.#warmedAt < WARM_MS) return;
    this.#warmedAt = clock.now();
    try {
      checkBaseURL(this.endpoint);
      await limited((either) => Promise.all([this.#load(), this.#touch(either)]), {
        signal,
        limitMs: WARM_MS,
        clock,
      });
    } catch {
      // The request itself will tell what is wrong.
    }
  }

  async #touch(signal: AbortSignal): Promise<void> {
    const { connections, fetch, clock } = this.#options;
    const pool = await connections.pool(this.endpoint.baseURL, this.endpoint.id);
    const wanted = pool.wantsSpare;
    const watch = pool.begin(UNWATCHED);
    try {
      if (!wanted || signal.aborted) return;
      const init: RequestInit = {
        // Not HEAD: connections are closed after one.
        method: 'OPTIONS',
        headers: { 'user-agent': USER_AGENT },
        redirect: 'manual',
        signal,
      };
      // Outside the literal: there are two packages of the same types, which do not fit.
      Object.assign(init, { dispatcher: pool.agent });
      const response = await fetch(`${this.endpoint.baseURL.replace(/\/+$/, '')}/`, init);
      await readText(response, WARM_BODY, clock);
    } finally {
      pool.ended(watch);
    }
  }

  async #send(request: EndpointRequest): Promise<EndpointResponse> {
    const { path, query, body, signal } = request;
    const [key, client] = await Promise.all([this.#key(signal), this.#load()]);
    const context = { endpoint: this.endpoint, key, wallNow: this.#options.clock.wallNow() };
    const headers = requestHeaders(this.endpoint, key, body !== undefined);
    const pool = await this.#options.connections.pool(this.endpoint.baseURL, this.endpoint.id);
    const watch = pool.begin(request.connection ?? UNWATCHED);
    const made: Call = { signal, failure: undefined };
    this.#calls.set(headers, made);
    try {
      if (signal?.aborted) throw stopped(signal);
      const options = {
        headers,
        ...(query ? { query } : {}),
        fetchOptions: { dispatcher: pool.agent },
      };
      request.onSent?.();
      const call =
        body === undefined ? client.get(path, options) : client.post(path, { ...options, body });
      const response = await call.asResponse();
      pool.answered(watch);
      answered(request, watch, response.status, response.headers);
      return { response, context };
    } catch (error) {
      const fault = client.faultOf(error);
      if (fault) {
        pool.answered(watch);
        answered(request, watch, fault.status, fault.headers);
        throw serverError(fault, context);
      }
      throw this.#typed(error, made, context);
    } finally {
      this.#calls.delete(headers);
      pool.ended(watch);
    }
  }

  #typed(error: unknown, { failure }: Call, context: ErrorContext): EngineError {
    if (error instanceof EngineError) return error;
    return failure
      ? networkError(failure.cause, 'before_answer', context)
      : unexpected(error, this.endpoint);
  }

  /** @throws EngineError `no_key` when the store of keys does not answer */
  async #key(signal: AbortSignal | undefined): Promise<string | undefined> {
    const { keys, endpoint, clock } = this.#options;
    if (endpoint.authStyle === 'none') return undefined;
    return inTime(keys.getKey(endpoint.id, signal), KEY_MS, clock, slowKey);
  }

  #load(): Promise<SdkClient> {
    this.#loading ??= this.#makeClient();
    return this.#loading;
  }

  async #makeClient(): Promise<SdkClient> {
    // Loaded late: activation must not pay for the SDK.
    const { SdkClient } = await import('./sdkClient');
    const baseURL = this.endpoint.baseURL.replace(/\/+$/, '');
    return new SdkClient(baseURL, (input, init) => this.#fetch(input, init));
  }

  /** `fetch` as the SDK sees it: its failures are kept, and the body of an error is there, bounded, as JSON. */
  async #fetch(...[input, init]: Parameters<typeof globalThis.fetch>): Promise<Response> {
    const made = init?.headers instanceof Headers ? this.#calls.get(init.headers) : undefined;
    const own = made?.signal ? { ...init, signal: made.signal } : init;
    try {
      const response = await this.#options.fetch(input, own);
      return response.ok ? response : await this.#boundedError(response);
    } catch (error) {
      if (made) made.failure = { cause: error };
      throw error;
    }
  }

  async #boundedError(response: Response): Promise<Response> {
    const { text } = await readText(response, ERROR_BODY, this.#options.clock);
    const body = parseBody(text);
    return new Response(JSON.stringify(typeof body === 'string' ? { message: body } : body), {
      // 0: a redirect that some hosts hide.
      status: response.status === 0 || response.status === 304 ? 302 : response.status,
      headers: response.headers,
    });
  }
}

/** A request on its way through the SDK, with what it would handle at more cost or lose. */
interface Call {
  /** The SDK would link it to one of its own and leave the link to the garbage collector. */
  readonly signal: AbortSignal | undefined;
  /** What `fetch` threw: the SDK drops the cause of what it takes for a timeout. */
  failure: { readonly cause: unknown } | undefined;
}

const UNWATCHED: ConnectionListener = {
  onConnecting: nothing,
  onConnected: nothing,
  onFailed: nothing,
};

/** @throws EngineError `invalid_input` */
function checkBaseURL({ baseURL }: Endpoint): void {
  const url = URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new EngineError(
      'invalid_input',
      'The base URL is not a web address. Set one such as https://api.anthropic.com.',
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '') {
    throw new EngineError(
      'invalid_input',
      'The base URL has a user name, a password or a query in it. Remove that; set keys as a key or header of the endpoint.',
    );
  }
}

/** A fault of ours, or of the store of keys. */
function unexpected(error: unknown, endpoint: Endpoint): EngineError {
  const cause = safeCause(error, { endpoint, key: undefined, wallNow: 0 });
  const message = 'Pulse could not make the request. Show the log and report it.';
  return new EngineError('internal', message, { cause });
}

function slowKey(): EngineError {
  return new EngineError(
    'no_key',
    `The key store did not answer within ${KEY_MS / 1_000} s. Unlock it and try again.`,
  );
}

function slowAnswer(endpoint: Endpoint): EngineError {
  return new EngineError(
    'timeout_first_event',
    `${hostOf(endpoint)} did not answer within ${SMALL_REQUEST_MS / 1_000} s. Try again.`,
  );
}

function answered(
  request: EndpointRequest,
  watch: ConnectionWatch,
  status = 0,
  headers = new Headers(),
): void {
  const { connectMs } = watch;
  request.onAnswer?.({ connectMs, requestId: requestIdOf(headers), status, headers });
}

function nothing(): void {
  // No one asked.
}
