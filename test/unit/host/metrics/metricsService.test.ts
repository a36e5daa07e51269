import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Emitter } from '../../../../src/base/event';
import { Engine } from '../../../../src/engine/engine';
import { DEFAULT_SETTINGS } from '../../../../src/engine/settings';
import { measuredOf } from '../../../../src/engine/metrics/snapshot';
import { MetricsService } from '../../../../src/host/metrics/metricsService';
import { FakeClock } from '../../../helpers/fakeClock';
import { MemoryMetricsHistory } from '../../../helpers/memoryMetricsHistory';
import { testEndpoint } from '../../../helpers/modelHarness';
import { finishedTurn, requestRecord } from '../../../helpers/requestRecord';

describe('MetricsService', () => {
  let clock: FakeClock;
  let history: MemoryMetricsHistory;
  let made: Emitter<Engine>;
  let engine: Engine;
  let service: MetricsService;
  let faults: unknown[];

  beforeEach(() => {
    clock = new FakeClock();
    history = new MemoryMetricsHistory();
    made = new Emitter();
    faults = [];
    engine = new Engine({
      keys: { getKey: () => Promise.resolve(undefined) },
      endpoint: testEndpoint('https://api.example', { id: 'api.example' }),
      settings: DEFAULT_SETTINGS,
      clock,
    });
    service = new MetricsService({
      clock,
      engine: {
        onEngine: made.event,
        engine: () => {
          made.fire(engine);
          return Promise.resolve(engine);
        },
      },
      history,
      retention: () => ({ requestDays: 30, hourDays: 400 }),
      onFault: (error) => faults.push(error),
    });
  });

  afterEach(() => {
    service.dispose();
    engine.dispose();
    expect(faults).toEqual([]);
  });

  test('does nothing before there is an engine', async () => {
    await clock.advance(60_000);
    expect(history.written).toEqual([]);
    await service.close();
    expect(clock.pending).toBe(0);
  });

  test('counts what other windows measured, of the endpoints in use', async () => {
    const other = (endpointId: string, uid: string) =>
      measuredOf(requestRecord({ endpointId, uid, at: clock.wallNow() - 60_000 }));
    history.others = {
      requests: [other('api.example', 'a'), other('demo', 'b')],
      samples: [],
      events: [],
    };
    made.fire(engine);
    await service.parts();
    await clock.advance(10);
    expect(engine.metrics.window('hour').ended).toBe(1);
  });

  test('writes turns down, and samples the process while there is work', async () => {
    made.fire(engine);
    const { keeper } = await service.parts();
    expect(service.lastSample).toBeUndefined();
    engine.metrics.turnEnded(finishedTurn());
    await clock.advance(2_000);
    const written = history.written.flatMap(({ requests }) => requests);
    expect(written).toMatchObject([{ endpointId: 'api.example', outcome: 'ok', costUSD: 0.001 }]);
    await clock.advance(65_000);
    expect(service.lastSample?.rssMB).toBeGreaterThan(1);
    await keeper.flush();
    expect(history.written.flatMap(({ samples }) => samples)).toHaveLength(1);
  });

  test('thumbs and accepted answers are written down once for each answer', async () => {
    const answer = { id: 't1', model: 'model-a' };
    service.rated(answer, 'up');
    service.accepted(answer);
    service.accepted(answer);
    await clock.advance(10_000);
    expect(history.events.map(({ uid, kind }) => [uid, kind])).toEqual([
      ['thumb-t1', 'up'],
      ['accepted-t1', 'accepted'],
      ['accepted-t1', 'accepted'],
    ]);
    service.rated(answer, undefined);
    await clock.advance(10_000);
    expect(history.removed).toEqual(['thumb-t1']);
  });
});
