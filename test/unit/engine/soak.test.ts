import { expect, test } from 'vitest';
import { soak } from '../../helpers/soak';

/** `PULSE_SOAK=10000` for the long one. */
const requests = Number(process.env['PULSE_SOAK'] ?? 2_000);
/** Of what a run keeps for good: figures by model, kept answers, compiled code. */
const MAX_HEAP_GROWTH_BYTES = 64 * 1024 * 1024;
/** A pool has a spare or two beside the 16 that may run at once; there are two. */
const MAX_IDLE = 2 * 18;

test(
  'thousands of mixed requests with faults and aborts each end once and leave nothing behind',
  async () => {
    const report = await soak({ requests, seed: 1 });
    const { problems, ends, health, connections, timers, heapGrowthBytes } = report;
    expect(problems).toEqual([]);
    expect(Object.values(ends).reduce((sum, count) => sum + count, 0)).toBe(requests);
    expect(ends['ok']).toBeGreaterThan(requests / 2);
    expect(ends['aborted']).toBeGreaterThan(0);
    expect(report.served).toBeGreaterThan(0);
    expect(report.continuations).toBeGreaterThan(0);
    expect(report.faulted).toBeGreaterThan(report.sent / 10);
    for (const endpoint of health.endpoints) {
      expect(endpoint).toMatchObject({ running: 0, queued: 0, connections: { waiting: 0 } });
    }
    expect(health.limits.filter(({ waiting }) => waiting > 0)).toEqual([]);
    expect(connections.idle).toBeLessThanOrEqual(MAX_IDLE);
    expect(connections.disposed).toBe(0);
    expect(timers).toBe(0);
    expect(heapGrowthBytes ?? 0).toBeLessThan(MAX_HEAP_GROWTH_BYTES);
  },
  60_000 + requests * 30,
);
