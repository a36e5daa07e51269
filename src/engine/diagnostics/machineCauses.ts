import type { Cause } from './cause';
import type { LocalFindings } from './localProbes';
import { steadyGrowth } from './memoryWatch';
import type { MemorySample } from './memoryWatch';

/** Six frames in which no text appears. */
const LATE_MS = 100;
/** A single one of these is felt. */
const FROZEN_MS = 1_000;
const BUSY_SHARE = 0.9;
/** Of a core: less is too little to keep others waiting. */
const OWN_WORK_SHARE = 0.5;
/** For 64 KB, synced: a healthy disk takes a few ms. */
const SLOW_DISK_MS = 500;
const GROWTH_BYTES = 64 * 1024 * 1024;
const GROWTH_SHARE = 0.2;
const FULL_SHARE = 0.85;

/** What is wrong with this machine and process, which other extensions share. `memory`: over time, oldest first. */
export function machineCauses(
  found: LocalFindings,
  memory: readonly MemorySample[],
): readonly Cause[] {
  const causes = [busy(found), badDisk(found), growing(memory), full(found)];
  return causes.filter((cause) => cause !== undefined);
}

/** A loop that is late without work of its own on a machine that is full: what is short is the processor. */
function busy({ loop, cpuShare, machineShare }: LocalFindings): Cause | undefined {
  const isLate = loop.p99Ms >= LATE_MS || loop.maxMs >= FROZEN_MS;
  const isStarved = isLate && machineShare >= BUSY_SHARE && cpuShare < OWN_WORK_SHARE;
  if (isLate && !isStarved) {
    return {
      kind: 'blocked_loop',
      evidence: [
        { name: 'loopDelayMs', value: loop.maxMs },
        { name: 'cpuShare', value: cpuShare },
      ],
      fixes: ['runningExtensions'],
    };
  }
  if (cpuShare < BUSY_SHARE && !isStarved) return undefined;
  return {
    kind: 'busy_cpu',
    evidence: [
      { name: 'cpuShare', value: cpuShare },
      { name: 'machineShare', value: machineShare },
      { name: 'loopDelayMs', value: loop.maxMs },
    ],
    fixes: ['runningExtensions'],
  };
}

function badDisk({ disk }: LocalFindings): Cause | undefined {
  if (disk.outcome === 'skipped') return undefined;
  if (disk.outcome === 'failed') {
    const evidence = [{ name: 'code', value: disk.failure.code }] as const;
    return { kind: 'failing_disk', evidence, fixes: ['showLog'] };
  }
  if (disk.tookMs < SLOW_DISK_MS) return undefined;
  return {
    kind: 'slow_disk',
    evidence: [{ name: 'writeMs', value: disk.tookMs }],
    fixes: [],
  };
}

function growing(memory: readonly MemorySample[]): Cause | undefined {
  const growth = steadyGrowth(memory);
  if (!growth || growth.bytes < GROWTH_BYTES || growth.share < GROWTH_SHARE) return undefined;
  return {
    kind: 'memory_growth',
    evidence: [
      { name: 'growthBytes', value: growth.bytes },
      { name: 'growthMs', value: growth.overMs },
    ],
    fixes: ['reloadWindow', 'clearAnswerCache'],
  };
}

function full({ heap }: LocalFindings): Cause | undefined {
  const heapShare = heap.usedBytes / Math.max(1, heap.limitBytes);
  if (heapShare < FULL_SHARE) return undefined;
  return {
    kind: 'memory_full',
    evidence: [{ name: 'heapShare', value: heapShare }],
    fixes: ['reloadWindow', 'clearAnswerCache'],
  };
}
