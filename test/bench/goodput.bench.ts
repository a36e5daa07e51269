import { benchGoodput } from './goodput/goodput';
import { runBench } from './lib/runBench';
import { servedAsSimulators, SimulatorProcess } from './lib/simulatorProcess';

/** What is made of rate limits, by us and by the SDK's retries: see docs/BENCHMARKS.md. */
if (!servedAsSimulators()) {
  const simulators = new SimulatorProcess();
  await runBench('goodput', {
    goodput: (report, quick) => benchGoodput(report, simulators, quick),
  });
  simulators.stop();
}
