import type { Clock } from '../../src/base/clock';
import { systemClock } from '../../src/base/clock';
import type { DisposableLike } from '../../src/base/disposable';
import { EngineError } from '../../src/engine/errors';
import type {
  AttemptIO,
  AttemptProgress,
  AttemptResult,
  ModelEvent,
} from '../../src/engine/models/baseModel';
import { newProgress } from '../../src/engine/models/baseModel';
import { ModelFactory } from '../../src/engine/models/modelFactory';
import type { KeySource } from '../../src/engine/ports';
import type { EngineSettings } from '../../src/engine/settings';
import { parseSettings } from '../../src/engine/settings';
import type { ChatRequest, Endpoint } from '../../src/engine/types';

export const TEST_KEY = 'sk-test-0123456789abcdef';

export function testEndpoint(baseURL: string, changes: Partial<Endpoint> = {}): Endpoint {
  return {
    id: 'test',
    baseURL,
    authStyle: 'bearer',
    apiVersion: '2026-10-21',
    headers: {},
    ...changes,
  };
}

export function testKeys(key: string | undefined = TEST_KEY): KeySource {
  return { getKey: () => Promise.resolve(key) };
}

export function testRequest(changes: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: 'claude-sonnet-5-5',
    messages: [{ role: 'user', content: 'Hello' }],
    action: 'inline',
    ...changes,
  };
}

export interface HarnessOptions {
  readonly endpoint: Endpoint;
  readonly clock?: Clock;
  readonly keys?: KeySource;
  readonly fetch?: typeof globalThis.fetch;
  readonly settings?: unknown;
}

/** A factory with everything it needs; dispose it. */
export function testFactory(options: HarnessOptions): ModelFactory {
  const settings = parseSettings(options.settings ?? {});
  return new ModelFactory({
    clock: options.clock ?? systemClock,
    keys: options.keys ?? testKeys(),
    settings: () => settings,
    endpoints: [options.endpoint],
    ...(options.fetch ? { fetch: options.fetch } : {}),
  });
}

/** One attempt and what came of it. */
export interface Attempt {
  readonly events: readonly ModelEvent[];
  readonly text: () => string;
  readonly progress: AttemptProgress;
  readonly controller: AbortController;
  /** Never rejects. */
  readonly done: Promise<AttemptResult | EngineError>;
}

export interface AttemptOptions {
  readonly request?: Partial<ChatRequest>;
  readonly settings?: unknown;
  readonly onEvent?: (event: ModelEvent) => void;
}

export function startAttempt(factory: ModelFactory, options: AttemptOptions = {}): Attempt {
  const request = testRequest(options.request);
  const settings: EngineSettings = parseSettings(options.settings ?? {});
  const events: ModelEvent[] = [];
  const progress = newProgress();
  const controller = new AbortController();
  const io: AttemptIO = {
    signal: controller.signal,
    settings,
    progress,
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
  };
  const done = factory
    .model(request.model)
    .startReply(request, io)
    .catch((error: unknown) => {
      if (error instanceof EngineError) return error;
      throw error;
    });
  const text = (): string =>
    events.map((event) => (event.type === 'text' ? event.text : '')).join('');
  return { events, text, progress, controller, done };
}

/** The error of an attempt that must fail. */
export async function failure(attempt: Attempt): Promise<EngineError> {
  const outcome = await attempt.done;
  if (outcome instanceof EngineError) return outcome;
  throw new Error(`expected an error, got a reply: ${JSON.stringify(outcome)}`);
}

/** The result of an attempt that must succeed. */
export async function success(attempt: Attempt): Promise<AttemptResult> {
  const outcome = await attempt.done;
  if (outcome instanceof EngineError) throw outcome;
  return outcome;
}

/** Disposes what was added, last first; for `afterEach`. */
export class Cleanup {
  readonly #owned: (() => Promise<void> | void)[] = [];

  add<T extends DisposableLike>(resource: T): T {
    this.#owned.push(() => resource.dispose());
    return resource;
  }

  closing<T extends { close(): Promise<void> }>(server: T): T {
    this.#owned.push(() => server.close());
    return server;
  }

  later(run: () => Promise<void> | void): void {
    this.#owned.push(run);
  }

  async run(): Promise<void> {
    for (const each of this.#owned.splice(0).toReversed()) await each();
  }
}
