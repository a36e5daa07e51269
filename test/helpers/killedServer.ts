import { setTimeout as delay } from 'node:timers/promises';
import { Deferred } from '../../src/base/deferred';
import { Engine } from '../../src/engine/engine';
import { parseSettings } from '../../src/engine/settings';
import type { Reply, ReplyEvent } from '../../src/engine/types';
import { startSimulator } from '../../src/simulator/simulator';
import type { SimulatorOptions } from '../../src/simulator/options';
import { testEndpoint, testKeys } from './modelHarness';

export interface KillOptions {
  readonly turns: number;
  /** How long nothing listens at the port, ms. */
  readonly downMs: number;
  readonly simulator?: SimulatorOptions;
}

export interface KilledTurn {
  readonly question: string;
  /** Visible text when the server was killed. */
  readonly textBefore: string;
  /** What it should say in the end. */
  readonly wanted: string;
  readonly told: string;
  readonly reply: Reply;
  readonly events: readonly ReplyEvent[];
  /** From the moment the server was back to the end of the turn, ms. */
  readonly tookMs: number;
}

export interface KillReport {
  readonly turns: readonly KilledTurn[];
  /** Requests that arrived before the kill, and after the server was back. */
  readonly requestsBefore: number;
  readonly requestsAfter: number;
}

/** As fast as it can without a server that answers all at once. */
const PACE: SimulatorOptions = { latencyMs: 50, tokensPerSecond: 800, seed: 5, logLimit: 10_000 };
const STALLING_SHARE = 0.4;

/**
 * Kills the server under turns that run, some of which have visible text, and brings it back at the same port: the connections are
 * reset, and nothing listens in between.
 */
export async function killServerUnderTurns(options: KillOptions): Promise<KillReport> {
  const simulatorOptions = { ...PACE, ...options.simulator };
  const first = await startSimulator(simulatorOptions);
  const engine = new Engine({
    keys: testKeys(),
    endpoint: testEndpoint(first.url),
    settings: parseSettings({ concurrency: Math.min(100, options.turns) }),
  });
  const running = Array.from({ length: options.turns }, (_, index) => startTurn(engine, index));
  try {
    await Promise.all(running.map(({ shown }) => shown));
    const before = running.map(({ events }) => textOf(events));
    const requestsBefore = first.counters.requests;
    await first.close();
    await delay(options.downMs);
    const second = await startSimulator({ ...simulatorOptions, port: first.port });
    const backAt = performance.now();
    try {
      const turns = await Promise.all(
        running.map(async ({ question, model, events, reply, endedAt }, index) => ({
          question,
          textBefore: before[index] ?? '',
          wanted: second.answerTo(question, model),
          reply: await reply,
          told: textOf(events),
          events,
          tookMs: (await endedAt) - backAt,
        })),
      );
      return { turns, requestsBefore, requestsAfter: second.counters.requests };
    } finally {
      await second.close();
    }
  } finally {
    engine.dispose();
    await Promise.allSettled(running.map(({ reply }) => reply));
    await first.close();
  }
}

function startTurn(engine: Engine, index: number) {
  // These have no text yet when the server goes.
  const stalls = index % 10 >= 10 - STALLING_SHARE * 10;
  const stall = stalls ? '[[fault stall at=headers seconds=1]] ' : '';
  // A text that never repeats itself: where one does, nobody can tell going on from saying it again.
  const question = `${stall}echo ${uniqueText(index)}`;
  // One goes on from its own words, the other has to be asked to.
  const model = index % 2 === 0 ? 'claude-haiku-4-5' : 'claude-sonnet-5-5';
  const events: ReplyEvent[] = [];
  const shown = new Deferred<void>();
  const ended = new Deferred<number>();
  if (stalls) shown.resolve();
  const reply = engine.stream(
    { model, messages: [{ role: 'user', content: question }], action: 'chat' },
    {
      onEvent: (event) => {
        events.push(event);
        if (event.type === 'text') shown.resolve();
      },
    },
  );
  const end = (): void => {
    ended.resolve(performance.now());
    // A turn that ended early is for the caller to judge.
    shown.resolve();
  };
  reply.then(end, end);
  return { question, model, events, reply, shown: shown.promise, endedAt: ended.promise };
}

function textOf(events: readonly ReplyEvent[]): string {
  return events.map((event) => (event.type === 'text' ? event.text : '')).join('');
}

/** About 2 KB in which no few words come twice. */
function uniqueText(seed: number): string {
  const sentences = Array.from({ length: 40 }, (_, n) => {
    const number = seed * 1_000 + n;
    return `Line ${number} of text ${seed} says ${(number * 7_919).toString(36)} and ${(number * 104_729).toString(36)}.`;
  });
  return sentences.join(' ');
}
