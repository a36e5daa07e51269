import type { Clock } from '../base/clock';
import { ApiProblem } from './apiProblem';
import { applyEarlyFaults, readSpec } from './earlyFaults';
import type { Exchange } from './exchange';
import type { FaultBook } from './faults/faultBook';
import { parseFaults } from './faults/faultSpec';
import type { MessagesHandler } from './messagesHandler';
import { modelPage, modelResource } from './modelListing';
import { findModel, SIMULATED_MODELS } from './models';
import type { ResolvedOptions } from './options';
import { hashSeed, Random } from './random';
import { checkKey, checkLocal } from './requests/access';

const ABOUT = `Pulse simulator: a local server that speaks the Messages API.
There is no model behind it; it answers with texts written in advance.
POST /v1/messages, POST /v1/messages/count_tokens, GET /v1/models
`;

interface Route {
  readonly methods: readonly string[];
  readonly handle: (exchange: Exchange) => Promise<void> | void;
}

/** Finds who answers a request, and turns what they throw into the API's error answers. */
export class Router {
  readonly #routes: ReadonlyMap<string, Route>;

  readonly options: ResolvedOptions;
  readonly faults: FaultBook;
  readonly messages: MessagesHandler;
  readonly clock: Clock;

  constructor(
    options: ResolvedOptions,
    faults: FaultBook,
    messages: MessagesHandler,
    clock: Clock,
  ) {
    this.options = options;
    this.faults = faults;
    this.messages = messages;
    this.clock = clock;

    this.#routes = new Map<string, Route>([
      [
        '/',
        {
          methods: ['GET', 'HEAD'],
          handle: (exchange) =>
            this.#other(exchange, () =>
              exchange.sendText(200, ABOUT, [['content-type', 'text/plain; charset=utf-8']]),
            ),
        },
      ],
      ['/v1/messages', { methods: ['POST'], handle: (exchange) => messages.messages(exchange) }],
      [
        '/v1/messages/count_tokens',
        {
          methods: ['POST'],
          handle: (exchange) => this.#other(exchange, () => messages.countTokens(exchange)),
        },
      ],
      [
        '/v1/models',
        {
          methods: ['GET', 'HEAD'],
          handle: (exchange) =>
            this.#other(exchange, () =>
              exchange.sendJson(200, modelPage(SIMULATED_MODELS, exchange.query)),
            ),
        },
      ],
    ]);
  }

  /** Answers the request; never rejects. */
  async handle(exchange: Exchange, port: number): Promise<void> {
    try {
      checkLocal(exchange.request.headers, port);
      const route = this.#routeOf(exchange.path);
      if (!route.methods.includes(exchange.request.method ?? '')) {
        throw new ApiProblem(405, 'Method Not Allowed');
      }
      if (this.options.requireKey && exchange.path !== '/') {
        checkKey(exchange.request.headers);
      }
      await route.handle(exchange);
    } catch (error) {
      this.#fail(exchange, error);
    }
  }

  #routeOf(path: string): Route {
    const route = this.#routes.get(path);
    if (route) return route;
    const id = /^\/v1\/models\/([^/]+)$/.exec(path)?.[1];
    if (id === undefined) throw new ApiProblem(404, 'Not found');
    return {
      methods: ['GET', 'HEAD'],
      handle: (exchange) => this.#other(exchange, () => this.#model(exchange, id)),
    };
  }

  #model(exchange: Exchange, id: string): void {
    const model = findModel(id, this.options.strictModels);
    if (!model) throw new ApiProblem(404, `model: ${id}`);
    exchange.sendJson(200, modelResource(model));
  }

  /** Endpoints beside /v1/messages: only faults with scope=all, and those of the header. */
  async #other(exchange: Exchange, answer: () => Promise<void> | void): Promise<void> {
    const header = exchange.header('x-simulator-fault');
    const faults = this.faults.choose({
      endpoint: 'other',
      conversation: exchange.path,
      asked: header === undefined ? [] : readSpec(() => parseFaults(header)),
      random: new Random(hashSeed(`${this.options.seed} other ${exchange.number}`)),
    });
    exchange.logFaults(faults.map(({ text }) => text));
    if (await applyEarlyFaults(exchange, faults, this.clock, [])) return;
    await answer();
  }

  #fail(exchange: Exchange, error: unknown): void {
    if (exchange.signal.aborted || exchange.response.destroyed) return;
    if (exchange.response.headersSent) {
      exchange.response.destroy();
    } else if (error instanceof ApiProblem) {
      exchange.sendProblem(error);
    } else {
      const message = error instanceof Error ? error.message : String(error);
      exchange.sendProblem(new ApiProblem(500, `The simulator failed: ${message}`));
    }
  }
}
