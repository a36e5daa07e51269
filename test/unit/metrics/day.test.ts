import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_STATUS_FIELDS } from '../../../src/host/contributions';
import { treeText } from '../../../src/host/metricsView/metricNode';
import { metricsTree } from '../../../src/host/metricsView/metricsTree';
import { statusText } from '../../../src/host/status/statusText';
import { english } from '../../../src/host/translate';
import type { RequestColumns } from '../../../src/engine/metrics/metricsHistory';
import { SKETCH_ACCURACY } from '../../../src/engine/metrics/sketch';
import { useMetricWindows } from '../../helpers/metricWindows';
import { DAY, DAY_COUNTS, playDay } from '../../helpers/simulatedDay';
import type { SimulatedDay } from '../../helpers/simulatedDay';
import { KEEP } from '../../helpers/storedMetrics';

const HOUR = 3_600_000;
const OUTAGE_MS = (DAY.outage[1] - DAY.outage[0]) * HOUR;

let day: SimulatedDay;

beforeAll(async () => {
  day = await playDay();
}, 60_000);

afterAll(() => day.end());

/** By nearest rank, of what was measured. */
function exactFirstToken(share: number): number {
  const all = day.requests.flatMap(({ timing }) => timing.firstTokenMs ?? []);
  return all.toSorted((a, b) => a - b)[Math.ceil(share * all.length) - 1] ?? 0;
}

/** Reads back a day of questions to the simulator, with an outage in it, wherever its figures are shown. */
describe('a simulated day', () => {
  test('is in the window of a day as it was played', () => {
    const { metrics } = day.engine;
    const figures = metrics.window('day');
    expect(figures).toMatchObject({
      ok: DAY_COUNTS.all - DAY_COUNTS.failed,
      failed: DAY_COUNTS.failed,
      unavailable: DAY_COUNTS.unavailable,
    });
    expect(figures.availability).toBeCloseTo(1 - DAY_COUNTS.unavailable / (DAY_COUNTS.all - 2), 6);
    const { p50, p95, count } = figures.firstToken.percentiles();
    expect(count).toBe(DAY_COUNTS.all - DAY_COUNTS.failed);
    for (const [found, share] of [
      [p50, 0.5],
      [p95, 0.95],
    ] as const) {
      const exact = exactFirstToken(share);
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(1.001 * SKETCH_ACCURACY * exact);
    }
  });

  test('tells the one incident, how long it took and what came before', () => {
    const { incidents, mttrMs = 0, mtbfMs = 0 } = day.engine.metrics.reliability();
    expect(incidents).toBe(1);
    // To the next hour's first answer; a minute of the simulator's is a moment of the test's.
    expect(Math.abs(mttrMs - OUTAGE_MS)).toBeLessThan(HOUR / 4);
    expect(Math.abs(mtbfMs - ((DAY.hours - 1) * HOUR - OUTAGE_MS))).toBeLessThan(HOUR / 4);
  });

  test('is in the tree and in the status bar', () => {
    const { engine, clock } = day;
    const metrics = engine.metrics.snapshot();
    const health = engine.health();
    const context = {
      endpoint: 'api.example',
      key: 'set',
      connections: undefined,
      health,
      settings: engine.settings,
      day: engine.metrics.window('day'),
      reliability: engine.metrics.reliability(),
      system: undefined,
      alerts: undefined,
      withoutEffect: { model: 'm', settings: [] },
    };
    const tree = treeText(metricsTree(metrics, context, english, clock.wallNow()));
    for (const line of [
      `Answered  ${DAY_COUNTS.all - DAY_COUNTS.failed}`,
      `Failed  ${DAY_COUNTS.failed}`,
      `The service is overloaded  ${DAY_COUNTS.unavailable}`,
      `Turns in the last 24 hours  ${DAY_COUNTS.all}`,
    ]) {
      expect(tree).toContain(line);
    }
    expect(tree).toMatch(/Time to recovery {2}[23] h/);
    const status = statusText(
      {
        metrics,
        health,
        alert: undefined,
        fields: DEFAULT_STATUS_FIELDS,
        endpoint: 'api.example',
        now: clock.wallNow(),
      },
      english,
    );
    expect(status.tooltip).toContain(`${DAY_COUNTS.failed} / 0`);
    expect(status).toMatchObject({ tone: 'usual' });
  });

  describe('on disk', () => {
    const windows = useMetricWindows();

    async function stored(): Promise<RequestColumns> {
      windows.clock.jumpWall(day.clock.wallNow() - windows.clock.wallNow());
      const history = windows.openWindow('one');
      const { requests } = day;
      await history.exchangeMetrics({ requests, samples: [], events: [] }, KEEP);
      const read = await history.readMetrics({ from: 0, to: day.clock.wallNow() + 1 }, 1_000);
      return read.requests;
    }

    test('has every request, in order', async () => {
      const columns = await stored();
      expect([...columns.at]).toEqual(day.requests.map(({ at }) => Math.round(at)));
      const outcomes = [...columns.outcome.values].map((index) => columns.outcome.names[index]);
      expect(outcomes).toEqual(day.requests.map(({ outcome }) => outcome));
      const again = await windows
        .openWindow('two')
        .exchangeMetrics({ requests: [], samples: [], events: [] }, KEEP);
      expect(again.requests.map(({ uid }) => uid).toSorted()).toEqual(
        day.requests.map(({ uid }) => uid).toSorted(),
      );
    });
  });
});
