import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { systemClock } from '../base/clock';
import type { Clock } from '../base/clock';
import type { Event } from '../base/event';
import { Activity } from './activity';
import { answerInFresh } from './answers/answerInFresh';
import type { LoggedRequest, SimulatorCounters } from './activity';
import { Exchange } from './exchange';
import { FaultBook } from './faults/faultBook';
import { ScriptPlayer } from './faults/scriptPlayer';
import type { ScriptState } from './faults/scriptPlayer';
import { MessagesHandler } from './messagesHandler';
import { resolveOptions } from './options';
import type { ResolvedOptions, SimulatorOptions } from './options';
import { hashSeed, Random } from './random';
import type { RateUse } from './rateLimits';
import { Router } from './router';

const HOST = '127.0.0.1';

/** Longer than any client keeps an idle connection, so that it is the client who closes it. */
const KEEP_ALIVE_MS = 120_000;

/** A running simulator. */
export interface Simulator {
  /** `http://127.0.0.1:PORT`, the base URL for clients. */
  readonly url: string;
  readonly port: number;
  readonly counters: SimulatorCounters;
  /** The last requests, oldest first, at most `logLimit`. */
  readonly requests: readonly LoggedRequest[];
  /** Told when the answer to a request has ended. */
  readonly onRequestEnded: Event<LoggedRequest>;
  /** Resolves as soon as the counters fit; rejects with the signal's reason. */
  until(fits: (counters: SimulatorCounters) => boolean, signal: AbortSignal): Promise<void>;
  /** The next requests to /v1/messages meet these faults, one entry each; `undefined` lets one through. @throws SpecError */
  faultNext(...specs: readonly (string | undefined)[]): void;
  /** Every request meets these until it is called again; `undefined` ends it. @throws SpecError */
  faultAlways(spec: string | undefined): void;
  /**
   * Begins a script of outages now, instead of the one before: "overload for 30s; 20% reset for 60s; ok". `undefined` ends it.
   * @throws SpecError
   */
  play(script: string | undefined): void;
  readonly scriptState: ScriptState;
  /** What each key used of the rate limits of each model family since the start. */
  readonly rateUse: readonly RateUse[];
  /**
   * The whole text of the answer to this question in a fresh conversation without tools: every attempt at it, and its beginning
   * with what goes on from it, are this text.
   */
  answerTo(question: string, modelId?: string): string;
  /** Ends every connection and frees the port. May be called again. */
  close(): Promise<void>;
}

/**
 * Starts a simulator on 127.0.0.1.
 * @throws OptionsError, SpecError for options that make no sense; the system's error when the port is taken
 */
export async function startSimulator(
  options: SimulatorOptions = {},
  clock: Clock = systemClock,
): Promise<Simulator> {
  const running = new RunningSimulator(resolveOptions(options), clock);
  await running.listen();
  return running;
}

class RunningSimulator implements Simulator {
  readonly #server: Server;
  readonly #activity: Activity;
  readonly #faults: FaultBook;
  readonly #script: ScriptPlayer;
  readonly #messages: MessagesHandler;
  readonly #router: Router;
  readonly #open = new Set<Exchange>();
  #port = 0;
  #number = 0;
  #closing: Promise<void> | undefined;

  readonly options: ResolvedOptions;
  readonly clock: Clock;

  constructor(options: ResolvedOptions, clock: Clock) {
    this.options = options;
    this.clock = clock;

    this.#activity = new Activity(options.logLimit);
    this.#script = new ScriptPlayer(clock);
    this.#faults = new FaultBook(options.faultRates, this.#script);
    this.#messages = new MessagesHandler(
      options,
      this.#faults,
      this.#script,
      this.#activity,
      clock,
    );
    this.#router = new Router(options, this.#faults, this.#messages, clock);
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) =>
      this.#handle(request, response),
    );
    this.#server.on('connection', (socket) => this.#connected(socket));
  }

  get url(): string {
    return `http://${HOST}:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  get counters(): SimulatorCounters {
    return this.#activity.counters;
  }

  get requests(): readonly LoggedRequest[] {
    return this.#activity.log;
  }

  get onRequestEnded(): Event<LoggedRequest> {
    return this.#activity.onEnded;
  }

  until(fits: (counters: SimulatorCounters) => boolean, signal: AbortSignal): Promise<void> {
    return this.#activity.until(fits, signal);
  }

  faultNext(...specs: readonly (string | undefined)[]): void {
    this.#faults.addNext(specs);
  }

  faultAlways(spec: string | undefined): void {
    this.#faults.setAlways(spec);
  }

  play(script: string | undefined): void {
    this.#script.play(script);
  }

  get scriptState(): ScriptState {
    return this.#script.state;
  }

  get rateUse(): readonly RateUse[] {
    return this.#messages.rateUse();
  }

  answerTo(question: string, modelId = 'simulator-fast'): string {
    return answerInFresh(question, modelId);
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.options.port, HOST, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
    this.#script.play(this.options.script);
  }

  close(): Promise<void> {
    this.#closing ??= new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      for (const exchange of this.#open) exchange.stop('the simulator closes');
      this.#server.closeAllConnections();
    });
    return this.#closing;
  }

  #connected(socket: Socket): void {
    this.#activity.change({ openConnections: 1, connections: 1 });
    socket.once('close', () => this.#activity.change({ openConnections: -1 }));
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    this.#number += 1;
    const random = new Random(hashSeed(`${this.options.seed} request ${this.#number}`));
    const exchange = new Exchange(
      request,
      response,
      this.#number,
      `req_011${random.id(21)}`,
      this.#activity,
      this.clock,
      this.options.name,
    );
    this.#open.add(exchange);
    response.once('close', () => this.#open.delete(exchange));
    void this.#router.handle(exchange, this.#port);
  }
}
