import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Emitter } from '../../../../src/base/event';
import { Engine } from '../../../../src/engine/engine';
import { DEFAULT_SETTINGS } from '../../../../src/engine/settings';
import type { MeasuredRequest } from '../../../../src/engine/metrics/metricsHistory';
import { measuredOf } from '../../../../src/engine/metrics/snapshot';
import { AlertMemory } from '../../../../src/host/alerts/alertMemory';
import { readAlertSettings } from '../../../../src/host/alerts/alertSettings';
import { MetricsParts } from '../../../../src/host/metrics/metricsParts';
import type { MetricsPartsDeps } from '../../../../src/host/metrics/metricsParts';
import { MetricsService } from '../../../../src/host/metrics/metricsService';
import { english } from '../../../../src/host/translate';
import { FakeMemento } from '../../../helpers/fakeMemento';
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
  let exported: MeasuredRequest[];
  let scraped: Emitter<void>;
  let historyChanges: number;

  beforeEach(() => {
    clock = new FakeClock();
    history = new MemoryMetricsHistory();
    made = new Emitter();
    faults = [];
    exported = [];
    scraped = new Emitter();
    historyChanges = 0;
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
      makeParts: (made) => Promise.resolve(new MetricsParts(partsOf(made))),
      onFault: (error) => faults.push(error),
    });
    service.onHistoryChange(() => historyChanges++);
  });

  /** With a budget of one dollar a day that stops. */
  function partsOf(of: Engine): MetricsPartsDeps {
    const values: Readonly<Record<string, unknown>> = { 'budget.day': 1, 'budget.hardStop': true };
    const { settings } = readAlertSettings((key) => values[key], english);
    return {
      clock,
      engine: of,
      history,
      retention: () => ({ requestDays: 30, hourDays: 400 }),
      alertMemory: new AlertMemory(new FakeMemento(), (error) => faults.push(error)),
      alertSettings: settings,
      readAlertSettings: () => Promise.resolve(settings),
      onSettingsChange: new Emitter<void>().event,
      exports: {
        own: (request) => exported.push(request),
        others: (requests) => exported.push(...requests),
        onScrape: scraped.event,
        close: () => Promise.resolve(),
      },
      onFault: (error) => faults.push(error),
    };
  }

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
    expect(exported.map(({ uid }) => uid)).toEqual(['a', 'b']);
    expect(historyChanges).toBe(1);
  });

  test('writes turns down, and samples the process while there is work', async () => {
    made.fire(engine);
    const { keeper } = await service.parts();
    expect(service.lastSample).toBeUndefined();
    expect(service.unwritten).toBe(0);
    engine.metrics.turnEnded(finishedTurn());
    expect(service.unwritten).toBe(1);
    await clock.advance(2_000);
    expect(service.unwritten).toBe(0);
    const written = history.written.flatMap(({ requests }) => requests);
    expect(written).toMatchObject([{ endpointId: 'api.example', outcome: 'ok', costUSD: 0.001 }]);
    await clock.advance(65_000);
    expect(service.lastSample?.rssMB).toBeGreaterThan(1);
    await keeper.flush();
    expect(history.written.flatMap(({ samples }) => samples)).toHaveLength(1);
  });

  test('misses no turn that ended while it was loaded, and takes none twice', async () => {
    engine.metrics.turnEnded(finishedTurn({ costUSD: 0.5 }));
    engine.metrics.turnEnded(finishedTurn({ costUSD: 0.6 }));
    made.fire(engine);
    await service.parts();
    await clock.advance(10_000);
    const written = history.written.flatMap(({ requests }) => requests);
    expect(written.map(({ costUSD }) => costUSD)).toEqual([0.5, 0.6]);
    expect(exported).toHaveLength(2);
    expect(service.mayAsk()).toMatchObject({ kind: 'budget' });
  });

  test('samples how long the store took', async () => {
    const exchange = history.exchangeMetrics.bind(history);
    history.exchangeMetrics = async (batch) => {
      await new Promise<void>((resolve) => {
        clock.setTimeout(resolve, 40);
      });
      return exchange(batch);
    };
    made.fire(engine);
    await service.parts();
    engine.metrics.turnEnded(finishedTurn());
    await clock.advance(65_000);
    expect(service.lastSample?.storeMs).toBe(40);
  });

  test('learns of other windows when a scraper asks, though nobody works in this one', async () => {
    made.fire(engine);
    await service.parts();
    await clock.advance(60_000);
    const request = measuredOf(requestRecord({ uid: 'a', at: clock.wallNow() }));
    history.others = { requests: [request], samples: [], events: [] };
    scraped.fire();
    await clock.advance(10);
    expect(exported.map(({ uid }) => uid)).toEqual(['a']);
  });

  test('what the demo answers costs nothing, whatever its models are called', async () => {
    made.fire(engine);
    await service.parts();
    engine.metrics.turnEnded(finishedTurn({ endpointId: 'demo', costUSD: 5 }));
    await clock.advance(3_000);
    expect(history.written.flatMap(({ requests }) => requests)).toMatchObject([{ costUSD: 0 }]);
    expect(service.mayAsk()).toBeUndefined();
  });

  test('a spent budget refuses questions, those of other windows counted in', async () => {
    expect(service.mayAsk()).toBeUndefined();
    history.others = {
      requests: [measuredOf(requestRecord({ uid: 'a', at: clock.wallNow(), costUSD: 0.6 }))],
      samples: [],
      events: [],
    };
    made.fire(engine);
    const { alerts } = await service.parts();
    await clock.advance(3_000);
    expect(service.mayAsk()).toBeUndefined();
    engine.metrics.turnEnded(finishedTurn({ costUSD: 0.5 }));
    expect(service.mayAsk()).toMatchObject({ kind: 'budget' });
    await clock.advance(20_000);
    expect(service.alerts?.active.map(({ detail }) => detail.kind)).toEqual(['budget']);
    alerts.allowSpending();
    expect(service.mayAsk()).toBeUndefined();
  });

  test('what is read has in it what was measured a moment ago', async () => {
    made.fire(engine);
    await service.parts();
    engine.metrics.turnEnded(finishedTurn());
    const reading = service.history.readMetrics({ from: 0, to: 1 }, 1);
    await expect(reading).rejects.toThrow('Nothing is read here.');
    expect(history.written.flatMap(({ requests }) => requests)).toHaveLength(1);
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
