import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 50;

/**
 * Asks until there is an answer other than undefined or false. For conditions that nothing
 * announces; where an event can be waited for, wait for that.
 * @param what ends the sentence "Waited N ms for …" of the error
 */
export async function waitFor<T>(
  what: string,
  limitMs: number,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const until = performance.now() + limitMs;
  do {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await delay(pollMs);
  } while (performance.now() < until);
  throw new Error(`Waited ${limitMs} ms for ${what}.`);
}
