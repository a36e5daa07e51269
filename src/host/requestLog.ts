import { systemClock } from '../base/clock';
import type { Clock } from '../base/clock';
import { Disposable } from '../base/disposable';
import type { DisposableLike } from '../base/disposable';
import type { RequestRecord } from '../engine/metrics/snapshot';
import type { EngineHost } from './engineHost';
import { HealthChanges } from './healthChanges';
import type { Log } from './logging/log';

/** Health is looked at this long after it changed, ms: it changes with every request, and lines are few. */
const LOOK_MS = 250;

/** Of `EngineHost`, what is logged. */
export type LoggedEngine = Pick<
  EngineHost,
  'metrics' | 'onMetricsChange' | 'health' | 'onHealthChange'
>;

/** Writes a line into the log for every request that ended and for every endpoint that fell ill or recovered. */
export class RequestLog extends Disposable {
  readonly #engine: LoggedEngine;
  readonly #log: Pick<Log, 'info' | 'warn'>;
  #lastId = 0;
  readonly #changes = new HealthChanges();
  #timer: DisposableLike | undefined;

  constructor(engine: LoggedEngine, log: Pick<Log, 'info' | 'warn'>, clock: Clock = systemClock) {
    super();
    this.#engine = engine;
    this.#log = log;
    this._register(engine.onMetricsChange(() => this.#logRequests()));
    this._register(
      engine.onHealthChange(() => {
        this.#timer ??= clock.setTimeout(() => {
          this.#timer = undefined;
          this.#logHealth();
        }, LOOK_MS);
      }),
    );
    this._register({ dispose: () => this.#timer?.dispose() });
  }

  #logRequests(): void {
    const records = (this.#engine.metrics?.recent ?? []).filter(({ id }) => id > this.#lastId);
    for (const record of records.toReversed()) {
      this.#lastId = record.id;
      if (record.outcome === 'failed') this.#log.warn(requestLine(record));
      else this.#log.info(requestLine(record));
    }
  }

  #logHealth(): void {
    const { health } = this.#engine;
    if (health === undefined) return;
    for (const { isBad, line } of this.#changes.since(health)) {
      if (isBad) this.#log.warn(line);
      else this.#log.info(line);
    }
  }
}

/** "claude-x at api.anthropic.com: ok in 1234 ms (queue 0, first byte 80, first token 120 ms), ..." */
export function requestLine(record: RequestRecord): string {
  const { timing, usage, error } = record;
  const phases = [
    `queue ${Math.round(timing.queueMs)}`,
    ...wait('pacing', timing.pacingMs),
    ...wait('backoff', timing.backoffMs),
    ...wait('recovery', timing.recoveryMs),
    ...phase('connect', timing.connectMs),
    ...phase('first byte', timing.firstByteMs),
    ...phase('first token', timing.firstTokenMs),
  ].join(', ');
  const status = error?.status === undefined ? '' : ` ${error.status}`;
  const why = error === undefined ? '' : ` (${error.kind}${status}: ${error.message})`;
  return [
    `${record.model} at ${record.endpointId}: ${record.outcome}${why}`,
    `in ${Math.round(timing.totalMs)} ms (${phases})`,
    `tokens ${usage.inputTokens} in, ${usage.outputTokens} out`,
    `attempts ${record.attempts}`,
    ...(record.continuations > 0 ? [`gone on with ${record.continuations}`] : []),
    ...(record.servedFrom === undefined ? [] : [`served from ${record.servedFrom}`]),
    `request ${record.requestId ?? 'without id'}`,
  ].join('; ');
}

function phase(name: string, ms: number | undefined): string[] {
  return ms === undefined ? [] : [`${name} ${Math.round(ms)}`];
}

/** Waits that did not happen are left out. */
function wait(name: string, ms = 0): string[] {
  return ms > 0 ? phase(name, ms) : [];
}
