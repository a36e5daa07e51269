import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../../src/engine/diagnostics/cause';
import { findCauses } from '../../../../src/engine/diagnostics/causes';
import { probeLocal, systemMachine } from '../../../../src/engine/diagnostics/localProbes';
import type { LocalPorts, MemorySample } from '../../../../src/engine/diagnostics/localProbes';
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
import { FakeClock } from '../../../helpers/fakeClock';
import { failedTurn, finishedTurn } from '../../../helpers/requestRecord';

const MB = 1024 * 1024;

function after(turns: readonly FinishedTurn[], changes: Partial<Facts> = {}): Facts {
  const recorder = new MetricsRecorder(new FakeClock(), { running: 0, queued: 0, concurrency: 10 });
  for (const turn of turns) recorder.turnEnded(turn);
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

  it('names a concurrency far above the limit before the storm that it makes', () => {
    const limits = [limitHealth({ limit: 'requests', perMinute: 50 })];
    const facts = after([...many(10, finishedTurn()), ...many(8, failedTurn('rate_limit'))], {
      settings: parseSettings({ concurrency: 80 }),
      health: engineHealth({ limits }),
    });
    expect(kinds(facts)).toEqual(['concurrency_too_large', 'rate_limited']);
    expect(findCauses(facts)[0]?.fixes[0]).toBe('setConcurrency');
  });

  it('names a concurrency that the engine itself had to cut by half', () => {
    const endpoints = [endpointHealth({ concurrency: 3, maxConcurrency: 10 })];
    const facts = after(many(5, failedTurn('overloaded')), { health: engineHealth({ endpoints }) });
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
  { lateMs = 0, diskMs = 1, cpuMs = 100, usedBytes = 100 * MB } = {},
) {
  let cpu = 0;
  const ports: LocalPorts = {
    clock,
    loopHistogram: () => ({
      enable: () => true,
      disable: () => true,
      percentile: () => (lateMs + 10) * 1e6,
      max: (lateMs + 10) * 1e6,
    }),
    cpuMs: () => (cpu += cpuMs),
    heap: () => ({ usedBytes, limitBytes: 4_000 * MB }),
    writeAndDelete: () => new Promise((resolve) => void clock.setTimeout(resolve, diskMs)),
  };
  return ports;
}

async function found(
  changes: Parameters<typeof machine>[1],
  earlier: readonly MemorySample[] = [],
): Promise<string[]> {
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const running = probeLocal('/nowhere', earlier, machine(clock, changes), signal);
  await clock.advance(20_000);
  const causes = machineCauses(await running);
  expect(clock.pending).toBe(0);
  return causes.map(({ kind }) => kind);
}

describe('what this machine says', () => {
  it.each([
    ['nothing', {}, []],
    ['a blocked event loop', { lateMs: 400 }, ['blocked_loop']],
    ['a busy processor', { cpuMs: 1_950 }, ['busy_cpu']],
    ['a slow disk', { diskMs: 900 }, ['slow_disk']],
    ['a disk that does not come back', { diskMs: 15_000 }, ['slow_disk']],
    ['memory that is nearly used up', { usedBytes: 3_900 * MB }, ['memory_full']],
  ])('names %s', async (_what, changes, expected) => {
    expect(await found(changes)).toEqual(expected);
  });

  it('names memory that grows each time, and not one that comes and goes', async () => {
    const sample = (at: number, megabytes: number) => ({ at, usedBytes: megabytes * MB });
    const now = { usedBytes: 300 * MB };
    expect(await found(now, [sample(0, 100), sample(1, 200)])).toEqual(['memory_growth']);
    expect(await found(now, [sample(0, 100), sample(1, 350)])).toEqual([]);
    expect(await found(now, [sample(0, 100)])).toEqual([]);
  });

  it('writes to the real disk and leaves nothing there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pulse-disk-'));
    try {
      await systemMachine.writeAndDelete(join(folder, 'a.tmp'), 1_000);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
