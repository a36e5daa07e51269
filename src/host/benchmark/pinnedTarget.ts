import type { BenchTarget } from '../../engine/bench/runBench';
import type { Engine } from '../../engine/engine';
import { EngineError } from '../../engine/errors';
import type { ModelFactory } from '../../engine/models/modelFactory';
import { DEFAULT_GROUP } from '../../engine/requests/turnWorkshop';

/**
 * The engine with every request pinned to this endpoint, so that neither balancing nor a failure takes it elsewhere. When the endpoint is
 * among those in use no longer, nothing more is sent and `stop` is aborted.
 */
export function pinnedTarget(
  engine: Pick<Engine, 'stream'> & { readonly models: Pick<ModelFactory, 'endpoints'> },
  endpointId: string,
  stop: AbortController,
): BenchTarget {
  return {
    stream: (request, options) => {
      const endpoint = engine.models.endpoints.find(({ id }) => id === endpointId);
      if (endpoint) {
        const { group = DEFAULT_GROUP } = endpoint;
        return engine.stream({ ...request, group, endpointId }, options);
      }
      const moved = new EngineError('aborted', 'The endpoint was changed during the benchmark.');
      stop.abort(moved);
      return Promise.reject(moved);
    },
  };
}
