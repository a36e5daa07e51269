import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cpus } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { sleep } from '../../base/abort';
import { systemClock } from '../../base/clock';
import type { Clock } from '../../base/clock';
import { failureOf, timed } from './timed';
import type { Probe } from './timed';

/** How long event loop and processor are watched. */
const WATCH_MS = 2_000;
const RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1_000_000;
const DISK_MS = 10_000;
const DISK_BYTES = 65_536;

/** The part of `monitorEventLoopDelay`'s histogram that is read; nanoseconds. */
export interface LoopHistogram {
  enable(): boolean;
  disable(): boolean;
  percentile(percentile: number): number;
  readonly max: number;
}

/** The machine as the probes use it. */
export interface LocalPorts {
  readonly clock: Clock;
  /** Samples every 10 ms, so that a loop that is free shows 10 ms. */
  readonly loopHistogram: () => LoopHistogram;
  /** Processor time of this process so far, ms. */
  readonly cpuMs: () => number;
  /** Of all processors together and all programs, since the machine began; both 0 where the system does not tell. */
  readonly processors: () => { readonly busyMs: number; readonly idleMs: number };
  readonly heap: () => { readonly usedBytes: number; readonly limitBytes: number };
  /** Writes a file to the disk itself and deletes it; its folder is made where it is not there. */
  readonly writeAndDelete: (file: string, bytes: number) => Promise<void>;
}

export const systemMachine: LocalPorts = {
  clock: systemClock,
  loopHistogram: () => monitorEventLoopDelay({ resolution: RESOLUTION_MS }),
  cpuMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
  processors: () => {
    const times = cpus().map((cpu) => cpu.times);
    const idleMs = times.reduce((sum, { idle }) => sum + idle, 0);
    const allMs = times.reduce(
      (sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq,
      0,
    );
    return { busyMs: allMs - idleMs, idleMs };
  },
  heap: () => {
    const { used_heap_size: usedBytes, heap_size_limit: limitBytes } = getHeapStatistics();
    return { usedBytes, limitBytes };
  },
  writeAndDelete: async (file, bytes) => {
    await mkdir(dirname(file), { recursive: true });
    try {
      const handle = await open(file, 'wx');
      try {
        await handle.write(new Uint8Array(bytes));
        await handle.sync();
      } finally {
        await handle.close();
      }
    } finally {
      await rm(file, { force: true });
    }
  },
};

export interface LocalFindings {
  /** By how much a timer is late, ms: 99th percentile and longest of two seconds. */
  readonly loop: { readonly p99Ms: number; readonly maxMs: number };
  /** Of one core, 0-1 and above where several are at work. */
  readonly cpuShare: number;
  /** Of all processors, by all programs, 0-1. */
  readonly machineShare: number;
  readonly heap: { readonly usedBytes: number; readonly limitBytes: number };
  readonly disk: Probe<undefined>;
}

/**
 * Looks at this process for two seconds and at the disk that holds `folder`.
 * @throws the signal's reason when it is aborted, and nothing else
 */
export async function probeLocal(
  folder: string,
  ports: LocalPorts,
  signal: AbortSignal,
): Promise<LocalFindings> {
  const { clock } = ports;
  const watched = await watchProcess(ports, signal);
  const file = join(folder, `pulse-disk-${randomUUID()}.tmp`);
  const disk = await timed(
    async () => {
      await ports.writeAndDelete(file, DISK_BYTES);
      return undefined;
    },
    failureOf,
    { limitMs: DISK_MS, clock, signal },
  );
  return { ...watched, heap: ports.heap(), disk };
}

async function watchProcess(
  ports: LocalPorts,
  signal: AbortSignal,
): Promise<Pick<LocalFindings, 'loop' | 'cpuShare' | 'machineShare'>> {
  const { clock } = ports;
  const histogram = ports.loopHistogram();
  const startedAt = clock.now();
  const cpuBefore = ports.cpuMs();
  const before = ports.processors();
  histogram.enable();
  try {
    await sleep(WATCH_MS, signal, clock);
  } finally {
    histogram.disable();
  }
  const after = ports.processors();
  const busyMs = after.busyMs - before.busyMs;
  const tookMs = Math.max(1, clock.now() - startedAt);
  return {
    loop: { p99Ms: lateBy(histogram.percentile(99)), maxMs: lateBy(histogram.max) },
    cpuShare: (ports.cpuMs() - cpuBefore) / tookMs,
    machineShare: busyMs / Math.max(1, busyMs + after.idleMs - before.idleMs),
  };
}

function lateBy(nanoseconds: number): number {
  return Math.max(0, nanoseconds / NANOSECONDS_PER_MS - RESOLUTION_MS);
}
