import { afterEach, describe, expect, it } from 'vitest';
import { machineCauses } from '../../../../src/engine/diagnostics/machineCauses';
import {
  heldBytes,
  MemoryWatch,
  steadyGrowth,
} from '../../../../src/engine/diagnostics/memoryWatch';
import { diagnosisFacts } from '../../../helpers/diagnosisFacts';
import { FakeClock } from '../../../helpers/fakeClock';
import { Cleanup } from '../../../helpers/modelHarness';

const MB = 1024 * 1024;
const MINUTE = 60_000;

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

function watched(held: () => number) {
  const clock = new FakeClock();
  return { clock, watch: cleanup.add(new MemoryWatch(clock, held)) };
}

function causesOf(watch: MemoryWatch): string[] {
  return machineCauses(diagnosisFacts().local, watch.samples).map(({ kind }) => kind);
}

/** An hour in which so many MB are held at each minute. */
async function hour(megabytesAt: (minute: number) => number): Promise<MemoryWatch> {
  let minute = 0;
  const { clock, watch } = watched(() => megabytesAt(minute++) * MB);
  await clock.advance(60 * MINUTE);
  return watch;
}

describe('the watch over memory', () => {
  it('names memory that is really held on to', async () => {
    const held: Uint8Array[] = [];
    const { clock, watch } = watched(heldBytes);
    for (let minute = 0; minute < 16; minute++) {
      // Never touched, so the system gives no pages for it.
      held.push(new Uint8Array(40 * MB));
      await clock.advance(MINUTE);
    }
    expect(held).toHaveLength(16);
    expect(causesOf(watch)).toEqual(['memory_growth']);
    const growth = steadyGrowth(watch.samples);
    expect(growth?.overMs).toBe(15 * MINUTE);
    expect(growth?.bytes).toBeGreaterThan(300 * MB);
  });

  it('sees the growth below what comes and goes', async () => {
    // Up to 150 MB lie around between two collections.
    const watch = await hour((minute) => 200 + 3 * minute + (minute % 5) * 30);
    expect(causesOf(watch)).toEqual(['memory_growth']);
  });

  it.each([
    ['comes and goes', (minute: number) => 200 + (minute % 7) * 40],
    ['grew once and stays', (minute: number) => (minute < 20 ? 200 : 500)],
    ['grows by little', (minute: number) => 200 + minute / 2],
    ['grows by a small share', (minute: number) => 2_000 + 3 * minute],
    ['was freed in the end', (minute: number) => (minute < 50 ? 200 + 10 * minute : 200)],
  ])('has nothing against memory that %s', async (_what, megabytesAt) => {
    expect(causesOf(await hour(megabytesAt))).toEqual([]);
  });

  it('says nothing before it has seen enough', async () => {
    let megabytes = 100;
    const { clock, watch } = watched(() => (megabytes += 100) * MB);
    await clock.advance(11 * MINUTE);
    expect(causesOf(watch)).toEqual([]);
    await clock.advance(MINUTE);
    expect(causesOf(watch)).toEqual(['memory_growth']);
  });

  it('keeps an hour, and no timer after its end', async () => {
    const { clock, watch } = watched(() => 1);
    await clock.advance(300 * MINUTE);
    expect(watch.samples).toHaveLength(60);
    expect(watch.samples[0]?.at).toBe(241 * MINUTE);
    watch.dispose();
    expect(clock.pending).toBe(0);
  });
});
