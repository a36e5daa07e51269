import { systemClock } from '../../../src/base/clock';
import { Disposable } from '../../../src/base/disposable';
import { MetricsRecorder, type FinishedTurn } from '../../../src/engine/metrics/recorder';
import { BreakerSet } from '../../../src/engine/resilience/breakerSet';
import { Lanes } from '../../../src/engine/resilience/lanes';
import { withRetries, type RetryOptions } from '../../../src/engine/resilience/retry';
import { DEFAULT_SETTINGS } from '../../../src/engine/settings';
import type { Contender } from '../lib/interleave';
import { perCallCost } from '../lib/perCallCost';
import { BENCH_MODEL } from '../lib/streamClients';
import { RATE_LIMIT_HEADERS, SMALL_USAGE } from './instantModel';

const ENDPOINT = 'bench';
const FAMILY = 'sonnet-5';
const answer = (): Promise<number> => Promise.resolve(1);
const nothing = (): void => undefined;

/** The engine's parts, each by itself. */
export class Pieces extends Disposable {
  readonly #recorder = this._register(
    new MetricsRecorder(systemClock, { running: 0, queued: 0, concurrency: 10 }),
  );
  readonly #breakers = this._register(
    new BreakerSet({
      settings: () => DEFAULT_SETTINGS.breaker,
      clock: systemClock,
      random: Math.random,
    }),
  );
  readonly #lanes = this._register(
    new Lanes({ clock: systemClock, settings: () => DEFAULT_SETTINGS, scope: () => ENDPOINT }),
  );

  /** The recorder comes first: it has a target of its own. */
  contenders(): Contender[] {
    this.#recorder.onChange(() => this.#recorder.snapshot());
    const { limiter, pacer, budget } = this.#lanes.get(ENDPOINT);
    const { signal } = new AbortController();
    const task = {
      action: 'chat',
      signal,
      admitted: false,
      onQueued: nothing,
      onStart: nothing,
    } as const;
    const paced = {
      family: FAMILY,
      model: BENCH_MODEL,
      action: 'chat',
      inputTokens: SMALL_USAGE.inputTokens,
      maxOutputTokens: 1_024,
    } as const;
    return [
      perCallCost('our recorder', () => this.#recorder.turnEnded(FINISHED)),
      perCallCost('our retries', () => withRetries(answer, retryOptions(signal))),
      perCallCost('our queue', () => limiter.run(answer, task)),
      perCallCost('our breaker', () => {
        const permit = this.#breakers.get(ENDPOINT, FAMILY).tryAcquire(true);
        permit?.settle({ kind: 'success', firstTokenMs: 420 });
      }),
      perCallCost('our pacing', () => {
        const reserved = pacer.tryReserve(paced);
        if (!('settle' in reserved)) throw new Error('the limits are too low for the bench');
        reserved.answered(200, RATE_LIMIT_HEADERS);
        reserved.settle(SMALL_USAGE);
      }),
      perCallCost('our retry budget', () => budget.earned()),
    ];
  }
}

function retryOptions(signal: AbortSignal): RetryOptions {
  return {
    settings: DEFAULT_SETTINGS.retry,
    clock: systemClock,
    random: Math.random,
    signal,
    promptTokens: () => SMALL_USAGE.inputTokens,
    isVisible: () => false,
    mayRetry: () => true,
    isElsewhere: () => false,
    onRetry: nothing,
    onResume: nothing,
  };
}

const FINISHED: FinishedTurn = {
  endpointId: ENDPOINT,
  model: BENCH_MODEL,
  action: 'chat',
  outcome: 'ok',
  stopReason: 'end_turn',
  error: undefined,
  timing: {
    queueMs: 0,
    backoffMs: 0,
    connectMs: 0,
    firstByteMs: 310,
    firstTokenMs: 420,
    totalMs: 2_300,
  },
  usage: SMALL_USAGE,
  costUSD: 0.001,
  requestId: 'req_bench',
  attempts: 1,
  continuations: 0,
};
