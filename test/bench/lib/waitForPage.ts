import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 100;

/** Asks until the answer is yes. @throws Error after `limitMs` */
export async function waitForPage(
  what: string,
  limitMs: number,
  isThere: () => Promise<boolean>,
): Promise<void> {
  const until = performance.now() + limitMs;
  while (!(await isThere())) {
    if (performance.now() > until) throw new Error(`${what} did not come in ${limitMs} ms`);
    await sleep(EVERY_MS);
  }
}
