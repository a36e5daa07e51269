import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { runCli } from './cli';
import { runWorker } from './worker';
import { isSimulatorWorkerData } from './workerMessages';

/** The bundle's entry: a command line, a worker, or a library, by how it was loaded. */
export { startSimulator } from './simulator';
export type { Simulator } from './simulator';
export type { SimulatorOptions } from './options';
export type { RateUse } from './rateLimits';
export type { ScriptState } from './faults/scriptPlayer';

function isScript(): boolean {
  const script = process.argv[1];
  if (!isMainThread || script === undefined) return false;
  try {
    return realpathSync(script) === fileURLToPath(import.meta.url);
  } catch {
    return false;
  }
}

const data: unknown = workerData;
if (parentPort && isSimulatorWorkerData(data)) {
  await runWorker(parentPort, data.simulator);
} else if (isScript()) {
  process.exitCode = await runCli(process.argv.slice(2));
}
