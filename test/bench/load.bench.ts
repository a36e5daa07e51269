import { BenchServerProcess, servedAsBenchServer } from './lib/benchServerProcess';
import { runBench } from './lib/runBench';
import { benchLocalLoad } from './load/localLoad';

/** A hundred requests at once, for a minute: see docs/BENCHMARKS.md. */
if (!servedAsBenchServer()) {
  const server = await BenchServerProcess.start();
  await runBench('load', {
    load: (report, quick) => benchLocalLoad(report, server, quick),
  });
  server.stop();
}
