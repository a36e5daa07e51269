import type { Clock } from '../../base/clock';
import { Deferred } from '../../base/deferred';
import type { DemoServer } from './endpointService';

/** From starting the thread to the simulator's word that it listens, ms. */
const START_LIMIT_MS = 10_000;

export class DemoError extends Error {
  override readonly name = 'DemoError';
}

/** The simulator in a thread of its own: started by the first question, ended with the demo or the window. */
export class DemoWorker implements DemoServer {
  /** The bundled `simulator/main.ts`. */
  readonly #script: URL;
  readonly #clock: Clock;
  /** How much faster than a model it answers: 1 as a model does. */
  readonly #speed: number;
  #running: { readonly baseURL: Promise<string>; readonly end: () => void } | undefined;

  constructor(script: URL, clock: Clock, speed = 1) {
    this.#script = script;
    this.#clock = clock;
    this.#speed = speed;
  }

  start(): Promise<string> {
    this.#running ??= this.#launch();
    return this.#running.baseURL;
  }

  stop(): void {
    this.#running?.end();
    this.#running = undefined;
  }

  #launch() {
    const address = new Deferred<string>();
    const ended = new AbortController();
    const end = (why: string): void => {
      limit.dispose();
      ended.abort();
      address.reject(new DemoError(why));
      // The next question starts another one.
      if (this.#running === running) this.#running = undefined;
    };
    const fail = (why: string): void => end(`The demo's simulator can't be used: ${why}.`);
    const limit = this.#clock.setTimeout(
      () => fail(`it did not start within ${START_LIMIT_MS / 1_000} s`),
      START_LIMIT_MS,
    );
    const listening = (url: string): void => {
      limit.dispose();
      address.resolve(url);
    };
    const running = { baseURL: address.promise, end: () => end('The demo was left.') };
    // Whoever waits gets the rejection; when nobody does, it is no unhandled one.
    address.promise.catch(() => undefined);
    this.#spawn(ended.signal, listening, fail).catch((error: unknown) => fail(messageOf(error)));
    return running;
  }

  /** `fail` is told when the thread ends by itself, now or later; what is told twice counts once. */
  async #spawn(
    ended: AbortSignal,
    listening: (url: string) => void,
    fail: (why: string) => void,
  ): Promise<void> {
    const { Worker } = await import('node:worker_threads');
    if (ended.aborted) return;
    const workerData = { simulator: { speed: this.#speed } };
    const worker = new Worker(this.#script, { name: 'pulse-demo', workerData });
    ended.addEventListener('abort', () => void worker.terminate(), { once: true });
    worker.on('message', (message: unknown) => {
      const word = parseWord(message);
      if (word?.type === 'listening') listening(word.url);
      else if (word?.type === 'failed') fail(word.message);
    });
    worker.on('error', (error) => fail(messageOf(error)));
    worker.on('exit', () => fail('it has ended'));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The worker's first word, as far as it matters here. */
type Word =
  | { readonly type: 'listening'; readonly url: string }
  | { readonly type: 'failed'; readonly message: string };

function parseWord(message: unknown): Word | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  if (message.type === 'listening' && 'url' in message && typeof message.url === 'string') {
    return { type: 'listening', url: message.url };
  }
  if (message.type === 'failed' && 'message' in message && typeof message.message === 'string') {
    return { type: 'failed', message: message.message };
  }
  return undefined;
}
