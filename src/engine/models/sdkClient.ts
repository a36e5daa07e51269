import { BaseAnthropic } from '@anthropic-ai/sdk/client';
import { APIError } from '@anthropic-ai/sdk/error';
import { EngineError } from '../errors';
import type { ServerFault } from './httpErrors';

type RequestOptions = Parameters<BaseAnthropic['buildRequest']>[0];
type BuiltRequest = Awaited<ReturnType<BaseAnthropic['buildRequest']>>;

/** Longer than any limit of ours, and what a timer can take: the watchdogs decide. */
const NO_TIMEOUT_MS = 2_147_483_647;

const silent = { error: nothing, warn: nothing, info: nothing, debug: nothing };

function nothing(): void {
  // The engine never logs.
}

/**
 * The SDK's client, closed to its surroundings. The SDK reads a dozen environment variables (base URL, keys, profiles, custom
 * headers, logging, tracing); whatever they say, a request carries the URL, the headers and the body that its caller gave, because
 * the request is put together here and not by the SDK. The key is in those headers only: the client itself holds none.
 */
export class SdkClient extends BaseAnthropic {
  readonly #fetch: typeof globalThis.fetch;

  constructor(baseURL: string, fetch: typeof globalThis.fetch) {
    super({
      baseURL,
      fetch,
      // A credential of any kind keeps the SDK from looking for one; this one is never sent.
      apiKey: 'given with each request',
      webhookKey: null,
      maxRetries: 0,
      timeout: NO_TIMEOUT_MS,
      logLevel: 'off',
      logger: silent,
      openTelemetry: false,
    });
    this.#fetch = fetch;
  }

  override buildRequest(options: RequestOptions): Promise<BuiltRequest> {
    const { method, path, query, headers, body, fetchOptions } = options;
    if (!(headers instanceof Headers)) {
      throw new EngineError('internal', 'A request was made without its headers.');
    }
    const init = {
      // As `fetch` takes it from everybody.
      method: method.toUpperCase(),
      headers,
      // Followed, a redirect would take the key to another server.
      redirect: 'manual' as const,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    return Promise.resolve({
      url: this.buildURL(path, isQuery(query) ? query : undefined),
      timeout: NO_TIMEOUT_MS,
      req: Object.assign(init, fetchOptions),
    });
  }

  /** Without the timer and the signal that the SDK makes for each request: limits and stopping are the caller's. */
  override fetchWithTimeout(
    ...[url, init]: Parameters<BaseAnthropic['fetchWithTimeout']>
  ): Promise<Response> {
    return this.#fetch(url, init);
  }

  /** What the SDK's typed error says of the response; `undefined` for errors without one. */
  faultOf(error: unknown): ServerFault | undefined {
    if (!isAPIError(error)) return undefined;
    const { status, headers, error: body } = error;
    return status === undefined ? undefined : { status, headers, body };
  }
}

function isAPIError(error: unknown): error is APIError {
  return error instanceof APIError;
}

function isQuery(query: object | null | undefined): query is Record<string, unknown> {
  return typeof query === 'object' && query !== null;
}
