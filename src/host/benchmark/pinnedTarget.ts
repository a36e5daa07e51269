import type { BenchTarget } from '../../engine/bench/runBench';
import type { Engine } from '../../engine/engine';
import { EngineError } from '../../engine/errors';

/**
 * The engine while it points at this endpoint. When the user chooses another one meanwhile nothing more is sent and `stop` is aborted:
 * the figures would be of both.
 */
export function pinnedTarget(
  engine: Pick<Engine, 'endpoint' | 'stream'>,
  endpointId: string,
  stop: AbortController,
): BenchTarget {
  return {
    stream: (request, options) => {
      if (engine.endpoint.id === endpointId) return engine.stream(request, options);
      const moved = new EngineError('aborted', 'The endpoint was changed during the benchmark.');
      stop.abort(moved);
      return Promise.reject(moved);
    },
  };
}
