import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SystemSample } from '../../../../src/engine/metrics/metricsHistory';
import { processMeter } from '../../../../src/engine/metrics/processMeter';
import type { ProcessMeter } from '../../../../src/engine/metrics/processMeter';
import { SystemSampler } from '../../../../src/engine/metrics/systemSampler';
import { FakeClock } from '../../../helpers/fakeClock';

const MINUTE = 60_000;

describe('SystemSampler', () => {
  let clock: FakeClock;
  let queue: { running: number; queued: number; concurrency: number };
  let cpuMs: number;
  let watching: boolean;
  let sampler: SystemSampler;
  let samples: SystemSample[];

  beforeEach(() => {
    clock = new FakeClock();
    queue = { running: 0, queued: 0, concurrency: 4 };
    cpuMs = 100;
    watching = false;
    const meter: ProcessMeter = {
      cpuMs: () => cpuMs,
      memory: () => ({ rssMB: 200, heapMB: 50 }),
      watch: () => (watching = true),
      takeLoopDelayMs: () => 7,
      unwatch: () => (watching = false),
    };
    sampler = new SystemSampler({ clock, meter, queue, headroom: () => 0.4 });
    samples = [];
    sampler.onSample((sample) => samples.push(sample));
  });

  afterEach(() => sampler.dispose());

  test('does nothing before there is work', async () => {
    await clock.advance(10 * MINUTE);
    expect(samples).toEqual([]);
    expect(watching).toBe(false);
    expect(clock.pending).toBe(0);
  });

  test('samples each minute of work', async () => {
    queue.running = 3;
    sampler.active();
    queue.running = 1;
    queue.queued = 2;
    sampler.active();
    sampler.storeTook(4);
    sampler.storeTook(2);
    sampler.connected(0);
    sampler.connected(90);
    sampler.connected(80);
    cpuMs += 15_000;
    await clock.advance(MINUTE);
    expect(samples).toEqual([
      {
        at: clock.wallNow(),
        cpuShare: 0.25,
        rssMB: 200,
        heapMB: 50,
        loopDelayMs: 7,
        running: 3,
        queued: 2,
        concurrency: 4,
        headroom: 0.4,
        storeMs: 4,
        networkMs: 80,
      },
    ]);
    await clock.advance(MINUTE);
    expect(samples[1]).toMatchObject({
      running: 1,
      queued: 2,
      storeMs: undefined,
      networkMs: undefined,
    });
    expect(sampler.recent).toEqual(samples);
  });

  test('ends ten minutes after the last work, and begins again with the next', async () => {
    sampler.active();
    await clock.advance(9 * MINUTE);
    sampler.active();
    await clock.advance(30 * MINUTE);
    expect(samples.length).toBeGreaterThanOrEqual(19);
    expect(samples.length).toBeLessThanOrEqual(21);
    expect(watching).toBe(false);
    expect(clock.pending).toBe(0);
    sampler.active();
    expect(watching).toBe(true);
  });

  test('goes on while a turn takes long', async () => {
    queue.running = 1;
    sampler.active();
    await clock.advance(30 * MINUTE);
    expect(samples).toHaveLength(30);
  });
});

test('the process is measured in the units that it says', () => {
  const meter = processMeter();
  meter.watch();
  expect(meter.takeLoopDelayMs()).toBeGreaterThanOrEqual(0);
  meter.unwatch();
  expect(meter.cpuMs()).toBeGreaterThan(1);
  const { rssMB, heapMB } = meter.memory();
  expect(heapMB).toBeGreaterThan(1);
  expect(rssMB).toBeGreaterThan(heapMB);
});
