import type { Contender } from './interleave';

const CALLS_PER_SAMPLE = 5_000;
const UNCOUNTED_CALLS = 200;

/** Microseconds of CPU for one call, called one after the other. */
export function perCallCost(name: string, call: () => Promise<unknown> | void): Contender {
  return {
    name,
    sample: async () => {
      for (let count = 0; count < UNCOUNTED_CALLS; count++) await call();
      const before = process.cpuUsage();
      for (let count = 0; count < CALLS_PER_SAMPLE; count++) await call();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / CALLS_PER_SAMPLE;
    },
  };
}
