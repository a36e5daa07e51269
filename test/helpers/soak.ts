import { getEventListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Engine } from '../../src/engine/engine';
import { EngineError } from '../../src/engine/errors';
import type { EngineHealth } from '../../src/engine/health';
import { parseSettings } from '../../src/engine/settings';
import type { EngineSettings } from '../../src/engine/settings';
import type { Action, ChatRequest, Reply } from '../../src/engine/types';
import { startSimulator } from '../../src/simulator/simulator';
import type { Simulator } from '../../src/simulator/simulator';
import { FastClock } from './fastClock';
import { testEndpoint, testKeys } from './modelHarness';
import { seededRandom } from './seededRandom';

/** A second of backoff, pacing or recovery takes 20 ms. */
const SPEED = 50;
const OUTSTANDING = 100;
const ABORTED_SHARE = 0.15;
/** Questions of an action that others ask, too. */
const REPEATED_SHARE = 0.3;
const MODELS = ['claude-haiku-4-5', 'claude-sonnet-5-5', 'simulator-fast'] as const;
const ACTIONS: readonly Action[] = ['chat', 'inline', 'live', 'batch'];
const END_LIMIT_MS = 10_000;

/** A fifth of all requests meets one of these. */
const FAULTS = [
  '3% overload',
  '2% server-error',
  '2% rate-limit retry-after=1',
  '1% html',
  '1% timeout',
  '2% reset at=headers',
  '2% reset at=stream after=5',
  '1.5% cut after=5',
  '1.5% truncate after=5',
  '2% error after=5',
  '0.5% stall at=stream after=5 seconds=60',
  '0.5% stall at=headers seconds=60',
  '0.5% drip after=5 bytes=200 ms=100',
  '0.5% auth',
  '0.5% invalid',
  '0.5% too-large',
  '0.5% pause_turn after=20',
].join(' + ');

const SETTINGS = {
  concurrency: 16,
  queueLimit: 90,
  'retry.initialDelayMs': 200,
  // Trouble at one endpoint is what the other is for; all of it within the test's time.
  'retry.patienceMs': 60_000,
  'breaker.failureThreshold': 10,
  'breaker.recoveryMs': 10_000,
  'timeouts.firstEventMs': 5_000,
  'timeouts.idleMs': 5_000,
  'hedging.delayMs': 1_000,
  'pool.idleMs': 60_000,
};

export interface SoakOptions {
  readonly requests: number;
  readonly seed: number;
}

export interface SoakReport {
  /** How the requests ended, by kind of error; `ok` for those that did not fail. */
  readonly ends: Readonly<Record<string, number>>;
  /** Requests that were answered by what was kept or shared. */
  readonly served: number;
  readonly continuations: number;
  /** Requests sent, retries, hedges and continuations included. */
  readonly sent: number;
  /** Of those, requests that met a fault or an enforced rate limit. */
  readonly faulted: number;
  readonly tookMs: number;
  /** What must not be: each a sentence. */
  readonly problems: readonly string[];
  /** After all had ended. */
  readonly health: EngineHealth;
  /** Open connections before and after the engine was disposed. */
  readonly connections: { readonly idle: number; readonly disposed: number };
  /** Timers that wait after the engine was disposed. */
  readonly timers: number;
  /** Between the first quarter and the end, after a collection each; `undefined` without `--expose-gc`. */
  readonly heapGrowthBytes: number | undefined;
}

/**
 * Sends many mixed requests through one engine to two simulators that fail a fifth of them, stops some at random moments, and looks for
 * what is left behind. The same seed asks the same.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const clock = new FastClock(SPEED);
  const simulators = await Promise.all([1, 2].map((number) => startFaulty(number, options, clock)));
  const [first, second] = simulators;
  if (!first || !second) throw new Error('no simulator');
  const run = new SoakRun(options, clock, [first, second]);
  try {
    return await run.report();
  } finally {
    await Promise.all(simulators.map((simulator) => simulator.close()));
  }
}

function startFaulty(number: number, { seed }: SoakOptions, clock: FastClock): Promise<Simulator> {
  return startSimulator(
    {
      burst: true,
      seed: seed + number,
      name: `soak-${number}`,
      logLimit: 0,
      script: FAULTS,
      limits: { requests: 100_000, inputTokens: 6_000_000, outputTokens: 3_000_000 },
    },
    clock,
  );
}

class SoakRun {
  readonly #options: SoakOptions;
  readonly #clock: FastClock;
  readonly #simulators: readonly [Simulator, Simulator];
  readonly #engine: Engine;
  readonly #random: () => number;
  readonly #ends = new Map<string, number>();
  readonly #problems: string[] = [];
  #served = 0;
  #continuations = 0;
  #ended = 0;
  #heapBefore: number | undefined;

  constructor(options: SoakOptions, clock: FastClock, simulators: readonly [Simulator, Simulator]) {
    this.#options = options;
    this.#clock = clock;
    this.#simulators = simulators;
    this.#random = seededRandom(options.seed);
    const [first, second] = simulators;
    this.#engine = new Engine({
      keys: testKeys(),
      endpoint: testEndpoint(first.url, { id: 'one' }),
      others: [testEndpoint(second.url, { id: 'two' })],
      settings: settings({}),
      clock,
      random: seededRandom(options.seed + 1),
    });
  }

  async report(): Promise<SoakReport> {
    const onUnhandled = (reason: unknown): void => {
      this.#problems.push(`an unhandled rejection: ${String(reason)}`);
    };
    process.on('unhandledRejection', onUnhandled);
    const startedAt = performance.now();
    try {
      await this.#askAll();
      await this.#askEverythingOnce();
      const tookMs = performance.now() - startedAt;
      const health = this.#engine.health();
      const idle = this.#openConnections();
      const heapAfter = heapUsed();
      this.#engine.dispose();
      await this.#allClosed();
      return {
        ends: Object.fromEntries(this.#ends),
        served: this.#served,
        continuations: this.#continuations,
        sent: this.#simulators.reduce((sum, { counters }) => sum + counters.requests, 0),
        faulted: this.#simulators.reduce(
          (sum, { counters }) => sum + counters.faulted + counters.rateLimited,
          0,
        ),
        tookMs,
        problems: this.#problems,
        health,
        connections: { idle, disposed: this.#openConnections() },
        timers: this.#clock.pending,
        heapGrowthBytes:
          heapAfter === undefined || this.#heapBefore === undefined
            ? undefined
            : heapAfter - this.#heapBefore,
      };
    } finally {
      this.#engine.dispose();
      process.off('unhandledRejection', onUnhandled);
    }
  }

  /** As many at once as a busy editor would have at its worst, and a new one whenever one ends. */
  async #askAll(): Promise<void> {
    const { requests } = this.#options;
    let next = 0;
    const askOn = async (): Promise<void> => {
      while (next < requests) {
        const index = next++;
        if (index === Math.floor(requests / 4)) this.#heapBefore = heapUsed();
        if (index === Math.floor(requests / 2)) {
          this.#engine.updateSettings(settings({ 'hedging.enabled': true, 'cache.chat': true }));
        }
        await this.#ask(index);
      }
    };
    await Promise.all(Array.from({ length: OUTSTANDING }, askOn));
    if (this.#ended !== requests) this.#problems.push(`${this.#ended} ended of ${requests}`);
  }

  /** Slots, permits and reservations are all free again if everybody gets an answer of every model once more. */
  async #askEverythingOnce(): Promise<void> {
    for (const simulator of this.#simulators) simulator.play(undefined);
    const replies = MODELS.flatMap((model) =>
      Array.from({ length: 30 }, (_, index) =>
        this.#engine.stream({
          model,
          messages: [{ role: 'user', content: `echo afterwards ${index}` }],
          action: 'chat',
          fresh: true,
        }),
      ),
    );
    for (const outcome of await Promise.allSettled(replies)) {
      if (outcome.status === 'rejected') {
        this.#problems.push(`afterwards: ${String(outcome.reason)}`);
      }
    }
  }

  async #ask(index: number): Promise<void> {
    const request = this.#request(index);
    const stop = new AbortController();
    const abort = this.#abortPlan();
    if (abort.atMs === 0) stop.abort();
    const timer = abort.atMs > 0 ? setTimeout(() => stop.abort(), abort.atMs) : undefined;
    let told = '';
    let events = 0;
    let isOver = false;
    try {
      const reply = await this.#engine.stream(request, {
        signal: stop.signal,
        onEvent: (event) => {
          if (isOver) this.#problems.push(`${index}: ${event.type} after the end`);
          if (event.type === 'text') told += event.text;
          if (++events === abort.atEvent) stop.abort();
        },
      });
      isOver = true;
      this.#replied(index, request, reply, told);
    } catch (error) {
      isOver = true;
      this.#failed(index, error, told);
    } finally {
      clearTimeout(timer);
    }
    this.#ended++;
    // What is left to be done in the same moment.
    await delay(0);
    const listeners = getEventListeners(stop.signal, 'abort').length;
    if (listeners > 0) this.#problems.push(`${index}: ${listeners} listeners left on its signal`);
  }

  #replied(index: number, request: ChatRequest, reply: Reply, told: string): void {
    this.#count('ok');
    this.#continuations += reply.continuations;
    if (reply.servedFrom !== undefined) this.#served++;
    if (told !== reply.text) this.#problems.push(`${index}: told another text than the reply's`);
    const [message] = request.messages;
    const question = typeof message?.content === 'string' ? message.content : '';
    const wanted = this.#simulators[0].answerTo(question, request.model);
    if (reply.stopReason === 'end_turn' && reply.text !== wanted) {
      this.#problems.push(
        `${index}: another text than the server's (${reply.continuations} times continued)`,
      );
    }
  }

  #failed(index: number, error: unknown, told: string): void {
    if (!(error instanceof EngineError)) {
      this.#problems.push(`${index}: ${String(error)} is no EngineError`);
      return;
    }
    this.#count(error.kind);
    if (error.kind === 'internal') this.#problems.push(`${index}: ${String(error.cause)}`);
    if (told !== error.partialText) {
      this.#problems.push(`${index}: told another text than the partial one (${error.kind})`);
    }
  }

  #request(index: number): ChatRequest {
    const random = this.#random;
    const action = pick(ACTIONS, random);
    const number = random() < REPEATED_SHARE ? Math.floor(random() * 50) : index;
    return {
      model: pick(MODELS, random),
      messages: [{ role: 'user', content: `paragraph 1 seed=${number}` }],
      action,
      temperature: 0,
      ...(action === 'chat' ? { conversationId: `talk-${Math.floor(random() * 200)}` } : {}),
      ...(random() < 0.05 ? { fresh: true } : {}),
    };
  }

  /** -1: not by this. */
  #abortPlan(): { readonly atMs: number; readonly atEvent: number } {
    const random = this.#random;
    const kind = random();
    const moment = random();
    if (kind >= ABORTED_SHARE) return { atMs: -1, atEvent: -1 };
    if (kind < ABORTED_SHARE / 2) return { atMs: -1, atEvent: 1 + Math.floor(moment * 12) };
    return { atMs: Math.floor(moment * 40), atEvent: -1 };
  }

  #count(end: string): void {
    this.#ends.set(end, (this.#ends.get(end) ?? 0) + 1);
  }

  #openConnections(): number {
    return this.#simulators.reduce((sum, { counters }) => sum + counters.openConnections, 0);
  }

  async #allClosed(): Promise<void> {
    const limit = AbortSignal.timeout(END_LIMIT_MS);
    await Promise.all(
      this.#simulators.map((simulator) =>
        simulator
          .until(({ openConnections }) => openConnections === 0, limit)
          .catch(() => this.#problems.push('connections were left open')),
      ),
    );
  }
}

function settings(changes: Readonly<Record<string, unknown>>): EngineSettings {
  return parseSettings({ ...SETTINGS, ...changes });
}

function pick<T>(list: readonly T[], random: () => number): T {
  const chosen = list[Math.floor(random() * list.length)];
  if (chosen === undefined) throw new Error('an empty list');
  return chosen;
}

/** Bytes in use after a collection; `undefined` where none can be asked for. */
function heapUsed(): number | undefined {
  if (typeof globalThis.gc !== 'function') return undefined;
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
