import { runBench } from './lib/runBench';
import { servedAsSimulators, SimulatorProcess } from './lib/simulatorProcess';
import { benchOutage } from './outage/outage';

/** What clients do to a server that is down, and how soon they notice that it is back: see docs/BENCHMARKS.md. */
if (!servedAsSimulators()) {
  const simulators = new SimulatorProcess();
  await runBench('outage', {
    outage: (report, quick) => benchOutage(report, simulators, quick),
  });
  simulators.stop();
}
