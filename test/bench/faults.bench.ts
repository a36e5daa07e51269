import { benchFaultsAfterText } from './faults/afterText';
import { benchFaultsBeforeText } from './faults/beforeText';
import { runBench } from './lib/runBench';
import { servedAsSimulators, SimulatorProcess } from './lib/simulatorProcess';

/** Turns over a server that fails every fifth request, before and after the first words: see docs/BENCHMARKS.md. */
if (!servedAsSimulators()) {
  const simulators = new SimulatorProcess();
  await runBench('faults', {
    before: (report, quick) => benchFaultsBeforeText(report, simulators, quick),
    after: (report, quick) => benchFaultsAfterText(report, simulators, quick),
  });
  simulators.stop();
}
