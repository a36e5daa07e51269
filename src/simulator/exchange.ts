import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../base/clock';
import { AbortError } from '../base/abort';
import type { Activity, LoggedRequest } from './activity';
import { errorBody } from './apiProblem';
import type { ApiProblem } from './apiProblem';
import { authOf } from './requests/access';

/** The API sends a uuid; this one says that nobody is billed. */
const ORGANIZATION = '00000000-0000-0000-0000-000000000000';

type HeaderList = readonly (readonly [string, string])[];

/** One request and its answer. */
export class Exchange {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly #abort = new AbortController();
  readonly #startedAt: number;
  #cut = false;
  readonly #log: { -readonly [K in keyof LoggedRequest]: LoggedRequest[K] };

  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly number: number;
  readonly requestId: string;
  readonly activity: Activity;
  readonly clock: Clock;
  /** The simulator's name; '' for none. */
  readonly instance: string;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    number: number,
    requestId: string,
    activity: Activity,
    clock: Clock,
    instance: string,
  ) {
    this.request = request;
    this.response = response;
    this.number = number;
    this.requestId = requestId;
    this.activity = activity;
    this.clock = clock;
    this.instance = instance;

    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    this.path = path;
    this.query = new URLSearchParams(query);
    const { authorization: _bearer, 'x-api-key': _key, ...headers } = request.headers;
    this.#startedAt = clock.now();
    this.#log = {
      id: number,
      at: clock.wallNow(),
      method: request.method ?? '',
      path,
      headers,
      auth: authOf(request.headers),
      requestId,
      body: undefined,
      faults: [],
      status: undefined,
      outcome: 'open',
      tookMs: undefined,
    };
    activity.add(this.#log);
    response.once('close', () => this.#ended());
  }

  /** Aborted when the client went or the simulator closes. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  logBody(body: unknown): void {
    this.#log.body = body;
  }

  logFaults(faults: readonly string[]): void {
    this.#log.faults = faults;
  }

  /** The headers of every answer of the API. */
  setHeaders(headers: HeaderList): void {
    this.response.setHeader('request-id', this.requestId);
    this.response.setHeader('anthropic-organization-id', ORGANIZATION);
    this.response.setHeader('server', 'pulse-simulator');
    if (this.instance !== '') this.response.setHeader('x-simulator-instance', this.instance);
    // Said by ourselves, or Node would add a Keep-Alive header, which the API does not send.
    if (this.request.headers.connection !== 'close') {
      this.response.setHeader('connection', 'keep-alive');
    }
    for (const [name, value] of headers) this.response.setHeader(name, value);
  }

  sendText(status: number, body: string, headers: HeaderList): void {
    this.response.statusCode = status;
    this.setHeaders(headers);
    this.response.end(body);
  }

  sendJson(status: number, body: unknown, headers: HeaderList = []): void {
    this.sendText(status, JSON.stringify(body), [['content-type', 'application/json'], ...headers]);
  }

  sendProblem(problem: ApiProblem): void {
    const { status, type, message, headers } = problem;
    const retry: HeaderList = [['x-should-retry', status >= 500 ? 'true' : 'false']];
    this.sendJson(status, errorBody(type, message, this.requestId), [...retry, ...headers]);
  }

  /** Ends the connection before the answer is whole: with a TCP reset, or in order after what has been written. */
  readonly cut = async (how: 'reset' | 'close'): Promise<void> => {
    this.#cut = true;
    // What was written is still corked in this turn of the event loop; it shall arrive.
    await nextTurn();
    if (how === 'reset') this.request.socket.resetAndDestroy();
    else this.request.socket.destroySoon();
  };

  stop(reason: string): void {
    this.#abort.abort(new AbortError(reason));
    this.response.destroy();
  }

  #ended(): void {
    const { response } = this;
    if (response.headersSent) this.#log.status = response.statusCode;
    if (response.writableFinished) this.#log.outcome = 'answered';
    else this.#log.outcome = this.#cut ? 'cut' : 'left';
    this.#log.tookMs = this.clock.now() - this.#startedAt;
    this.#abort.abort(new AbortError('the client went'));
    this.activity.end(this.#log);
  }
}
