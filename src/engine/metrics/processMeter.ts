import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the event loop's delay is looked at, ms: coarse, so that watching costs next to nothing. */
const RESOLUTION_MS = 50;
const NANOSECONDS_PER_MS = 1_000_000;
const BYTES_PER_MB = 1_000_000;

/** This process, as it is sampled. */
export interface ProcessMeter {
  /** Processor time so far, ms. */
  cpuMs(): number;
  memory(): { readonly rssMB: number; readonly heapMB: number };
  /** Begins to watch the event loop. */
  watch(): void;
  /** How late it was since the last call: P99, ms. */
  takeLoopDelayMs(): number;
  /** Ends watching. */
  unwatch(): void;
}

export function processMeter(): ProcessMeter {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  return {
    cpuMs: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    },
    memory: () => {
      const { rss, heapUsed } = process.memoryUsage();
      return { rssMB: rss / BYTES_PER_MB, heapMB: heapUsed / BYTES_PER_MB };
    },
    watch: () => void histogram.enable(),
    takeLoopDelayMs: () => {
      const late = histogram.count === 0 ? 0 : histogram.percentile(99) / NANOSECONDS_PER_MS;
      histogram.reset();
      return Math.max(0, late - RESOLUTION_MS);
    },
    unwatch: () => void histogram.disable(),
  };
}
