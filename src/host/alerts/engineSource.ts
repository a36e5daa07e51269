import type { Engine } from '../../engine/engine';
import { tightest } from '../../engine/limitShares';
import type { MetricSource } from '../../engine/metrics/alerts/metricSource';
import type { SystemSample } from '../../engine/metrics/metricsHistory';

/** What alerts read: the engine's figures and health, and the process in the last minute of work. */
export function engineSource(
  engine: Pick<Engine, 'metrics' | 'health'>,
  lastSample: () => SystemSample | undefined,
): MetricSource {
  const { metrics } = engine;
  return {
    figures: (window, model) => metrics.window(window, model),
    models: () => metrics.models,
    gauges: () => {
      const { breakers, limits } = engine.health();
      const sample = lastSample();
      return {
        queued: metrics.queue.queued,
        headroom: tightest(limits)?.share,
        openBreakers: breakers
          .filter(({ state }) => state !== 'closed')
          .map(({ endpointId, family }) => ({ endpointId, family })),
        loopDelayMs: sample?.loopDelayMs,
        rssMB: sample?.rssMB,
      };
    },
  };
}
