import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Cause, Facts } from '../../../../src/engine/diagnostics/cause';
import { findCauses } from '../../../../src/engine/diagnostics/causes';
import { probeLocal, systemMachine } from '../../../../src/engine/diagnostics/localProbes';
import type { LocalPorts } from '../../../../src/engine/diagnostics/localProbes';
import { machineCauses } from '../../../../src/engine/diagnostics/machineCauses';
import { MetricsRecorder } from '../../../../src/engine/metrics/recorder';
import type { FinishedTurn } from '../../../../src/engine/metrics/recorder';
import { parseSettings } from '../../../../src/engine/settings';
import { diagnosisFacts } from '../../../helpers/diagnosisFacts';
import {
  endpointHealth,
  engineHealth,
  limitHealth,
  openBreaker,
} from '../../../helpers/engineHealth';
import { FakeClock, settle } from '../../../helpers/fakeClock';
import { failedTurn, finishedTurn } from '../../../helpers/requestRecord';

const MB = 1024 * 1024;

/** Turns that ended one after the other; `together`: all at the same moment. */
function after(
  turns: readonly FinishedTurn[],
  changes: Partial<Facts> = {},
  together = false,
): Facts {
  const clock = new FakeClock();
  const recorder = new MetricsRecorder(clock, { running: 0, queued: 0, concurrency: 10 });
  for (const turn of turns) {
    if (!together) clock.jumpWall(turn.timing.totalMs + 1);
    recorder.turnEnded(turn);
  }
  const metrics = recorder.snapshot();
  recorder.dispose();
  return diagnosisFacts({ metrics, ...changes });
}

function kinds(facts: Facts): string[] {
  return findCauses(facts).map(({ kind }) => kind);
}

function many(count: number, turn: FinishedTurn): FinishedTurn[] {
  return Array.from({ length: count }, () => turn);
}

describe('what the traffic says', () => {
  it('finds nothing wrong on a good day, with a single refusal among many', () => {
    expect(kinds(after(many(20, finishedTurn())))).toEqual([]);
    expect(kinds(after([...many(20, finishedTurn()), failedTurn('rate_limit')]))).toEqual([]);
  });

  it('names a storm of 429', () => {
    const facts = after([...many(10, finishedTurn()), ...many(8, failedTurn('rate_limit'))]);
    expect(kinds(facts)).toEqual(['rate_limited']);
  });

  it('names a storm that is held back by waiting instead of refusals', () => {
    const { timing } = finishedTurn();
    const held = finishedTurn({ timing: { ...timing, pacingMs: 20_000, totalMs: 21_400 } });
    const [cause] = findCauses(after(many(5, held)));
    expect(cause?.kind).toBe('rate_limited');
    expect(cause?.evidence).toContainEqual({ name: 'pacedTurns', value: 5 });
  });

  it('names a batch far above the limit before the storm that it makes', () => {
    const limits = [limitHealth({ limit: 'requests', perMinute: 50 })];
    const turns = [...many(10, finishedTurn()), ...many(8, failedTurn('rate_limit'))];
    const health = engineHealth({ limits });
    const settings = parseSettings({ concurrency: 80 });
    const facts = after(turns, { health, settings }, true);
    expect(kinds(facts)).toEqual(['concurrency_too_large', 'rate_limited']);
    expect(findCauses(facts)[0]?.fixes[0]).toBe('setConcurrency');
    // One after the other it was not a batch, whatever would be allowed at once.
    expect(kinds(after(turns, { health, settings }))).toEqual(['rate_limited']);
  });

  it('names a concurrency that the engine itself had to cut by half', () => {
    const endpoints = [endpointHealth({ concurrency: 3, maxConcurrency: 10 })];
    const health = engineHealth({ endpoints });
    const facts = after(many(8, failedTurn('overloaded')), { health }, true);
    expect(kinds(facts)).toEqual(['concurrency_too_large', 'overloaded']);
  });

  it('names an overloaded service', () => {
    expect(kinds(after(many(5, failedTurn('overloaded'))))).toEqual(['overloaded']);
  });

  it('names a pool that is too small, where turns wait longer than they work', () => {
    const { timing } = finishedTurn();
    const waiting = finishedTurn({ timing: { ...timing, queueMs: 9_000, totalMs: 10_000 } });
    const facts = after(many(5, waiting), { settings: parseSettings({ concurrency: 1 }) });
    expect(kinds(facts)).toEqual(['pool_too_small']);
  });

  it('names a model that begins late behind a fast network', () => {
    const { timing } = finishedTurn();
    const slow = finishedTurn({ timing: { ...timing, firstTokenMs: 6_000, totalMs: 8_000 } });
    expect(kinds(after(many(5, slow)))).toEqual(['slow_model']);
  });

  it('names a key that questions are refused with, and breakers that hold requests back', () => {
    expect(kinds(after([failedTurn('authentication')]))).toEqual(['refused_key']);
    const health = engineHealth({ breakers: [openBreaker()] });
    expect(kinds(after([], { health }))).toEqual(['breaker_open']);
  });

  it('says nothing of one endpoint because of another', () => {
    const elsewhere = { ...failedTurn('rate_limit'), endpointId: 'other.example' };
    expect(kinds(after(many(9, elsewhere)))).toEqual([]);
  });
});

/** A machine that is well; its event loop is late by `lateMs`, its disk takes `diskMs` of the clock. */
function machine(
  clock: FakeClock,
  { lateMs = 0, longestMs = 0, diskMs = 1, cpuMs = 100, busyMs = 400, usedBytes = 100 * MB } = {},
) {
  let cpu = 0;
  let busy = 0;
  const ports: LocalPorts = {
    clock,
    loopHistogram: () => ({
      enable: () => true,
      disable: () => true,
      percentile: () => (lateMs + 10) * 1e6,
      max: (Math.max(lateMs, longestMs) + 10) * 1e6,
    }),
    cpuMs: () => (cpu += cpuMs),
    // Two processors for two seconds.
    processors: () => ({ busyMs: (busy += busyMs), idleMs: busy * (4_000 / busyMs - 1) }),
    heap: () => ({ usedBytes, limitBytes: 4_000 * MB }),
    writeAndDelete: () => new Promise((resolve) => void clock.setTimeout(resolve, diskMs)),
  };
  return ports;
}

async function found(changes: Parameters<typeof machine>[1]): Promise<string[]> {
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const running = probeLocal('/nowhere', machine(clock, changes), signal);
  await clock.advance(20_000);
  const causes = machineCauses(await running, []);
  expect(clock.pending).toBe(0);
  return causes.map(({ kind }) => kind);
}

describe('what this machine says', () => {
  it.each([
    ['nothing', {}, []],
    ['a blocked event loop', { lateMs: 400 }, ['blocked_loop']],
    ['an event loop that froze once', { longestMs: 1_200 }, ['blocked_loop']],
    ['other programs that leave no processor', { lateMs: 400, busyMs: 3_900 }, ['busy_cpu']],
    [
      'its own work on a full machine',
      { lateMs: 400, busyMs: 3_900, cpuMs: 1_500 },
      ['blocked_loop'],
    ],
    ['a busy processor', { cpuMs: 1_950 }, ['busy_cpu']],
    ['a slow disk', { diskMs: 900 }, ['slow_disk']],
    ['a disk that does not come back', { diskMs: 15_000 }, ['slow_disk']],
    ['memory that is nearly used up', { usedBytes: 3_900 * MB }, ['memory_full']],
  ])('names %s', async (_what, changes, expected) => {
    expect(await found(changes)).toEqual(expected);
  });

  it('names a disk that takes nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pulse-disk-'));
    try {
      // A file where the folder should be: the real disk refuses.
      const file = join(folder, 'file');
      writeFileSync(file, '');
      const [cause] = await realCauses(file);
      expect(cause?.kind).toBe('failing_disk');
      expect(cause?.evidence[0]?.value).toMatch(/^(EEXIST|ENOTDIR)$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('writes to the real disk and leaves nothing there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pulse-disk-'));
    try {
      expect(await realCauses(join(folder, 'made'))).toEqual([]);
      expect(readdirSync(join(folder, 'made'))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('reads what the system tells of this process and this machine', () => {
    const { cpuMs, processors, heap } = systemMachine;
    const before = { ownMs: cpuMs(), ...processors() };
    spin(60);
    expect(cpuMs()).toBeGreaterThan(before.ownMs);
    const { busyMs, idleMs } = processors();
    expect(busyMs + idleMs).toBeGreaterThan(before.busyMs + before.idleMs);
    expect(heap().usedBytes).toBeLessThan(heap().limitBytes);
  });

  it('sees a loop that is really blocked', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    const { loopHistogram } = systemMachine;
    const running = probeLocal('/nowhere', { ...machine(clock), loopHistogram }, signal);
    // The timers of the watch are due after each of them.
    for (let times = 0; times < 3; times++) {
      spin(130);
      await settle();
      await settle();
    }
    await clock.advance(3_000);
    const local = await running;
    expect(local.loop.maxMs).toBeGreaterThan(100);
    expect(machineCauses(local, []).map(({ kind }) => kind)).toEqual(['blocked_loop']);
  });
});

/** What the real disk below `folder` says, on a machine that is well otherwise. */
async function realCauses(folder: string): Promise<readonly Cause[]> {
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const { writeAndDelete } = systemMachine;
  const running = probeLocal(folder, { ...machine(clock), writeAndDelete }, signal);
  await clock.advance(2_000);
  return machineCauses(await running, []);
}

function spin(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
