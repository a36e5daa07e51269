import type { Cause } from './cause';
import type { LocalFindings, MemorySample } from './localProbes';

/** Six frames in which no text appears. */
const LATE_MS = 100;
const BUSY_SHARE = 0.9;
/** For 64 KB, synced: a healthy disk takes a few ms. */
const SLOW_DISK_MS = 500;
const MIN_SAMPLES = 3;
const GROWTH_BYTES = 64 * 1024 * 1024;
const FULL_SHARE = 0.85;

/** What is wrong with this machine and process, which other extensions share. */
export function machineCauses({
  loop,
  cpuShare,
  heap,
  memory,
  disk,
}: LocalFindings): readonly Cause[] {
  const causes: Cause[] = [];
  if (loop.p99Ms >= LATE_MS) {
    causes.push({
      kind: 'blocked_loop',
      evidence: [
        { name: 'loopDelayMs', value: loop.p99Ms },
        { name: 'cpuShare', value: cpuShare },
      ],
      fixes: ['showLog'],
    });
  } else if (cpuShare >= BUSY_SHARE) {
    causes.push({
      kind: 'busy_cpu',
      evidence: [{ name: 'cpuShare', value: cpuShare }],
      fixes: ['showLog'],
    });
  }
  if (disk.outcome !== 'skipped' && disk.outcome !== 'failed' && disk.tookMs >= SLOW_DISK_MS) {
    causes.push({
      kind: 'slow_disk',
      evidence: [{ name: 'writeMs', value: disk.tookMs }],
      fixes: ['showLog'],
    });
  }
  const growthBytes = steadyGrowth(memory);
  if (growthBytes >= GROWTH_BYTES) {
    causes.push({
      kind: 'memory_growth',
      evidence: [{ name: 'growthBytes', value: growthBytes }],
      fixes: ['clearAnswerCache', 'showLog'],
    });
  }
  const heapShare = heap.usedBytes / Math.max(1, heap.limitBytes);
  if (heapShare >= FULL_SHARE) {
    causes.push({
      kind: 'memory_full',
      evidence: [{ name: 'heapShare', value: heapShare }],
      fixes: ['clearAnswerCache', 'showLog'],
    });
  }
  return causes;
}

/** Bytes between the first sample and the last where each is above the one before; else 0. */
function steadyGrowth(memory: readonly MemorySample[]): number {
  const first = memory[0]?.usedBytes ?? 0;
  if (memory.length < MIN_SAMPLES) return 0;
  let last = first;
  for (const { usedBytes } of memory.slice(1)) {
    if (usedBytes <= last) return 0;
    last = usedBytes;
  }
  return last - first;
}
