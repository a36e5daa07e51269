import { sleep } from '../../src/base/abort';
import type { BenchTarget } from '../../src/engine/bench/runBench';
import { EngineError } from '../../src/engine/errors';
import type { ChatRequest, ErrorKind, Reply } from '../../src/engine/types';
import type { FakeClock } from './fakeClock';

/** How one scripted request goes; ms. */
export interface ScriptedRequest {
  readonly firstTokenMs?: number;
  readonly totalMs?: number;
  readonly outputTokens?: number;
  readonly queueMs?: number;
  readonly attempts?: number;
  readonly costUSD?: number;
  /** It fails when `totalMs` is over. */
  readonly fails?: ErrorKind;
  /** This model answers in place of the one asked. */
  readonly answeredBy?: string;
}

/** Answers on the fake clock, as its script says: told the request, its number from 0 and how many run with it. */
export class ScriptedBenchTarget implements BenchTarget {
  readonly requests: ChatRequest[] = [];
  readonly startedAt: number[] = [];
  mostAtOnce = 0;
  #running = 0;
  readonly #clock: FakeClock;
  readonly #script: (request: ChatRequest, index: number, running: number) => ScriptedRequest;

  constructor(
    clock: FakeClock,
    script: (request: ChatRequest, index: number, running: number) => ScriptedRequest,
  ) {
    this.#clock = clock;
    this.#script = script;
  }

  async stream(
    request: ChatRequest,
    { signal, onEvent }: Parameters<BenchTarget['stream']>[1],
  ): Promise<Reply> {
    this.#running++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#running);
    const index = this.requests.push(request) - 1;
    this.startedAt.push(this.#clock.now());
    const script = this.#script(request, index, this.#running);
    const { totalMs = 100 } = script;
    try {
      await sleep(totalMs, signal, this.#clock);
    } catch (error) {
      throw new EngineError('aborted', 'stopped', { cause: error });
    } finally {
      this.#running--;
    }
    if (script.fails !== undefined) throw new EngineError(script.fails, 'It failed.');
    if (script.answeredBy !== undefined) {
      const error = new EngineError('overloaded', 'It failed.').toInfo();
      onEvent({ type: 'fallback', endpointId: 'e', model: script.answeredBy, error });
    }
    return replyOf(request, script, totalMs);
  }
}

function replyOf(request: ChatRequest, script: ScriptedRequest, totalMs: number): Reply {
  const { outputTokens = 20, queueMs = 0, attempts = 1, costUSD } = script;
  return {
    model: script.answeredBy ?? request.model,
    text: 'one',
    content: [{ type: 'text', text: 'one' }],
    stopReason: 'max_tokens',
    usage: { inputTokens: 10, outputTokens, cacheReadTokens: 0, cacheWriteTokens: 0 },
    timing: {
      queueMs,
      backoffMs: 0,
      connectMs: 0,
      firstByteMs: 1,
      firstTokenMs: script.firstTokenMs ?? totalMs / 2,
      totalMs,
    },
    costUSD,
    requestId: undefined,
    attempts,
    endpointId: 'e',
    continuations: 0,
    shaped: [],
  };
}
