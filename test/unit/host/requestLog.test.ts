import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../src/base/event';
import type { EngineHealth } from '../../../src/engine/health';
import { requestLine, RequestLog } from '../../../src/host/requestLog';
import {
  breakerHealth,
  endpointHealth,
  engineHealth,
  openBreaker,
} from '../../helpers/engineHealth';
import { FakeClock } from '../../helpers/fakeClock';
import { failedTurn, requestRecord } from '../../helpers/requestRecord';

describe('requestLine', () => {
  it('has what an ended request took', () => {
    expect(requestLine(requestRecord())).toBe(
      'model-a at api.example: ok; in 1400 ms (queue 0, connect 0, first byte 300, first token 400); tokens 10 in, 50 out; attempts 1; request req_1',
    );
  });

  it('has why one failed', () => {
    expect(requestLine(requestRecord(failedTurn('overloaded', 'req_2')))).toMatch(
      /failed \(overloaded: It failed\.\); in 20 ms .*request req_2$/u,
    );
  });

  it('has the waits that happened and where a kept answer came from', () => {
    const { timing } = requestRecord();
    const line = requestLine(
      requestRecord({
        timing: { ...timing, pacingMs: 4_000, recoveryMs: 0 },
        continuations: 1,
        servedFrom: 'disk',
      }),
    );
    expect(line).toContain('(queue 0, pacing 4000, connect 0');
    expect(line).not.toContain('recovery');
    expect(line).toContain('gone on with 1; served from disk;');
  });
});

describe('RequestLog', () => {
  function logged() {
    const clock = new FakeClock();
    const lines: string[] = [];
    const changed = new Emitter<void>();
    const engine = {
      metrics: undefined,
      onMetricsChange: new Emitter<void>().event,
      health: undefined as EngineHealth | undefined,
      onHealthChange: changed.event,
    };
    const log = new RequestLog(
      engine,
      { info: (line) => lines.push(`info ${line}`), warn: (line) => lines.push(`warn ${line}`) },
      clock,
    );
    const see = async (health: EngineHealth): Promise<string[]> => {
      engine.health = health;
      for (let i = 0; i < 10; i++) changed.fire();
      await clock.advance(250);
      return lines.splice(0);
    };
    return { clock, changed, see, log };
  }

  it('has one line for each change of a breaker', async () => {
    const { see, log } = logged();
    expect(await see(engineHealth({ breakers: [breakerHealth()] }))).toEqual([]);
    const open = openBreaker({ failureShare: 0.5 });
    expect(await see(engineHealth({ breakers: [open] }))).toEqual([
      'warn Circuit breaker of api.example for sonnet-5: closed -> open (5 failures in a row, 50 % of the last minute failed; next attempt in 30 s)',
    ]);
    expect(await see(engineHealth({ breakers: [openBreaker({ retryInMs: 9_000 })] }))).toEqual([]);
    expect(await see(engineHealth({ breakers: [breakerHealth()] }))).toEqual([
      'info Circuit breaker of api.example for sonnet-5: open -> closed',
    ]);
    log.dispose();
  });

  it('tells that an endpoint is left out, and that it is back', async () => {
    const { see, log } = logged();
    const out = endpointHealth({ ejectedForMs: 30_000 });
    expect(await see(engineHealth({ endpoints: [out] }))).toEqual([
      'warn Endpoint api.example: left out of balancing for 30 s',
    ]);
    expect(await see(engineHealth({ endpoints: [out] }))).toEqual([]);
    expect(await see(engineHealth())).toEqual(['info Endpoint api.example: back in balancing']);
    log.dispose();
  });

  it('leaves no timer behind', () => {
    const { clock, changed, log } = logged();
    changed.fire();
    log.dispose();
    expect(clock.pending).toBe(0);
  });
});
