import { setTimeout as sleep } from 'node:timers/promises';

const PASSES = 4;
const BETWEEN_MS = 25;

/**
 * Collects garbage, with time between the passes: what a weak reference or a finalizer holds goes only in a later turn of
 * the event loop. @throws Error without --expose-gc
 */
export async function collectGarbage(): Promise<void> {
  if (globalThis.gc === undefined) throw new Error('run this with node --expose-gc');
  for (let pass = 0; pass < PASSES; pass++) {
    globalThis.gc();
    await sleep(BETWEEN_MS);
  }
}
