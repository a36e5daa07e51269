import { benchEventLoopDelay } from './engine/eventLoopDelay';
import { benchStreamCpu } from './engine/streamCpu';
import { BenchServerProcess, servedAsBenchServer } from './lib/benchServerProcess';
import { runBench } from './lib/runBench';

/** The engine against a bare parser, the SDK and the AI SDK: see docs/BENCHMARKS.md. */
if (!servedAsBenchServer()) {
  const server = await BenchServerProcess.start();
  await runBench('engine', {
    stream: (report, quick) => benchStreamCpu(report, server, quick),
    delay: (report, quick) => benchEventLoopDelay(report, server, quick),
  });
  server.stop();
}
