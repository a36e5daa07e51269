import { runBench } from './lib/runBench';
import { benchOverhead } from './overhead/overhead';

/** What the engine adds to a request by itself: see docs/BENCHMARKS.md. */
await runBench('overhead', { overhead: benchOverhead });
