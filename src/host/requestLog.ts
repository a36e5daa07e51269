import { Disposable } from '../base/disposable';
import type { RequestRecord } from '../engine/metrics/snapshot';
import type { EngineHost } from './engineHost';
import type { Log } from './logging/log';

/** Writes a line into the log for every request that ended. */
export class RequestLog extends Disposable {
  #lastId = 0;

  constructor(engine: EngineHost, log: Log) {
    super();
    this._register(
      engine.onMetricsChange(() => {
        const records = (engine.metrics?.recent ?? []).filter(({ id }) => id > this.#lastId);
        for (const record of records.toReversed()) {
          this.#lastId = record.id;
          if (record.outcome === 'failed') log.warn(requestLine(record));
          else log.info(requestLine(record));
        }
      }),
    );
  }
}

/** "claude-x at api.anthropic.com: ok in 1234 ms (queue 0, first byte 80, first token 120 ms), ..." */
export function requestLine(record: RequestRecord): string {
  const { timing, usage, error } = record;
  const phases = [
    `queue ${Math.round(timing.queueMs)}`,
    ...(timing.backoffMs > 0 ? [`backoff ${Math.round(timing.backoffMs)}`] : []),
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
    `request ${record.requestId ?? 'without id'}`,
  ].join('; ');
}

function phase(name: string, ms: number | undefined): string[] {
  return ms === undefined ? [] : [`${name} ${Math.round(ms)}`];
}
