import { isRecord } from './json';
import type { SimulatorOptions } from './options';

/** What the worker is started with: `new Worker('simulator.js', { workerData })`. */
export interface SimulatorWorkerData {
  readonly simulator: SimulatorOptions;
}

/** From the worker. `listening` or `failed` comes once, first; `closed` last, when it was told to close. */
export type FromSimulatorWorker =
  | { readonly type: 'listening'; readonly port: number; readonly url: string }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'closed' };

/** To the worker. It closes by itself when the thread that started it is gone. */
export interface ToSimulatorWorker {
  readonly type: 'close';
}

export function isSimulatorWorkerData(value: unknown): value is { readonly simulator: unknown } {
  return isRecord(value) && isRecord(value['simulator']);
}

export function isCloseMessage(value: unknown): value is ToSimulatorWorker {
  return isRecord(value) && value['type'] === 'close';
}
