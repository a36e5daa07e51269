import type { MessagePort } from 'node:worker_threads';
import { checkedOptions } from './options';
import { startSimulator } from './simulator';
import type { Simulator } from './simulator';
import { isCloseMessage } from './workerMessages';
import type { FromSimulatorWorker } from './workerMessages';

/** Runs a simulator for the thread at the other end of the port. The worker ends when the port has closed. */
export async function runWorker(port: MessagePort, options: unknown): Promise<void> {
  const post = (message: FromSimulatorWorker): void => port.postMessage(message);
  let simulator: Simulator;
  try {
    simulator = await startSimulator(checkedOptions(options));
  } catch (error) {
    post({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    port.close();
    return;
  }
  const close = async (): Promise<void> => {
    await simulator.close();
    post({ type: 'closed' });
    port.close();
  };
  port.on('message', (message: unknown) => {
    if (isCloseMessage(message)) void close();
  });
  port.once('close', () => void simulator.close());
  post({ type: 'listening', port: simulator.port, url: simulator.url });
}
